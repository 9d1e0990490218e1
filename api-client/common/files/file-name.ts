// Names of files and folders that every file system takes: those of Windows, macOS and Linux, and of archives and servers between them.

/** Bytes of UTF-8 that a name may have, with room for ` 100.yml` and a temporary file's ending. */
const MOST_BYTES = 200
const DEVICES = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i
/** Names that mean something in a collection. */
const RESERVED = ['opencollection', 'folder', 'collection', 'environments', '__snapshots__', 'node_modules']

/** A name for a file or folder, without ending, from what an item is called. Never empty. */
export function toFileName(name: string): string {
  let plain = cut(
    name
      .toWellFormed()
      .normalize('NFC')
      .replaceAll(/[<>:"/\\|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu, '-')
      .trim(),
  )
  plain = plain.replace(/^[.\s]+/, '').replace(/[.\s]+$/, '')
  if (plain === '') return 'Untitled'
  return DEVICES.test(plain) || RESERVED.includes(plain.toLowerCase()) ? `${plain}_` : plain
}

function cut(name: string): string {
  let bytes = 0
  let result = ''
  for (const sign of name) {
    const code = sign.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (bytes > MOST_BYTES) break
    result += sign
  }
  return result
}

/** The same for names that a file system which knows no case, or no way of writing accents, takes for one. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** The first of `name`, `name 2`, `name 3`, … (with `ending`) that is not among `taken` (folded names). */
export function freeName(name: string, ending: string, taken: ReadonlySet<string>): string {
  const base = toFileName(name)
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? base + ending : `${base} ${String(number)}${ending}`
    if (!taken.has(foldName(candidate))) return candidate
  }
}
