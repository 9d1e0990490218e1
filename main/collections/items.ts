// The items of collections: thin over their folders. What moves takes its secrets and drafts along.
import { AppError } from '#contract/errors.ts'
import type { collections } from '#contract/capabilities/collections.ts'
import type { CollectionSource } from '#contract/requests/collection.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { newCollection } from '#api-client/common/new-request.ts'
import type { DraftStore, KnownSourceStore, VariableStore } from '../cache/index.ts'
import type { CollectionItem, FolderOpener } from './collection-folder.ts'
import type { FolderChange, OpenFolders } from './open-folders.ts'

type ItemHandlers = Pick<
  CapabilityHandlers<typeof collections>,
  | 'list'
  | 'create'
  | 'open'
  | 'close'
  | 'items'
  | 'read'
  | 'write'
  | 'createRequest'
  | 'createFolder'
  | 'move'
  | 'duplicate'
  | 'remove'
  | 'restore'
  | 'search'
>

export interface ItemDependencies {
  readonly folders: OpenFolders
  readonly opener: FolderOpener
  readonly drafts: DraftStore
  readonly variables: VariableStore
  readonly sources: Pick<KnownSourceStore, 'note'>
  readonly notify: (change: FolderChange) => void
}

/** The handlers. */
export function createItemHandlers(dependencies: ItemDependencies): ItemHandlers {
  const { folders, opener, drafts, variables, sources, notify } = dependencies
  return {
    list: async () => folders.list(),
    async create({ name, parent }) {
      const made = await folders.makeFolder(name, parent)
      try {
        await opener.writeTree(made.directory, {
          collection: newCollection(name),
          environments: [],
          items: [],
        })
        const info = await made.add()
        notify({ id: info.id, paths: null, isOutside: false })
        return info
      } catch (error) {
        await made.discard()
        throw error
      }
    },
    async open({ folder }) {
      const info = await folders.add(folder)
      notify({ id: info.id, paths: null, isOutside: false })
      return info
    },
    async close({ id }) {
      await folders.remove(id)
      notify({ id, paths: null, isOutside: false })
    },
    items: async ({ id }) => [...(await folders.folder(id)).items()],
    async read({ id, path }) {
      const { item, revision, inherited } = await (await folders.folder(id)).read(path)
      return { item, revision, inherited: [...inherited] }
    },
    async write({ id, path, item, revision }) {
      assertFits(path, item)
      const folder = await folders.folder(id)
      const before = item.kind === 'collection' ? await folder.read(path) : null
      const written = await folder.write(path, withoutSecrets(item), revision)
      // What stood there already may be somebody else's choice.
      const isNew = JSON.stringify(sourceOf(before?.item)) !== JSON.stringify(sourceOf(item))
      if (item.kind === 'collection' && isNew) noteSource(sources, item)
      return written
    },
    createRequest: async ({ id, folder, request }) =>
      (await folders.folder(id)).createRequest(folder, withoutSecrets(request)),
    createFolder: async ({ id, folder, name }) => (await folders.folder(id)).createFolder(folder, name),
    async move({ id, path, toFolder, name, before }) {
      const moved = await (await folders.folder(id)).move(path, { folder: toFolder, name, before })
      if (moved.path !== path) {
        variables.moveItem(id, path, moved.path)
        drafts.move(id, path, moved.path)
      }
      return moved
    },
    duplicate: async ({ id, path }) => (await folders.folder(id)).duplicate(path),
    remove: async ({ id, path }) => (await folders.folder(id)).remove(path),
    restore: async ({ id, undo }) => (await folders.folder(id)).restore(undo),
    async search({ id, text, limit }) {
      const ids =
        id === null ? folders.list().flatMap((one) => (one.unavailable === null ? [one.id] : [])) : [id]
      const found = await Promise.all(
        ids.map(async (collectionId) => {
          const folder = await folders.folder(collectionId)
          await folder.searchable()
          const hits = folder.search(text, limit)
          return hits.map((hit) => ({ ...hit, collectionId }))
        }),
      )
      return found.flat().slice(0, limit)
    },
  }
}

function sourceOf(item: CollectionItem | undefined): CollectionSource | null {
  return item?.kind === 'collection' ? item.source : null
}

/** Notes the source of a collection that a person of this machine named. */
export function noteSource(
  sources: Pick<KnownSourceStore, 'note'>,
  { source }: { readonly source: CollectionSource | null },
): void {
  if (source?.type === 'openapi') sources.note(source.location, 'chosen')
}

/** The empty path is the collection itself, and nothing else is. */
function assertFits(path: string, item: CollectionItem): void {
  if ((path === '') !== (item.kind === 'collection'))
    throw new AppError('INVALID_INPUT', 'What is to be written is of another kind than what is there.')
}

/** A secret's value is never in a file, whatever was asked for. */
function withoutSecrets<Item extends CollectionItem>(item: Item): Item {
  const strip = <T extends { readonly isSecret: boolean }>(variables: readonly T[]): T[] =>
    variables.map((variable) => (variable.isSecret ? { ...variable, value: '' } : variable))
  return 'variables' in item
    ? { ...item, variables: strip(item.variables) }
    : { ...item, defaults: { ...item.defaults, variables: strip(item.defaults.variables) } }
}
