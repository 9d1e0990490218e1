// Dynamic values as Postman names them: `{{$guid}}`, `{{$randomEmail}}`. Randomness and the clock are given by the caller.
import * as words from './words.ts'

export interface DynamicSources {
  /** From 0 up to, without, 1. */
  readonly random: () => number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The value of a name without its `$`; undefined for a name that is none. */
export type DynamicValues = (name: string) => string | undefined

/** All names, without `$`. */
export const DYNAMIC_NAMES: ReadonlySet<string> = new Set(
  Object.keys(makers(toolsOf({ random: () => 0, now: () => 0 }))),
)

/** Dynamic values from these sources: another one each time it is asked. */
export function createDynamicValues(sources: DynamicSources): DynamicValues {
  const all = makers(toolsOf(sources))
  return (name) => (DYNAMIC_NAMES.has(name) ? all[name]?.() : undefined)
}

type Tools = ReturnType<typeof toolsOf>

function toolsOf({ random, now }: DynamicSources) {
  const int = (from: number, to: number) => from + Math.floor(random() * (to - from + 1))
  const pick = <Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item | undefined =>
    items[int(0, items.length - 1)]
  const word = (items: readonly string[]) => pick(items) ?? ''
  const many = (count: number, one: () => string, separator = '') =>
    Array.from({ length: count }, one).join(separator)
  const signs = (alphabet: string, count: number) =>
    many(count, () => alphabet[int(0, alphabet.length - 1)] ?? '')
  const lorem = (count: number) => many(count, () => word(words.LOREM), ' ')
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
  const sentence = () => `${capital(lorem(int(4, 10)))}.`
  const paragraph = () => many(int(3, 5), sentence, ' ')
  const date = (fromMs: number, toMs: number) => new Date(now() + int(fromMs, toMs)).toString()
  return { int, pick, word, many, signs, lorem, capital, sentence, paragraph, date, now }
}

const DIGITS = '0123456789'
const HEX = '0123456789abcdef'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ALPHANUMERIC = `${DIGITS}${LETTERS}${LETTERS.toLowerCase()}`
const DAY_MS = 86_400_000

function makers(tools: Tools): Readonly<Record<string, () => string>> {
  return {
    ...basics(tools),
    ...people(tools),
    ...places(tools),
    ...business(tools),
    ...texts(tools),
    ...files(tools),
  }
}

function basics({ int, word, many, signs, now, date }: Tools) {
  const uuid = () =>
    `${signs(HEX, 8)}-${signs(HEX, 4)}-4${signs(HEX, 3)}-${signs('89ab', 1)}${signs(HEX, 3)}-${signs(HEX, 12)}`
  return {
    guid: uuid,
    randomUUID: uuid,
    timestamp: () => String(Math.floor(now() / 1_000)),
    isoTimestamp: () => new Date(now()).toISOString(),
    randomAlphaNumeric: () => signs(ALPHANUMERIC.toLowerCase(), 1),
    randomBoolean: () => (int(0, 1) === 1 ? 'true' : 'false'),
    randomInt: () => String(int(0, 1_000)),
    randomColor: () => word(words.COLOURS),
    randomHexColor: () => `#${signs(HEX, 6)}`,
    randomAbbreviation: () => word(words.ABBREVIATIONS),
    randomIP: () => many(4, () => String(int(0, 255)), '.'),
    randomIPV6: () => many(8, () => signs(HEX, 4), ':'),
    randomMACAddress: () => many(6, () => signs(HEX, 2), ':'),
    randomPassword: () => signs(ALPHANUMERIC, 15),
    randomLocale: () => word(words.LOCALES),
    randomUserAgent: () => word(words.USER_AGENTS),
    randomProtocol: () => word(['http', 'https']),
    randomSemver: () => many(3, () => String(int(0, 9)), '.'),
    randomDateFuture: () => date(DAY_MS, 365 * DAY_MS),
    randomDatePast: () => date(-365 * DAY_MS, -DAY_MS),
    randomDateRecent: () => date(-DAY_MS, 0),
    randomWeekday: () => word(words.WEEKDAYS),
    randomMonth: () => word(words.MONTHS),
  }
}

function people({ int, word, signs }: Tools) {
  const first = () => word(words.FIRST_NAMES)
  const last = () => word(words.LAST_NAMES)
  const user = () => `${first()}_${last()}${int(1, 99)}`
  const phone = () => `${signs('23456789', 1)}${signs(DIGITS, 2)}-${signs(DIGITS, 3)}-${signs(DIGITS, 4)}`
  return {
    randomFirstName: first,
    randomLastName: last,
    randomFullName: () => `${first()} ${last()}`,
    randomNamePrefix: () => word(words.NAME_PREFIXES),
    randomNameSuffix: () => word(words.NAME_SUFFIXES),
    randomUserName: user,
    randomEmail: () => `${user()}@${word(words.LAST_NAMES).toLowerCase()}.${word(words.DOMAIN_SUFFIXES)}`,
    randomExampleEmail: () => `${user()}@example.${word(['com', 'net', 'org'])}`,
    randomPhoneNumber: phone,
    randomPhoneNumberExt: () => `${signs(DIGITS, 2)}-${phone()}`,
    randomJobArea: () => word(words.JOB_AREAS),
    randomJobDescriptor: () => word(words.JOB_DESCRIPTORS),
    randomJobType: () => word(words.JOB_TYPES),
    randomJobTitle: () => `${word(words.JOB_DESCRIPTORS)} ${word(words.JOB_AREAS)} ${word(words.JOB_TYPES)}`,
  }
}

function places({ int, pick, word, signs }: Tools) {
  const street = () => `${word(words.STREETS)} ${word(words.STREET_SUFFIXES)}`
  const degrees = (most: number) => (int(-most * 10_000, most * 10_000) / 10_000).toFixed(4)
  const image = (topic: string) => () => `https://picsum.photos/seed/${topic}${int(1, 9_999)}/640/480`
  return {
    randomCity: () => word(words.CITIES),
    randomStreetName: street,
    randomStreetAddress: () => `${signs('123456789', 1)}${signs(DIGITS, 2)} ${street()}`,
    randomCountry: () => pick(words.COUNTRIES)?.[0] ?? '',
    randomCountryCode: () => pick(words.COUNTRIES)?.[1] ?? '',
    randomLatitude: () => degrees(90),
    randomLongitude: () => degrees(180),
    randomAvatarImage: image('avatar'),
    randomImageUrl: image('any'),
    randomAbstractImage: image('abstract'),
    randomAnimalsImage: image('animals'),
    randomBusinessImage: image('business'),
    randomCatsImage: image('cats'),
    randomCityImage: image('city'),
    randomFoodImage: image('food'),
    randomNightlifeImage: image('nightlife'),
    randomFashionImage: image('fashion'),
    randomPeopleImage: image('people'),
    randomNatureImage: image('nature'),
    randomSportsImage: image('sports'),
    randomTransportImage: image('transport'),
    randomImageDataUri: () =>
      `data:image/svg+xml;charset=UTF-8,%3Csvg%20xmlns%3D%22http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg%22%20width%3D%22${int(100, 999)}%22%20height%3D%22480%22%2F%3E`,
  }
}

function business({ int, pick, word, signs, capital }: Tools) {
  const company = () => `${word(words.LAST_NAMES)} ${word(words.COMPANY_SUFFIXES)}`
  const country = () => pick(words.COUNTRIES)?.[1] ?? ''
  return {
    randomBankAccount: () => signs(DIGITS, 8),
    randomBankAccountName: () => `${word(words.ACCOUNT_NAMES).replaceAll('-', ' ')} Account`,
    randomCreditCardMask: () => signs(DIGITS, 4),
    randomBankAccountBic: () => `${signs(LETTERS, 4)}${country()}${signs(ALPHANUMERIC.toUpperCase(), 2)}`,
    randomBankAccountIban: () => `${country()}${signs(DIGITS, 2)}${signs(DIGITS, 18)}`,
    randomTransactionType: () => word(words.TRANSACTIONS),
    randomCurrencyCode: () => pick(words.CURRENCIES)?.[0] ?? '',
    randomCurrencyName: () => pick(words.CURRENCIES)?.[1] ?? '',
    randomCurrencySymbol: () => pick(words.CURRENCIES)?.[2] ?? '',
    randomBitcoin: () =>
      `${signs('13', 1)}${signs('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', 32)}`,
    randomCompanyName: company,
    randomCompanySuffix: () => word(words.COMPANY_SUFFIXES),
    randomBs: () =>
      `${word(words.BUSINESS_VERBS)} ${word(words.BUSINESS_ADJECTIVES)} ${word(words.BUSINESS_NOUNS)}`,
    randomBsAdjective: () => word(words.BUSINESS_ADJECTIVES),
    randomBsBuzz: () => word(words.BUSINESS_VERBS),
    randomBsNoun: () => word(words.BUSINESS_NOUNS),
    randomCatchPhrase: () =>
      `${word(words.CATCH_ADJECTIVES)} ${word(words.CATCH_DESCRIPTORS)} ${word(words.CATCH_NOUNS)}`,
    randomCatchPhraseAdjective: () => word(words.CATCH_ADJECTIVES),
    randomCatchPhraseDescriptor: () => word(words.CATCH_DESCRIPTORS),
    randomCatchPhraseNoun: () => capital(word(words.CATCH_NOUNS)),
    randomPrice: () => `${int(0, 999)}.${signs(DIGITS, 2)}`,
    randomProduct: () => word(words.PRODUCTS),
    randomProductAdjective: () => word(words.PRODUCT_ADJECTIVES),
    randomProductMaterial: () => word(words.PRODUCT_MATERIALS),
    randomProductName: () =>
      `${word(words.PRODUCT_ADJECTIVES)} ${word(words.PRODUCT_MATERIALS)} ${word(words.PRODUCTS)}`,
    randomDepartment: () => word(words.DEPARTMENTS),
  }
}

function texts({ int, word, many, lorem, sentence, paragraph, capital }: Tools) {
  const noun = () => word(words.NOUNS)
  const anyWord = () => word([...words.NOUNS, ...words.VERBS, ...words.ADJECTIVES])
  return {
    randomNoun: noun,
    randomVerb: () => word(words.VERBS),
    randomIngverb: () => word(words.ING_VERBS),
    randomAdjective: () => word(words.ADJECTIVES),
    randomWord: anyWord,
    randomWords: () => many(int(2, 5), anyWord, ' '),
    randomPhrase: () =>
      `${capital(word(words.VERBS))} the ${word(words.ADJECTIVES)} ${noun()}, then ${word(words.VERBS)} the ${noun()}.`,
    randomLoremWord: () => lorem(1),
    randomLoremWords: () => lorem(3),
    randomLoremSentence: sentence,
    randomLoremSentences: () => many(int(2, 6), sentence, ' '),
    randomLoremParagraph: paragraph,
    randomLoremParagraphs: () => many(3, paragraph, '\n'),
    randomLoremText: paragraph,
    randomLoremSlug: () => lorem(3).replaceAll(' ', '-'),
    randomLoremLines: () => many(int(1, 5), sentence, '\n'),
  }
}

function files({ pick, word }: Tools) {
  const name = () => `${word(words.LOREM)}_${word(words.NOUNS)}`
  const ending = () => pick(words.FILE_KINDS)?.[1] ?? ''
  const file = () => `${name()}.${ending()}`
  const domain = () => `${word(words.LAST_NAMES).toLowerCase()}.${word(words.DOMAIN_SUFFIXES)}`
  return {
    randomDatabaseColumn: () => word(words.DATABASE_COLUMNS),
    randomDatabaseType: () => word(words.DATABASE_TYPES),
    randomDatabaseCollation: () => word(words.DATABASE_COLLATIONS),
    randomDatabaseEngine: () => word(words.DATABASE_ENGINES),
    randomDomainName: domain,
    randomDomainSuffix: () => word(words.DOMAIN_SUFFIXES),
    randomDomainWord: () => word(words.LAST_NAMES).toLowerCase(),
    randomUrl: () => `https://${domain()}`,
    randomFileName: file,
    randomFileType: () => pick(words.FILE_KINDS)?.[0] ?? '',
    randomFileExt: ending,
    randomCommonFileName: file,
    randomCommonFileType: () => pick(words.FILE_KINDS)?.[0] ?? '',
    randomCommonFileExt: ending,
    randomFilePath: () => `${word(words.DIRECTORIES)}/${file()}`,
    randomDirectoryPath: () => word(words.DIRECTORIES),
    randomMimeType: () => pick(words.FILE_KINDS)?.[2] ?? '',
  }
}
