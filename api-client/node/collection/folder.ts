// Opens a folder that holds a collection.
import { randomUUID } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { nameOfPath } from '#api-client/common/files/summarise.ts'
import { AppError } from '#contract/errors.ts'
import { createChanges, emptyTrash } from './change-items.ts'
import { asAppError } from './disk.ts'
import { createEnvironments } from './environments.ts'
import { search } from './search.ts'
import { loadTexts, scan } from './scan.ts'
import { createState, findRootFile } from './state.ts'
import { readTree } from './tree.ts'
import type { CollectionFolder, CollectionFolderOptions, ReadItem } from './types.ts'
import { watchFolder } from './watch.ts'

/** Opens it, reads what is in it and watches it. Throws NOT_FOUND for no folder, INVALID_INPUT for one without a collection. */
export async function openCollectionFolder(options: CollectionFolderOptions): Promise<CollectionFolder> {
  const { now = Date.now, newId = randomUUID, trash, index, isWatched = true } = options
  const directory = await realpath(options.directory).catch((error: unknown) => {
    throw asAppError(error)
  })
  const rootFile = await findRootFile(directory)
  const entries = await scan(directory, { index }).catch((error: unknown) => {
    throw asAppError(error)
  })
  const state = createState(directory, rootFile, entries)
  const changes = { trash, now, newId }
  void emptyTrash(changes).catch(() => undefined)
  const environments = createEnvironments(state)
  let known = await environmentRevisions()
  let ownWrites = 0
  let texts: Promise<void> | undefined

  async function environmentRevisions(): Promise<string> {
    const found = await environments.environments()
    const { revision } = await state.readFile('').catch(() => ({ revision: '' }))
    return JSON.stringify([revision, ...found.map((one) => [one.name, one.revision])])
  }

  async function read(path: string): Promise<ReadItem> {
    const own = await state.loadItem(path)
    const inherited: { path: string; name: string; defaults: ReadItem['inherited'][number]['defaults'] }[] =
      []
    if (path !== '') {
      const { item } = await state.load('', 'collection')
      inherited.push({ path: '', name: item.name, defaults: item.defaults })
    }
    const names = path.split('/')
    for (let length = 1; length < names.length; length++) {
      const parent = names.slice(0, length).join('/')
      const { item } = await state.load(parent, 'folder')
      inherited.push({ path: parent, name: item.name || nameOfPath(parent), defaults: item.defaults })
    }
    return { ...own, inherited }
  }

  async function refresh(): Promise<void> {
    await state.refresh()
    watching?.follow(folders())
    const next = await state.exclusively(environmentRevisions)
    if (next !== known && ownWrites === 0) {
      known = next
      state.announce([''], true)
    }
  }
  const folders = (): string[] => [
    'environments',
    ...state.items().flatMap((one) => (one.kind === 'folder' ? [one.path] : [])),
  ]
  const watching = isWatched ? watchFolder(directory, refresh) : undefined
  watching?.follow(folders())
  const own = state.listen(({ isOutside }) => {
    if (isOutside) return
    watching?.follow(folders())
  })
  /** What we wrote ourselves to the collection's file or an environment is no outside change. */
  const quietly = async <T>(operation: Promise<T>): Promise<T> => {
    ownWrites++
    try {
      const result = await operation
      known = await environmentRevisions()
      return result
    } finally {
      ownWrites--
    }
  }
  const operations = createChanges(state, changes)
  const searchable = (): Promise<void> => (texts ??= loadTexts(directory, entries))
  if (index !== undefined) void searchable().catch(() => undefined)

  return {
    directory,
    items: state.items,
    read: (path) => state.exclusively(() => read(path)).catch(rethrow),
    ...operations,
    write: (path, item, revision) => {
      const written = operations.write(path, item, revision)
      return path === '' ? quietly(written) : written
    },
    search: (text, limit) => search(directory, state.items(), { entries, text, limit }),
    searchable,
    environments: environments.environments,
    saveEnvironment: (environment, given) => quietly(environments.saveEnvironment(environment, given)),
    removeEnvironment: (name) => quietly(environments.removeEnvironment(name)),
    readTree: () => readTree(state, environments.environments),
    refresh,
    exclusively: state.exclusively,
    onChange: state.listen,
    close() {
      own()
      watching?.close()
      return Promise.resolve()
    },
  }
}

function rethrow(error: unknown): never {
  throw error instanceof AppError ? error : asAppError(error)
}
