// Import and export: what is read becomes files of a collection, a collection becomes a text of another format.
import { mkdir, writeFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { requestsOf, type CollectionTree, type TreeItem } from '#api-client/common/collection-tree.ts'
import { exportTree } from '#api-client/common/exchange/export.ts'
import type { ImportedCollection, ImportedSecret } from '#api-client/common/exchange/types.ts'
import type { z } from 'zod'
import type { collections, ExchangeProblem } from '#contract/capabilities/collections.ts'
import { AppError } from '#contract/errors.ts'
import type { CollectionId, ItemPath } from '#contract/requests/collection.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { CollectionFolder, FolderOpener } from './collection-folder.ts'
import type { FolderChange, OpenFolders } from './open-folders.ts'
import type { PrivateValues } from './private-values.ts'
import { eventStream } from './event-stream.ts'
import { asReadError, readImport } from './read-import.ts'
import { environmentOwner, itemOwner } from './request-context.ts'

type TransferHandlers = Pick<CapabilityHandlers<typeof collections>, 'previewImport' | 'import' | 'export'>

export interface TransferDependencies {
  readonly folders: OpenFolders
  readonly opener: FolderOpener
  readonly values: PrivateValues
  readonly notify: (change: FolderChange) => void
}

type ImportEvent =
  | { readonly type: 'progress'; readonly written: number; readonly total: number }
  | {
      readonly type: 'done'
      readonly collectionId: CollectionId
      readonly problems: z.infer<typeof ExchangeProblem>[]
    }

export interface Transfer {
  readonly handlers: TransferHandlers
  /** Makes a collection of a tree: below `parent`, or in this machine's own data. */
  createFrom(
    tree: CollectionTree,
    options: {
      readonly parent: string | null
      readonly secrets: readonly ImportedSecret[]
      readonly onWritten?: (written: number) => void
    },
  ): Promise<CollectionId>
}

/** Makes it. */
export function createTransfer(dependencies: TransferDependencies): Transfer {
  const { folders, opener, values, notify } = dependencies

  async function keepSecrets(id: CollectionId, secrets: readonly ImportedSecret[]): Promise<void> {
    for (const { environment, name, value } of secrets) {
      const owner = environment === null ? itemOwner(id, '') : environmentOwner(id, environment)
      await values.setSecret(owner, name, value)
    }
  }

  const createFrom: Transfer['createFrom'] = async (tree, { parent, secrets, onWritten }) => {
    const made = await folders.makeFolder(tree.collection.name, parent)
    try {
      await opener.writeTree(made.directory, tree, onWritten)
      const { id } = await made.add()
      await keepSecrets(id, secrets)
      notify({ id, paths: null, isOutside: false })
      return id
    } catch (error) {
      await made.discard()
      throw error
    }
  }

  async function into(
    { tree, secrets }: ImportedCollection,
    target: { readonly id: CollectionId; readonly folder: ItemPath },
    report: (written: number) => void,
  ): Promise<CollectionId> {
    const folder = await folders.folder(target.id)
    let written = 0
    await writeItems(folder, { items: tree.items, below: target.folder }, () => report(++written))
    const names = await addEnvironments(folder, tree)
    await keepSecrets(
      target.id,
      secrets.flatMap((secret) =>
        secret.environment === null
          ? []
          : [{ ...secret, environment: names.get(secret.environment) ?? secret.environment }],
      ),
    )
    return target.id
  }

  /** OpenCollection is a folder: a copy of it. */
  async function writeFolder(directory: string | null, tree: CollectionTree): Promise<void> {
    if (directory === null)
      throw new AppError('INVALID_INPUT', 'This format is a folder of files. Say where it is to be.')
    try {
      await mkdir(directory)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
        throw new AppError('ALREADY_EXISTS', `${directory} is there already. It was left as it is.`)
      throw asReadError(error, directory)
    }
    await opener.writeTree(directory, tree)
  }

  const handlers: TransferHandlers = {
    async previewImport({ source }, { signal }) {
      const { format, tree, problems } = await readImport(source, signal)
      const requests = [...requestsOf(tree.items)].map(({ request }) => request)
      const [one] = tree.environments
      return {
        format,
        // A file of one environment has no collection of its own: it goes by the environment's name, not by the file's.
        name: tree.items.length === 0 && one !== undefined ? one.name : tree.collection.name,
        requests: requests.length,
        folders: countItems(tree.items) - requests.length,
        environments: tree.environments.length,
        examples: requests.reduce(
          (sum, request) => sum + (request.kind === 'http' ? request.examples.length : 0),
          0,
        ),
        scripts: requests.filter(({ scripts }) => Object.values(scripts).some((text) => text.trim() !== ''))
          .length,
        problems: [...problems],
      }
    },
    import: ({ source, target }, { signal }) =>
      eventStream<ImportEvent>({
        signal,
        replaces: (last, next) => last.type === 'progress' && next.type === 'progress',
        work: async (emit, cancelled) => {
          const imported = await readImport(source, cancelled)
          const total = countItems(imported.tree.items)
          const report = (written: number): void => {
            cancelled.throwIfAborted()
            emit({ type: 'progress', written, total })
          }
          report(0)
          const collectionId =
            target.type === 'new'
              ? await createFrom(
                  {
                    ...imported.tree,
                    collection: { ...imported.tree.collection, name: target.name },
                  },
                  { parent: target.parent, secrets: imported.secrets, onWritten: report },
                )
              : await into(imported, target, report)
          emit({ type: 'done', collectionId, problems: [...imported.problems] })
        },
      }),
    async export({ id, path, format, file, replaces }) {
      const tree = await (await folders.folder(id)).readTree()
      const part = path === '' ? tree : await partOf(tree, await folders.folder(id), path)
      if (file !== null && !isAbsolute(file))
        throw new AppError('INVALID_INPUT', 'Give the whole path of the file, from its root on.')
      if (format === 'opencollection') {
        await writeFolder(file, part)
        return { text: null, problems: [] }
      }
      const { text, problems } = exportTree(part, format)
      if (file === null) return { text, problems }
      await writeFile(file, text, { flag: replaces ? 'w' : 'wx' }).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
          throw new AppError('ALREADY_EXISTS', `${file} is there already. It was left as it is.`)
        throw asReadError(error, file)
      })
      return { text: null, problems }
    },
  }
  return { handlers, createFrom }
}

