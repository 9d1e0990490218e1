// The door of files: what is in a folder of this machine, for a person who chooses one. Bounded in entries and time; no file is opened.
import type { Dirent } from 'node:fs'
import { mkdir, opendir, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, normalize, sep } from 'node:path'
import type { FileEntry, files } from '#contract/capabilities/files.ts'
import { AppError } from '#contract/errors.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'

/** Names that are looked at, and those that are answered. */
const MOST_READ = 50_000
const MOST_LISTED = 1_000
/** Files whose size is asked for at once. */
const AT_ONCE = 32
/** A disk that is away (a network folder) may never answer. */
const DEADLINE_MS = 10_000

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
const SEPARATOR = sep === '\\' ? '\\' : '/'

export interface FilesDependencies {
  /** The person's own folder. */
  readonly home: string
  /** How long a listing may take, in milliseconds. */
  readonly deadlineMs?: number
}

/** Makes the handlers. */
export function createFilesCapability({
  home,
  deadlineMs = DEADLINE_MS,
}: FilesDependencies): CapabilityHandlers<typeof files> {
  const whole = (path: string): string => wholePath(path, home)
  return {
    home: async () => ({ folder: home, separator: SEPARATOR }),
    async list({ folder, ...wanted }) {
      const directory = whole(folder)
      return within(deadlineMs, directory, async () => {
        const { names, isCut } = await readNames(directory, wanted)
        const parent = dirname(directory)
        return {
          folder: directory,
          parent: parent === directory ? null : parent,
          separator: SEPARATOR,
          entries: await describe(directory, names),
          isCut,
        }
      })
    },
    async makeFolder({ folder, name }) {
      if (name !== basename(name) || name === '.' || name === '..' || /[/\\\0]/.test(name))
        throw new AppError('INVALID_INPUT', 'A folder’s name has no slash in it.')
      const made = join(whole(folder), name)
      await mkdir(made).catch((error: unknown) => {
        throw inWords(error, made)
      })
      return { folder: made }
    },
  }
}

/** From the root on, without a separator at its end. */
function wholePath(path: string, home: string): string {
  const expanded =
    path === '' || path === '~' ? home : /^~[/\\]/.test(path) ? join(home, path.slice(2)) : path
  if (expanded.includes('\0')) throw new AppError('INVALID_INPUT', 'This is no path.')
  if (!isAbsolute(expanded))
    throw new AppError('INVALID_INPUT', 'Give the whole path of the folder, from its root on.')
  const normal = normalize(expanded)
  const parent = dirname(normal)
  return parent === normal ? normal : join(parent, basename(normal))
}

interface Wanted {
  readonly startsWith: string
  readonly kinds: 'folders' | 'all'
  readonly endings: readonly string[]
  readonly showsHidden: boolean
}

interface Named {
  readonly name: string
  readonly kind: 'folder' | 'file'
}

async function readNames(
  directory: string,
  wanted: Wanted,
): Promise<{ readonly names: readonly Named[]; readonly isCut: boolean }> {
  const found: Named[] = []
  let read = 0
  try {
    for await (const entry of await opendir(directory, { bufferSize: 256 })) {
      if (++read > MOST_READ) break
      if (!isNameWanted(entry.name, wanted)) continue
      const kind = await kindOf(directory, entry)
      if (kind === null || (kind === 'file' && !isFileWanted(entry.name, wanted))) continue
      found.push({ name: entry.name, kind })
    }
  } catch (error) {
    throw inWords(error, directory)
  }
  found.sort(
    (a, b) => Number(b.kind === 'folder') - Number(a.kind === 'folder') || byName.compare(a.name, b.name),
  )
  return { names: found.slice(0, MOST_LISTED), isCut: read > MOST_READ || found.length > MOST_LISTED }
}

function isNameWanted(name: string, { startsWith, showsHidden }: Wanted): boolean {
  const isHidden = name.startsWith('.') && !startsWith.startsWith('.')
  return (!isHidden || showsHidden) && name.toLowerCase().startsWith(startsWith.toLowerCase())
}

function isFileWanted(name: string, { kinds, endings }: Wanted): boolean {
  return (
    kinds === 'all' &&
    (endings.length === 0 ||
      endings.some((ending) => name.toLowerCase().endsWith(`.${ending.toLowerCase()}`)))
  )
}

/** What a link leads to counts; null for what is neither (a socket, a link to nothing). */
async function kindOf(directory: string, entry: Dirent): Promise<Named['kind'] | null> {
  const seen = entry.isSymbolicLink() ? await stat(join(directory, entry.name)).catch(() => null) : entry
  return seen === null ? null : seen.isDirectory() ? 'folder' : seen.isFile() ? 'file' : null
}

async function describe(directory: string, names: readonly Named[]): Promise<FileEntry[]> {
  const entries: FileEntry[] = []
  for (let at = 0; at < names.length; at += AT_ONCE)
    entries.push(
      ...(await Promise.all(
        names.slice(at, at + AT_ONCE).map(async ({ name, kind }): Promise<FileEntry> => {
          const seen = await stat(join(directory, name)).catch(() => null)
          return {
            name,
            kind,
            sizeBytes: kind === 'file' ? (seen?.size ?? null) : null,
            modifiedAt: seen?.mtime.toISOString() ?? null,
          }
        }),
      )),
    )
  return entries
}

async function within<T>(deadlineMs: number, directory: string, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new AppError('TIMEOUT', `${directory} does not answer. Its disk may be away.`)),
    deadlineMs,
  )
  try {
    return await Promise.race([work(), promise])
  } finally {
    clearTimeout(timer)
  }
}

/** What the file system said. */
function inWords(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
      return new AppError('NOT_FOUND', `There is no folder ${path}.`, { cause: error })
    case 'ENOTDIR':
      return new AppError('INVALID_INPUT', `${path} is no folder.`, { cause: error })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError('FORBIDDEN', `This user may not read or write ${path}.`, { cause: error })
    case 'EEXIST':
      return new AppError('ALREADY_EXISTS', `${path} is there already.`, { cause: error })
    case 'ENAMETOOLONG':
      return new AppError('INVALID_INPUT', 'This name is too long.', { cause: error })
    default:
      return error
  }
}
