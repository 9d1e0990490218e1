// Creates, writes, moves, duplicates, removes and restores items of an open collection.
import { cp, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { freeName, toFileName } from '#api-client/common/files/file-name.ts'
import { readItem } from '#api-client/common/files/read-item.ts'
import { fileKindOf, writeItem } from '#api-client/common/files/write-item.ts'
import { newFolder } from '#api-client/common/new-request.ts'
import { AppError } from '#contract/errors.ts'
import { asAppError, exists, hasCode, locate, revisionOf } from './disk.ts'
import { parentOf, placeAmong } from './order.ts'
import { FOLDER_FILE } from './scan.ts'
import type { CollectionState } from './state.ts'
import type { CollectionFolder, Written } from './types.ts'

const KEPT_MS = 30 * 24 * 3_600_000

export interface ChangeOptions {
  readonly trash: string
  readonly now: () => number
  readonly newId: () => string
}

type Changes = Pick<
  CollectionFolder,
  'write' | 'createRequest' | 'createFolder' | 'move' | 'duplicate' | 'remove' | 'restore'
>

const join2 = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)

/** The operations over a state. */
export function createChanges(state: CollectionState, options: ChangeOptions): Changes {
  const { directory } = state

  const told = async (paths: readonly string[], written: Written): Promise<Written> => {
    state.announce([...new Set(paths)], false)
    return Promise.resolve(written)
  }

  async function makeFolder(folder: string, name: string): Promise<Written> {
    const path = join2(folder, freeName(name, '', await state.takenNames(folder)))
    const { sequence } = placeAmong(state.siblings(folder), null)
    const text = writeItem(newFolder(name, { sequence }), null)
    const at = await locate(directory, path)
    await mkdir(at)
    await writeFile(join(at, FOLDER_FILE), text)
    await state.rescan(folder)
    return { path, revision: revisionOf(text) }
  }

  async function moveItem(
    path: string,
    {
      folder,
      name,
      before,
    }: { folder: string; name?: string | undefined; before?: string | null | undefined },
  ): Promise<{ written: Written; touched: string[] }> {
    if (path === '') throw new AppError('INVALID_INPUT', 'The collection itself cannot be moved.')
    if (folder === path || folder.startsWith(`${path}/`))
      throw new AppError('INVALID_INPUT', 'A folder cannot be moved into itself.')
    const isFolder = state.kindOf(path) === 'folder'
    const { text } = await state.readFile(path)
    const siblings = state.siblings(folder).filter((one) => one.path !== path)
    const own = state.siblings(folder).find((one) => one.path === path)
    const placement =
      before === undefined && own !== undefined
        ? { sequence: own.sequence, others: new Map<string, number>() }
        : placeAmong(siblings, before ?? null)
    const ending = isFolder ? '' : (/\.ya?ml$/i.exec(path)?.[0] ?? '.yml')
    const taken = await state.takenNames(folder)
    const wanted = name === undefined ? basename(path) : toFileName(name) + ending
    if (parentOf(path) === folder) taken.delete(basename(path).normalize('NFC').toLowerCase())
    const stays = parentOf(path) === folder && wanted === basename(path)
    const stem = name ?? wanted.slice(0, wanted.length - ending.length)
    const target = stays ? path : join2(folder, freeName(stem, ending, taken))
    const next = isFolder
      ? writeItem(
          {
            ...(await state.load(path, 'folder')).item,
            ...(name === undefined ? {} : { name }),
            sequence: placement.sequence,
          },
          text,
        )
      : movedText(text, { name, sequence: placement.sequence, fallback: stem })
    if (target !== path) {
      const [from, to] = [await locate(directory, path), await locate(directory, target)]
      if (target.toLowerCase() !== path.toLowerCase() && (await exists(to)))
        throw new AppError('ALREADY_EXISTS', `${target} is there already.`)
      await rename(from, to)
      await state.rescan('')
    }
    const revision = next === text ? revisionOf(text) : await state.store(target, next, false)
    await state.reorder(placement.others)
    return { written: { path: target, revision }, touched: [path, target, ...placement.others.keys()] }
  }

  async function moveToTrash(path: string): Promise<string> {
    state.fileOf(path)
    if (path === '') throw new AppError('INVALID_INPUT', 'The collection itself cannot be removed here.')
    const undo = options.newId()
    const place = join(options.trash, undo)
    await mkdir(place, { recursive: true, mode: 0o700 })
    await writeFile(join(place, 'about.json'), JSON.stringify({ directory, path, at: options.now() }))
    await moveAcross(await locate(directory, path), join(place, 'item'))
    return undo
  }

  async function bringBack(undo: string): Promise<string> {
    if (!/^[\w-]{1,100}$/.test(undo)) throw new AppError('INVALID_INPUT', 'This is nothing that was removed.')
    const place = join(options.trash, undo)
    const about = await readAbout(place)
    if (about === null || about.directory !== directory)
      throw new AppError('NOT_FOUND', 'It was removed too long ago, or is back already.')
    const folder = state.kindOf(parentOf(about.path)) === 'request' ? '' : parentOf(about.path)
    const ending = /\.ya?ml$/i.exec(about.path)?.[0] ?? ''
    const stem = basename(about.path).slice(0, basename(about.path).length - ending.length)
    const taken = await state.takenNames(folder)
    const isFree = !taken.has(basename(about.path).normalize('NFC').toLowerCase())
    const path = join2(folder, isFree ? basename(about.path) : freeName(stem, ending, taken))
    await moveAcross(join(place, 'item'), await locate(directory, path))
    await rm(place, { recursive: true, force: true })
    return path
  }

  return {
    write: (path, item, revision) =>
      state.exclusively(async () => {
        const isKind = fileKindOf(item) === state.kindOf(path)
        if (!isKind)
          throw new AppError('INVALID_INPUT', 'A folder cannot be written as a request, nor the reverse.')
        const now = await state.readFile(path)
        if (now.revision !== (revision ?? revisionOf('')))
          throw new AppError(
            'CONFLICT',
            `${state.fileOf(path)} was changed in the meantime. It was not written over.`,
            {
              details: { path, revision: now.revision, text: now.text.slice(0, 1_000_000) },
              hint: 'Compare both, and save again.',
            },
          )
        // What cannot be read is not written over.
        if (now.text !== '') await state.loadItem(path)
        const text = writeItem(item, now.text)
        if (text !== now.text) await state.store(path, text, false)
        return told([path], { path, revision: revisionOf(text) })
      }),
    createRequest: (folder, request) =>
      state.exclusively(async () => {
        const path = join2(folder, freeName(request.name, '.yml', await state.takenNames(folder)))
        const sequence = request.sequence ?? placeAmong(state.siblings(folder), null).sequence
        const revision = await state.store(path, writeItem({ ...request, sequence }, null), true)
        return told([path], { path, revision })
      }),
    createFolder: (folder, name) =>
      state.exclusively(async () => {
        const written = await makeFolder(folder, name)
        return told([written.path], written)
      }),
    move: (path, to) =>
      state.exclusively(async () => {
        const { written, touched } = await moveItem(path, to).catch(rethrow)
        return told(touched, written)
      }),
    duplicate: (path) =>
      state.exclusively(async () => {
        if (path === '') throw new AppError('INVALID_INPUT', 'The collection itself cannot be duplicated.')
        const folder = parentOf(path)
        const siblings = state.siblings(folder)
        const following = siblings[siblings.findIndex((one) => one.path === path) + 1]?.path ?? null
        const ending = state.kindOf(path) === 'folder' ? '' : (/\.ya?ml$/i.exec(path)?.[0] ?? '.yml')
        const name = `${state.entries.get(path)?.summary.name ?? 'Request'} copy`
        const copy = join2(folder, freeName(name, ending, await state.takenNames(folder)))
        await cp(await locate(directory, path), await locate(directory, copy), {
          recursive: true,
          errorOnExist: true,
          force: false,
          filter: async (source) => !(await isLink(source)),
        }).catch(rethrow)
        await state.rescan('')
        const { written, touched } = await moveItem(copy, { folder, name, before: following }).catch(rethrow)
        return told(touched, written)
      }),
    remove: (path) =>
      state.exclusively(async () => {
        const undo = await moveToTrash(path).catch(rethrow)
        state.entries.delete(path)
        await state.rescan('')
        state.announce([path], false)
        return { undo }
      }),
    restore: (undo) =>
      state.exclusively(async () => {
        const path = await bringBack(undo).catch(rethrow)
        await state.rescan('')
        state.announce([path], false)
        return { path }
      }),
  }
}