/** Writes items below a folder, in order. */
async function writeItems(
  folder: CollectionFolder,
  { items, below }: { readonly items: readonly TreeItem[]; readonly below: ItemPath },
  onWritten: () => void,
): Promise<void> {
  for (const item of items) {
    if (item.type === 'request') {
      await folder.createRequest(below, { ...item.request, sequence: null })
      onWritten()
      continue
    }
    const made = await folder.createFolder(below, item.folder.name)
    const { item: empty } = await folder.read(made.path)
    if (empty.kind === 'folder')
      await folder.write(
        made.path,
        { ...item.folder, name: empty.name, sequence: empty.sequence },
        made.revision,
      )
    onWritten()
    await writeItems(folder, { items: item.items, below: made.path }, onWritten)
  }
}

/** Adds environments; one whose name is taken gets a number. Gives the names that they got. */
async function addEnvironments(
  folder: CollectionFolder,
  { environments }: CollectionTree,
): Promise<ReadonlyMap<string, string>> {
  const taken = new Set((await folder.environments()).map((one) => one.name.toLowerCase()))
  const names = new Map<string, string>()
  for (const environment of environments) {
    let name = environment.name
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${environment.name} ${number}`
    taken.add(name.toLowerCase())
    names.set(environment.name, name)
  }
  for (const environment of environments) {
    const name = names.get(environment.name) ?? environment.name
    const base = environment.extends === null ? null : (names.get(environment.extends) ?? environment.extends)
    await folder.saveEnvironment({ ...environment, name, extends: base }, { oldName: null, revision: null })
  }
  return names
}

/** The folder or request at a path, in the folders above it: what they give it still counts. */
async function partOf(
  tree: CollectionTree,
  folder: CollectionFolder,
  path: ItemPath,
): Promise<CollectionTree> {
  const { item, inherited } = await folder.read(path)
  if (item.kind === 'collection') return tree
  const above = inherited.filter((level) => level.path !== '').map((level) => level.name)
  const chain = (items: readonly TreeItem[], names: readonly string[]): TreeItem[] => {
    const [name, ...rest] = names
    if (name === undefined)
      return items.filter((one) =>
        one.type === 'folder'
          ? item.kind === 'folder' && one.folder.name === item.name
          : item.kind !== 'folder' && one.request.name === item.name && one.request.kind === item.kind,
      )
    return items.flatMap((one) =>
      one.type === 'folder' && one.folder.name === name ? [{ ...one, items: chain(one.items, rest) }] : [],
    )
  }
  return {
    ...tree,
    collection: { ...tree.collection, name: item.name },
    items: chain(tree.items, above),
  }
}

function countItems(items: readonly TreeItem[]): number {
  return items.reduce((sum, item) => sum + 1 + (item.type === 'folder' ? countItems(item.items) : 0), 0)
}
