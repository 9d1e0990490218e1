// Names of folders for new collections.
const MOST_NUMBERS = 100
const MOST_LENGTH = 100

/** A name that every file system takes, then the same with numbers. */
export function* folderNames(name: string): Generator<string> {
  const base = plainName(name)
  yield base
  for (let number = 2; number <= MOST_NUMBERS; number++) yield `${base} ${number}`
}

function plainName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replaceAll(/[<>:"/\\|?*\p{Cc}]/gu, '-')
    .slice(0, MOST_LENGTH)
    .trim()
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '')
  // Names that Windows keeps for devices.
  return plain === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i.test(plain)
    ? `Collection ${plain}`.trim()
    : plain
}
