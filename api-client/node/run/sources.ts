// Collections as a run takes them: a folder, or a tree in memory.
import type { CollectionTree, TreeItem } from '#api-client/common/collection-tree.ts'
import type { InheritedLevel } from '#api-client/common/resolve/scopes.ts'
import { AppError } from '#contract/errors.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { CollectionFolder } from '../collection/types.ts'
import type { RunSource } from './types.ts'

export interface SourceOptions {
  /** Gives secrets their values, which no file has; everything else stays as it is. */
  readonly fill?: (variables: readonly Variable[]) => Variable[]
}

const same = (variables: readonly Variable[]): Variable[] => [...variables]

/** A collection in a folder. Throws as the folder's operations do. */
export async function folderSource(
  folder: Pick<CollectionFolder, 'directory' | 'items' | 'read' | 'environments'>,
  { fill = same }: SourceOptions = {},
): Promise<RunSource> {
  const [{ item }, environments] = await Promise.all([folder.read(''), folder.environments()])
  if (item.kind !== 'collection') throw new AppError('INVALID_INPUT', 'The folder holds no collection.')
  return {
    name: item.name,
    directory: folder.directory,
    items: folder.items,
    async read(path) {
      const { item: request, inherited } = await folder.read(path)
      if (request.kind === 'collection' || request.kind === 'folder')
        throw new AppError('INVALID_INPUT', `“${path}” is no request.`)
      return {
        request: { ...request, variables: fill(request.variables) },
        inherited: inherited.map((level) => filled(level, fill)),
      }
    },
    environments: environments.map(({ revision: _, ...environment }) => ({
      ...environment,
      variables: fill(environment.variables),
    })),
    proxy: item.proxy,
    clientCertificates: item.clientCertificates,
  }
}

function filled(level: InheritedLevel, fill: (variables: readonly Variable[]) => Variable[]): InheritedLevel {
  return { ...level, defaults: { ...level.defaults, variables: fill(level.defaults.variables) } }
}

/** A collection in memory. Paths are names joined by `/`; of two of one name the second has ` (2)`. */
export function treeSource(tree: CollectionTree, { fill = same }: SourceOptions = {}): RunSource {
  const items: ReturnType<RunSource['items']>[number][] = []
  const requests = new Map<string, Awaited<ReturnType<RunSource['read']>>>()
  const { collection } = tree
  const walk = (children: readonly TreeItem[], above: readonly InheritedLevel[], parent: string): void => {
    const taken = new Set<string>()
    for (const child of children) {
      const name = child.type === 'folder' ? child.folder.name : child.request.name
      const path = freePath(`${parent}${name.replaceAll('/', '_')}`, taken)
      if (child.type === 'folder') {
        items.push({ path, kind: 'folder', name, method: '', url: '', tags: [], problem: null })
        const level = filled({ path, name, defaults: child.folder.defaults }, fill)
        walk(child.items, [...above, level], `${path}/`)
      } else {
        const { request } = child
        const method = request.kind === 'websocket' ? '' : request.method
        items.push({
          path,
          kind: request.kind,
          name,
          method,
          url: request.url,
          tags: request.tags,
          problem: null,
        })
        requests.set(path, {
          request: { ...request, variables: fill(request.variables) },
          inherited: above,
        })
      }
    }
  }
  walk(tree.items, [filled({ path: '', name: collection.name, defaults: collection.defaults }, fill)], '')
  return {
    name: collection.name,
    directory: null,
    items: () => items,
    read(path) {
      const found = requests.get(path)
      return found === undefined
        ? Promise.reject(new AppError('NOT_FOUND', `There is no request “${path}”.`))
        : Promise.resolve(found)
    },
    environments: tree.environments.map((one) => ({ ...one, variables: fill(one.variables) })),
    proxy: collection.proxy,
    clientCertificates: collection.clientCertificates,
  }
}

function freePath(wanted: string, taken: Set<string>): string {
  let path = wanted
  for (let count = 2; taken.has(path); count++) path = `${wanted} (${String(count)})`
  taken.add(path)
  return path
}