/** Of a file that cannot be read, the text stays: it only moves. */
function movedText(
  text: string,
  to: { readonly name: string | undefined; readonly sequence: number | null; readonly fallback: string },
): string {
  const read = readItem(text, 'request', to.fallback)
  if (!read.ok) return text
  return writeItem({ ...read.item, name: to.name ?? read.item.name, sequence: to.sequence }, text)
}

function rethrow(error: unknown): never {
  throw asAppError(error)
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink()
}

/** Moves, also to another disk. */
async function moveAcross(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error
    await cp(from, to, { recursive: true, errorOnExist: true, force: false })
    await rm(from, { recursive: true })
  }
}

const About = z.object({ directory: z.string(), path: z.string(), at: z.number() })

async function readAbout(place: string): Promise<z.infer<typeof About> | null> {
  try {
    return About.parse(JSON.parse(await readFile(join(place, 'about.json'), 'utf8')))
  } catch {
    return null
  }
}

/** Forgets what was removed more than 30 days ago. */
export async function emptyTrash({ trash, now }: ChangeOptions): Promise<void> {
  for (const name of await readdir(trash).catch(() => [])) {
    const about = await readAbout(join(trash, name))
    if (about !== null && now() - about.at > KEPT_MS)
      await rm(join(trash, name), { recursive: true, force: true })
  }
}
