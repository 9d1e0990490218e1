// Paths as text, in the page: it knows the host's separator and nothing else of its file system.

export type Separator = '/' | '\\'

/** Whether a path begins at a root or at the person's own folder. */
export function isWhole(path: string, separator: Separator): boolean {
  return (
    path.startsWith('/') ||
    /^~([/\\]|$)/.test(path) ||
    (separator === '\\' && /^([a-z]:[/\\]|\\\\)/i.test(path))
  )
}

/** A typed `~/` as the folder that it stands for: whoever gets the path needs it from the root on. */
export function expandHome(path: string, home: string, separator: Separator): string {
  return path.startsWith('~/') || (separator === '\\' && path.startsWith('~\\'))
    ? joinPath(home, path.slice(2), separator)
    : path
}

/** A path and a name in it. */
export function joinPath(folder: string, name: string, separator: Separator): string {
  return folder.endsWith(separator) ? `${folder}${name}` : `${folder}${separator}${name}`
}

/** What stands before the last separator, with it, and what is typed after it. */
export function splitTyped(
  path: string,
  separator: Separator,
): { readonly folder: string; readonly name: string } {
  const at =
    separator === '\\' ? Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) : path.lastIndexOf('/')
  return { folder: path.slice(0, at + 1), name: path.slice(at + 1) }
}

/** A path as seen from a folder that it is in; itself elsewhere. Files of a collection always separate with `/`. */
export function pathFrom(base: string | null, path: string, separator: Separator): string {
  if (base === null || base === '') return path
  const inside = base.endsWith(separator) ? base : `${base}${separator}`
  if (!path.startsWith(inside)) return path
  const rest = path.slice(inside.length)
  return separator === '\\' ? rest.replaceAll('\\', '/') : rest
}

/** The folder that a browser of files begins in. */
export function startOf(options: {
  readonly value: string
  readonly base: string | null
  readonly home: string
  readonly separator: Separator
  /** The value is a folder itself, not a file in one. */
  readonly isFolder: boolean
}): string {
  const { value, base, home, separator, isFolder } = options
  const root = base ?? home
  if (value === '') return root
  const whole = isWhole(value, separator) ? value : joinPath(root, value, separator)
  return isFolder ? whole : splitTyped(whole, separator).folder
}
