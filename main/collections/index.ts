// The door of collections: folders of text files, and what of them is this machine's alone.
import { EventEmitter } from 'node:events'
import type { CollectionTree } from '#api-client/common/collection-tree.ts'
import type { ImportedSecret } from '#api-client/common/exchange/types.ts'
import type { collections } from '#contract/capabilities/collections.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type {
  CollectionStore,
  DraftStore,
  TeamStore,
  VariableStore,
  KnownSourceStore,
} from '../cache/index.ts'
import type { Cloud } from '../cloud/index.ts'
import type { SecretStore } from '../secrets/index.ts'
import type { CollectionFolder, FolderOpener } from './collection-folder.ts'
import { createDraftHandlers } from './drafts.ts'
import { createEnvironmentHandlers } from './environments.ts'
import { createItemHandlers, noteSource } from './items.ts'
import { readLocatedTree, type LocatedTree } from './located-tree.ts'
import { createOpenFolders, type FolderChange } from './open-folders.ts'
import { createPrivateValues } from './private-values.ts'
import { createRequestContexts, itemOwner, type RequestContexts } from './request-context.ts'
import { createTransfer } from './transfer.ts'
import { createTeamHandlers } from './team/share.ts'
import { createTeamSync, type TeamSync, type TeamTiming } from './team/team-sync.ts'

export { createFolderOpener, type CollectionFolder, type FolderOpener } from './collection-folder.ts'
export { eventStream } from './event-stream.ts'
export type { LocatedTree } from './located-tree.ts'
export type { RequestContext, RequestContexts, RequestPlace } from './request-context.ts'

export interface CollectionsDependencies {
  readonly store: CollectionStore
  readonly drafts: DraftStore
  readonly variables: VariableStore
  readonly secretStore: SecretStore
  /** Told of the sources that a person of this machine names. */
  readonly sources: Pick<KnownSourceStore, 'note'>
  readonly opener: FolderOpener
  /** Where collections of this machine alone are. */
  readonly privateDirectory: string
  readonly clock: { now(): Date }
  readonly newId: () => string
  /** Collections that are shared with teams. */
  readonly team: {
    readonly cloud: Cloud
    readonly store: TeamStore
    readonly timing?: Partial<TeamTiming> | undefined
    readonly onProblem: (problem: { readonly during: string; readonly error: unknown }) => void
  }
}

/** What requests, runs, mocks and the explorer use. */
export interface CollectionsService {
  readonly contexts: RequestContexts
  folder(id: CollectionId): Promise<CollectionFolder>
  name(id: CollectionId): string
  /** All of a collection, with where each request is. */
  readTree(id: CollectionId): Promise<LocatedTree>
  /** Makes a collection of a tree: below `parent`, or in this machine's own data. */
  createFrom(
    tree: CollectionTree,
    options: { readonly parent: string | null; readonly secrets: readonly ImportedSecret[] },
  ): Promise<CollectionId>
  /** The value of a secret variable of the collection itself; null for none. */
  secret(id: CollectionId, name: string): Promise<string | null>
}

export interface CollectionsCapability {
  readonly handlers: CapabilityHandlers<typeof collections>
  readonly service: CollectionsService
  /** Lets go of all folders. */
  close(): Promise<void>
}

type Change = Omit<FolderChange, 'id'> & { readonly id: CollectionId | null }

/** Makes the capability. */
export function createCollectionsCapability(dependencies: CollectionsDependencies): CollectionsCapability {
  const { store, drafts, variables, opener, sources } = dependencies
  const emitter = new EventEmitter<{ changed: [Change] }>()
  emitter.setMaxListeners(0)
  const made: { sync?: TeamSync } = {}
  const notify = (change: Change): void => {
    emitter.emit('changed', change)
    if (change.id !== null) made.sync?.noteChange(change.id)
  }
  const notifyVariables = (id: CollectionId | null): void => notify({ id, paths: null, isOutside: false })
  const folders = createOpenFolders({
    ...dependencies,
    onChange: notify,
    syncOf: (id) => made.sync?.state(id) ?? null,
  })
  const values = createPrivateValues(variables, dependencies.secretStore)

  const transfer = createTransfer({ folders, opener, values, notify })
  const { team, newId } = dependencies
  const tellState = (id: CollectionId): void =>
    void emitter.emit('changed', { id, paths: [], isOutside: false })
  const sync = createTeamSync({
    ...team,
    collections: store,
    folders,
    now: () => dependencies.clock.now(),
    newId,
    onState: tellState,
  })
  made.sync = sync
  const items = createItemHandlers({ folders, opener, drafts, variables, sources, notify })

  return {
    handlers: {
      ...items,
      async close(input, context) {
        await sync.release(input.id)
        return items.close(input, context)
      },
      ...createEnvironmentHandlers({ folders, store, variables, values, notify: notifyVariables }),
      ...createDraftHandlers(drafts, dependencies.clock),
      ...transfer.handlers,
      import(input, context) {
        if ('path' in input.source) sources.note(input.source.path, 'chosen')
        return transfer.handlers.import(input, context)
      },
      ...createTeamHandlers({ ...team, collections: store, folders, sync, newId, notify: tellState }),
      changed(emit) {
        const tell = ({ paths, ...change }: Change): void =>
          emit({ ...change, paths: paths === null ? null : [...paths] })
        emitter.on('changed', tell)
        return () => void emitter.off('changed', tell)
      },
    },
    service: {
      contexts: createRequestContexts({ folders, store, values, onVariables: notifyVariables }),
      folder: folders.folder,
      name: (id) => folders.known(id).name,
      readTree: async (id) => readLocatedTree(await folders.folder(id)),
      createFrom(tree, options) {
        noteSource(sources, tree.collection)
        return transfer.createFrom(tree, options)
      },
      secret: (id, name) => values.secret(itemOwner(id, ''), name),
    },
    async close() {
      await sync.close()
      await folders.close()
    },
  }
}
