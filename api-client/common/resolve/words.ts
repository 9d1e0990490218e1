// Words that dynamic values are made of: our own short lists, enough to look like data.

const list = (text: string): readonly string[] => text.split(' ')

export const FIRST_NAMES = list(
  'Ada Alan Amara Anders Beatriz Chen Daria Elif Emeka Farid Grace Hana Ines Ivan Jamal Joana Kofi Lars Leila Linus Mai Marta Mateo Nadia Noor Olga Omar Priya Ravi Rosa Sami Sofia Tariq Tove Uma Viktor Wanda Yara Yusuf Zoe',
)
export const LAST_NAMES = list(
  'Abadi Almeida Andersson Baptiste Berg Chowdhury Costa Dahl Diaz Eriksen Farkas Fischer Garcia Haddad Hansen Ito Jansen Kaya Kim Kowalski Larsen Lopez Mbeki Meyer Moreau Nguyen Novak Okafor Olsen Patel Petrov Rossi Sato Silva Singh Tanaka Weber Wong Yilmaz Zhang',
)
export const NAME_PREFIXES = list('Mr. Mrs. Ms. Miss Dr.')
export const NAME_SUFFIXES = list('Jr. Sr. I II III IV V MD DDS PhD DVM')
export const JOB_AREAS = list(
  'Accounts Assurance Branding Communications Configuration Creative Data Division Factors Identity Infrastructure Markets Mobility Operations Optimization Program Quality Research Response Security Solutions Tactics Usability Web',
)
export const JOB_DESCRIPTORS = list(
  'Chief Corporate Customer Direct District Dynamic Forward Future Global Human Internal International Investor Lead Legacy National Principal Product Regional Senior',
)
export const JOB_TYPES = list(
  'Administrator Agent Analyst Architect Assistant Associate Consultant Coordinator Designer Developer Director Engineer Executive Facilitator Liaison Manager Officer Orchestrator Planner Producer Representative Specialist Strategist Supervisor Technician',
)
export const CITIES = list(
  'Accra Ankara Athens Bergen Bogota Cairo Cordoba Dakar Delhi Dublin Geneva Hanoi Izmir Jakarta Kampala Kyoto Lagos Lima Lisbon Lyon Malmo Manila Nairobi Oslo Porto Prague Quito Riga Seoul Tallinn Turin Utrecht Vienna Warsaw Zagreb',
)
export const STREETS = list(
  'Acorn Birch Canal Cedar Chapel Church Elm Garden Harbour Hill Lake Linden Maple Market Meadow Mill Oak Orchard Park River School Spring Station Valley Willow',
)
export const STREET_SUFFIXES = list(
  'Alley Avenue Bridge Court Crescent Drive Lane Park Road Square Street Terrace Way',
)
export const COUNTRIES: readonly (readonly [string, string])[] = [
  ['Argentina', 'AR'],
  ['Australia', 'AU'],
  ['Brazil', 'BR'],
  ['Canada', 'CA'],
  ['Egypt', 'EG'],
  ['Finland', 'FI'],
  ['France', 'FR'],
  ['Germany', 'DE'],
  ['Ghana', 'GH'],
  ['India', 'IN'],
  ['Ireland', 'IE'],
  ['Italy', 'IT'],
  ['Japan', 'JP'],
  ['Kenya', 'KE'],
  ['Mexico', 'MX'],
  ['Nigeria', 'NG'],
  ['Norway', 'NO'],
  ['Peru', 'PE'],
  ['Poland', 'PL'],
  ['Portugal', 'PT'],
  ['Spain', 'ES'],
  ['Sweden', 'SE'],
  ['Turkey', 'TR'],
  ['Vietnam', 'VN'],
]
export const COLOURS = list(
  'azure black blue cyan fuchsia gold green grey indigo ivory lavender lime magenta maroon olive orange orchid pink plum purple red salmon silver tan teal turquoise violet white yellow',
)
export const ABBREVIATIONS = list(
  'ADP AGP AI API COM CSS DNS EXE FTP GB HDD HEX HTTP IB JBOD JSON PCI PNG RAM RSS SAS SCSI SDD SMS SMTP SQL SSD SSL TCP THX TLS UDP USB UTF XML XSS',
)
export const LOCALES = list(
  'ar cs da de el en es fi fr he hi hu id it ja ko nl no pl pt ro ru sv th tr uk vi zh',
)
export const MONTHS = list(
  'January February March April May June July August September October November December',
)
export const WEEKDAYS = list('Monday Tuesday Wednesday Thursday Friday Saturday Sunday')
export const COMPANY_SUFFIXES = list('Inc LLC Group Ltd')
export const BUSINESS_ADJECTIVES = list(
  'bleeding-edge clicks-and-mortar collaborative compelling cross-media customized dynamic efficient end-to-end extensible frictionless global granular innovative integrated intuitive open-source robust scalable seamless',
)
export const BUSINESS_VERBS = list(
  'aggregate architect deliver deploy disintermediate embrace enable engineer evolve expedite generate grow harness implement incentivize integrate iterate leverage monetize optimize scale streamline syndicate transform unleash',
)
export const BUSINESS_NOUNS = list(
  'applications architectures channels communities content convergence deliverables e-markets experiences functionalities infrastructures initiatives interfaces markets methodologies models networks niches paradigms partnerships platforms portals relationships schemas services solutions supply-chains synergies systems technologies users vortals',
)
export const CATCH_ADJECTIVES = list(
  'Adaptive Advanced Automated Balanced Business-focused Centralized Compatible Configurable Decentralized Digitized Distributed Diverse Enhanced Ergonomic Exclusive Expanded Extended Focused Fundamental Managed Optional Organic Persistent Robust Self-enabling Synchronised Versatile',
)
export const CATCH_DESCRIPTORS = list(
  '24-hour actuating analyzing asynchronous bandwidth-monitored client-driven coherent composite context-sensitive demand-driven didactic discrete dynamic empowering explicit global heuristic high-level hybrid impactful incremental intangible interactive leading-edge local logistical maximized modular multi-state needs-based neutral optimizing radical responsive scalable secondary stable static systematic tangible tertiary transitional uniform value-added',
)
export const CATCH_NOUNS = list(
  'ability access adapter algorithm alliance analyzer application approach architecture array attitude benchmark capability capacity challenge circuit collaboration complexity concept conglomeration contingency core database definition emulation encoding encryption extranet firmware flexibility focus-group forecast framework frame function hardware hierarchy hub implementation info-mediary infrastructure installation instruction-set interface intranet knowledge-base leverage matrix methodology middleware migration model moderator monitoring neural-net open-system orchestration paradigm parallelism policy portal process-improvement product productivity project protocol secured-line software solution standardization strategy structure success support synergy task-force throughput time-frame toolset utilisation website workforce',
)
export const DATABASE_COLUMNS = list(
  'avatar category comment createdAt email group id name password phone status title token updatedAt',
)
export const DATABASE_TYPES = list(
  'bigint boolean date integer interval json jsonb numeric real smallint text time timestamp timestamptz uuid',
)
export const DATABASE_COLLATIONS = list(
  'C POSIX en_US.utf8 de_DE.utf8 ascii_bin utf8_bin utf8_general_ci utf8_unicode_ci',
)
export const DATABASE_ENGINES = list('ARCHIVE BLACKHOLE CSV InnoDB MEMORY MyISAM')
export const DOMAIN_SUFFIXES = list('biz com info name net org')
export const FILE_KINDS: readonly (readonly [string, string, string])[] = [
  ['application', 'pdf', 'application/pdf'],
  ['application', 'json', 'application/json'],
  ['application', 'zip', 'application/zip'],
  ['audio', 'mp3', 'audio/mpeg'],
  ['audio', 'wav', 'audio/wav'],
  ['image', 'png', 'image/png'],
  ['image', 'jpeg', 'image/jpeg'],
  ['image', 'gif', 'image/gif'],
  ['text', 'csv', 'text/csv'],
  ['text', 'html', 'text/html'],
  ['text', 'txt', 'text/plain'],
  ['video', 'mp4', 'video/mp4'],
  ['video', 'mpeg', 'video/mpeg'],
]
export const DIRECTORIES = list(
  '/bin /dev /etc /home/user /lib /media /mnt /opt/bin /private /root /srv /sys /usr/bin /usr/local/src /usr/share /var/log /var/mail',
)
export const PRODUCTS = list(
  'Bacon Ball Bike Car Chair Cheese Chicken Chips Computer Fish Gloves Hat Keyboard Mouse Pants Pizza Salad Sausages Shirt Shoes Soap Table Towels Tuna',
)
export const PRODUCT_ADJECTIVES = list(
  'Awesome Ergonomic Fantastic Generic Gorgeous Handcrafted Handmade Incredible Intelligent Licensed Practical Refined Rustic Sleek Small Tasty Unbranded',
)
export const PRODUCT_MATERIALS = list(
  'Concrete Cotton Fresh Frozen Granite Metal Plastic Rubber Soft Steel Wooden',
)
export const DEPARTMENTS = list(
  'Automotive Baby Beauty Books Clothing Computers Electronics Games Garden Grocery Health Home Industrial Jewelery Kids Movies Music Outdoors Shoes Sports Tools Toys',
)
export const TRANSACTIONS = list('deposit invoice payment withdrawal')
export const CURRENCIES: readonly (readonly [string, string, string])[] = [
  ['AUD', 'Australian Dollar', '$'],
  ['BRL', 'Brazilian Real', 'R$'],
  ['CHF', 'Swiss Franc', 'CHF'],
  ['DKK', 'Danish Krone', 'kr'],
  ['EUR', 'Euro', '€'],
  ['GBP', 'Pound Sterling', '£'],
  ['INR', 'Indian Rupee', '₹'],
  ['JPY', 'Yen', '¥'],
  ['PLN', 'Zloty', 'zł'],
  ['SEK', 'Swedish Krona', 'kr'],
  ['TRY', 'Turkish Lira', '₺'],
  ['USD', 'US Dollar', '$'],
]
export const ACCOUNT_NAMES = list(
  'Auto-Loan Checking Credit-Card Home-Loan Investment Money-Market Personal-Loan Savings',
)
export const NOUNS = list(
  'alarm array bandwidth bus capacitor card circuit driver feed firewall hard-drive interface matrix microchip monitor panel pixel port program protocol sensor system transmitter',
)
export const VERBS = list(
  'back-up bypass calculate compress connect copy generate hack index input navigate override parse program quantify reboot synthesize transmit',
)
export const ING_VERBS = list(
  'backing-up bypassing calculating compressing connecting copying generating hacking indexing navigating overriding parsing programming quantifying rebooting synthesizing transmitting',
)
export const ADJECTIVES = list(
  '1080p auxiliary back-end bluetooth cross-platform digital haptic mobile multi-byte neural online open-source optical primary redundant solid-state virtual wireless',
)
export const LOREM = list(
  'ad alias aliquam amet animi aut autem beatae consectetur consequatur culpa cumque debitis delectus deserunt dicta dolor dolorem ducimus ea eaque eius enim eos error est et eum ex explicabo facere fugit fugiat harum hic id illo in ipsa ipsam ipsum iste itaque iure laborum laudantium libero magnam maiores maxime minus modi molestiae natus nemo neque nihil nisi nobis non nulla odio officia omnis pariatur placeat porro quae quam quasi quia quis quo ratione rem rerum saepe sed sequi similique sint sit soluta sunt suscipit tempora tempore totam ullam unde ut vel velit veniam veritatis vero vitae voluptas voluptatem',
)
export const USER_AGENTS: readonly string[] = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
]
