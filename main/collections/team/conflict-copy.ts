// The file that holds a team's version beside the one of this machine: its name, and its text (TEAM-13).
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { basename, dirname } from 'node:path/posix'
import { readItem } from '#api-client/common/files/read-item.ts'
import { writeItem } from '#api-client/common/files/write-item.ts'
import { TEAM_ROOT_FILES } from '#contract/requests/team-path.ts'

const SUFFIX = / \(conflict, (\d{4}-\d{2}-\d{2})\)(?: \d+)?$/
const MOST_NAME_BYTES = 250
const ENDING = /\.ya?ml$/i

/** Whether a file is such a copy, by its name. */
export function isConflictCopy(path: string): boolean {
  return SUFFIX.test(basename(path).replace(ENDING, ''))
}

/** `NAME (conflict, DATE).yml`, then with numbers. A name that already says so is not made longer. `date`: YYYY-MM-DD. */
export function* conflictPaths(path: string, date: string): Generator<string> {
  const name = basename(path)
  const ending = ENDING.exec(name)?.[0] ?? ''
  let stem = name.slice(0, name.length - ending.length).replace(SUFFIX, '')
  const folder = dirname(path)
  const last = ` (conflict, ${date}) 9999${ending}`
  while (Buffer.byteLength(stem + last) > MOST_NAME_BYTES) stem = [...stem].slice(0, -1).join('')
  for (let number = 1; ; number++) {
    const made = `${stem.trimEnd()} (conflict, ${date})${number === 1 ? '' : ` ${number}`}${ending}`
    yield folder === '.' ? made : `${folder}/${made}`
  }
}

/** The copies of a file that are there, in whatever order. */
export async function conflictCopiesOf(directory: string, path: string): Promise<string[]> {
  const folder = dirname(path)
  const stemOf = (name: string): string => name.replace(ENDING, '').replace(SUFFIX, '')
  const names = await readdir(join(directory, folder)).catch(() => [])
  return names
    .filter((name) => isConflictCopy(name) && stemOf(name) === stemOf(basename(path)))
    .map((name) => (folder === '.' ? name : `${folder}/${name}`))
}

/** The team's text for the copy: a request or an environment is called as its file is, so that lists can tell the two; all else stays. */
export function conflictText(path: string, copyPath: string, text: string): string {
  const name = basename(path)
  if (TEAM_ROOT_FILES.includes(path) || name === 'folder.yml') return text
  const suffix = SUFFIX.exec(basename(copyPath).replace(ENDING, ''))?.[0] ?? ''
  try {
    const kind = path.startsWith('environments/') ? 'environment' : 'request'
    const read = readItem(text, kind, name.replace(ENDING, ''))
    if (!read.ok) return text
    return writeItem({ ...read.item, name: read.item.name.replace(SUFFIX, '').slice(0, 150) + suffix }, text)
  } catch {
    return text
  }
}
