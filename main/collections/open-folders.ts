// The collections that this machine knows, and the folders that are open: each is opened when it is first asked for, and watched while it is in use.
import { existsSync } from 'node:fs'
import { mkdir, realpath, rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { CollectionInfo, CollectionSync } from '#contract/capabilities/collections.ts'
import { AppError } from '#contract/errors.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import type { CollectionStore, KnownCollection } from '../cache/index.ts'
import type { CollectionFolder, FolderOpener } from './collection-folder.ts'
import { folderNames } from './folder-names.ts'
import { asReadError } from './read-import.ts'

/** Folders that are open at once: the one that was not used for longest is closed for another. */
const MOST_OPEN = 24

export interface FolderChange {
  readonly id: CollectionId
  readonly paths: readonly string[] | null
  readonly isOutside: boolean
}

export interface OpenFolders {
  list(): CollectionInfo[]
  info(id: CollectionId): CollectionInfo
  /** Throws NOT_FOUND for an unknown id. */
  known(id: CollectionId): KnownCollection
  save(collection: KnownCollection): void
  /** Where its files are. */
  directory(id: CollectionId): string
  /** The open folder of a collection. Throws NOT_FOUND, and what the file system says. */
  folder(id: CollectionId): Promise<CollectionFolder>
  /** Opens a folder that holds a collection and adds it to the list. The same folder has the same id as before. */
  add(directory: string): Promise<CollectionInfo>
  /** A new, empty folder for a collection: below `parent`, or in this machine's own data. */
  makeFolder(name: string, parent: string | null): Promise<NewFolder>
  /** Takes it out of the list. One in this machine's own data is deleted. */
  remove(id: CollectionId): Promise<void>
  close(): Promise<void>
}

export interface NewFolder {
  /** What it is called once it is in the list. */
  readonly id: CollectionId
  readonly directory: string
  /** Adds it to the list, once there is a collection in it. */
  add(): Promise<CollectionInfo>
  /** Removes it, when making the collection failed. */
  discard(): Promise<void>
}

export interface OpenFoldersDependencies {
  readonly store: CollectionStore
  readonly opener: FolderOpener
  /** Where collections of this machine alone are: one folder each, named by its id. */
  readonly privateDirectory: string
  readonly clock: { now(): Date }
  readonly newId: () => string
  readonly onChange: (change: FolderChange) => void
  /** How a collection stands to its team's; null for one that is not shared. */
  readonly syncOf: (id: CollectionId) => CollectionSync | null
}

/** Makes it over the list in SQLite. */
export function createOpenFolders(dependencies: OpenFoldersDependencies): OpenFolders {
  const { store, opener, privateDirectory, clock, newId, onChange } = dependencies
  /** The least recently used first. */
  const open = new Map<CollectionId, Promise<CollectionFolder>>()
  const problems = new Map<CollectionId, string>()

  const known = (id: CollectionId): KnownCollection => {
    const collection = store.get(id)
    if (collection === undefined || !collection.isOpen)
      throw new AppError('NOT_FOUND', 'This collection is not in the list any more.', {
        hint: 'Open its folder again.',
      })
    return collection
  }
  const directoryOf = ({ id, folder }: KnownCollection): string => folder ?? join(privateDirectory, id)
  const infoOf = (collection: KnownCollection): CollectionInfo => ({
    id: collection.id,
    name: collection.name,
    folder: collection.folder,
    organisationId: collection.organisationId,
    sync: dependencies.syncOf(collection.id),
    requests: collection.requests,
    problems: collection.problems,
    unavailable:
      problems.get(collection.id) ??
      (existsSync(directoryOf(collection)) ? null : `The folder ${directoryOf(collection)} is not there.`),
    activeEnvironment: collection.activeEnvironment,
  })

  /** What the list shows of a collection, kept for when it is not open. */
  const count = async (id: CollectionId, folder: CollectionFolder): Promise<void> => {
    const items = folder.items()
    const { item } = await folder.read('')
    const collection = store.get(id)
    if (collection === undefined) return
    const next: KnownCollection = {
      ...collection,
      name: item.name,
      requests: items.filter((one) => one.kind !== 'folder' && one.kind !== 'script').length,
      problems: items.filter((one) => one.problem !== null).length,
    }
    const isSame =
      next.name === collection.name &&
      next.requests === collection.requests &&
      next.problems === collection.problems
    if (!isSame) store.save(next)
  }

  async function openOne(collection: KnownCollection): Promise<CollectionFolder> {
    const { id } = collection
    const directory = directoryOf(collection)
    try {
      const folder = await opener.open(directory, id)
      problems.delete(id)
      await count(id, folder)
      folder.onChange(({ paths, isOutside }) => {
        void count(id, folder)
          .catch((error: unknown) => problems.set(id, messageOf(error)))
          .then(() => onChange({ id, paths, isOutside }))
      })
      return folder
    } catch (error) {
      open.delete(id)
      const words = asReadError(error, directory)
      problems.set(id, messageOf(words))
      throw words
    }
  }
  const closeFolder = async (id: CollectionId): Promise<void> => {
    const folder = await open.get(id)?.catch(() => undefined)
    open.delete(id)
    await folder?.close()
  }
  const makeRoom = (): void => {
    const [oldest] = open.keys()
    if (open.size > MOST_OPEN && oldest !== undefined) void closeFolder(oldest)
  }
  const folderOf = (id: CollectionId): Promise<CollectionFolder> => {
    const collection = known(id)
    const folder = open.get(id) ?? openOne(collection)
    open.delete(id)
    open.set(id, folder)
    makeRoom()
    return folder
  }

  async function add(directory: string, isPrivate: boolean, id = CollectionId.parse(newId())) {
    const before = store.byFolder(directory)
    const collection: KnownCollection = before ?? {
      id,
      folder: isPrivate ? null : directory,
      name: directory,
      organisationId: null,
      activeEnvironment: null,
      requests: 0,
      problems: 0,
      isOpen: true,
      openedAt: clock.now().toISOString(),
    }
    store.save({ ...collection, isOpen: true, openedAt: clock.now().toISOString() })
    try {
      await folderOf(collection.id)
    } catch (error) {
      // What cannot be opened does not come into the list.
      if (before === undefined) store.remove(collection.id)
      else store.save(before)
      throw error
    }
    return infoOf(known(collection.id))
  }

  return {
    list: () => store.list().map(infoOf),
    info: (id) => infoOf(known(id)),
    known,
    save: store.save,
    directory: (id) => directoryOf(known(id)),
    folder: folderOf,
    async add(directory) {
      if (!isAbsolute(directory))
        throw new AppError('INVALID_INPUT', 'Give the whole path of the folder, from its root on.')
      const real = await realpath(directory).catch((error: unknown) => {
        throw asReadError(error, directory)
      })
      return add(real, false)
    },
    async makeFolder(name, parent) {
      const fresh = CollectionId.parse(newId())
      const directory =
        parent === null ? await makePrivate(join(privateDirectory, fresh)) : await makeBelow(parent, name)
      // A folder that was there once has the id that it had.
      const id = store.byFolder(directory)?.id ?? fresh
      return {
        id,
        directory,
        add: () => add(directory, parent === null, id),
        discard: () => rm(directory, { recursive: true, force: true }),
      }
    },
    async remove(id) {
      const collection = known(id)
      await closeFolder(id)
      problems.delete(id)
      if (collection.folder !== null) return store.save({ ...collection, isOpen: false })
      store.remove(id)
      await rm(directoryOf(collection), { recursive: true, force: true })
    },
    async close() {
      await Promise.all([...open.keys()].map(closeFolder))
    },
  }
}

async function makePrivate(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  return directory
}

/** A new folder below one that is there; a name that is taken gets a number. */
async function makeBelow(parent: string, name: string): Promise<string> {
  if (!isAbsolute(parent))
    throw new AppError('INVALID_INPUT', 'Give the whole path of the folder, from its root on.')
  try {
    const real = await realpath(parent)
    for (const candidate of folderNames(name)) {
      const directory = join(real, candidate)
      try {
        await mkdir(directory)
        return directory
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      }
    }
  } catch (error) {
    throw asReadError(error, parent)
  }
  throw new AppError('ALREADY_EXISTS', `${parent} has many folders of that name. Choose another name.`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
