// Which files of a collection are shared, and names that every machine of a team can have. Both sides check: a path that comes over the wire is not trusted.

export const TEAM_ROOT_FILES = ['opencollection.yml', 'opencollection.yaml']
const DEEPEST = 60
const MOST_NAME_BYTES = 255
const MOST_PATH = 1_024
const SKIPPED = new Set(['node_modules', '__snapshots__'])
const DEVICES = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i

/** Whether a file is of the collection's format, by its path relative to the collection: all that is ever sent. */
export function isTeamFile(path: string): boolean {
  const names = path.split('/')
  return /\.ya?ml$/i.test(path) && names.every((name) => !name.startsWith('.') && !SKIPPED.has(name))
}

/** Why a path may not be shared, as a sentence for the person; null when it may. */
export function teamPathProblem(path: string): string | null {
  const names = path.split('/')
  if (names.some((name) => name === '' || name === '.' || name === '..'))
    return 'It is no path in a collection.'
  if (!isTeamFile(path)) return 'It is no file of a collection.'
  if (path.length > MOST_PATH || names.length > DEEPEST) return 'Its path is too long.'
  if (!path.isWellFormed() || path !== path.normalize('NFC'))
    return 'Its name is written in a way that not all machines read the same (Unicode NFC). Rename it.'
  for (const name of names) {
    if (/[<>:"\\|?*\p{Cc}]/u.test(name))
      return `The name ${quoted(name)} has signs that Windows does not take. Rename it.`
    if (/[. ]$/.test(name))
      return `The name ${quoted(name)} ends in a way that Windows does not take. Rename it.`
    if (DEVICES.test(name)) return `Windows keeps the name ${quoted(name)} for a device. Rename it.`
    if (new TextEncoder().encode(name).length > MOST_NAME_BYTES) return 'Its name is too long.'
  }
  return null
}

/** The same for paths that some file system takes for one. */
export function foldTeamPath(path: string): string {
  return path.normalize('NFC').toLowerCase()
}

/** A path and the folders above it, the topmost first. */
export function pathAndFolders(path: string): string[] {
  const names = path.split('/')
  return names.map((_, index) => names.slice(0, index + 1).join('/'))
}

function quoted(name: string): string {
  return `“${name.replaceAll(/\p{Cc}/gu, '�')}”`
}
