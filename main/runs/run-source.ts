// A collection of this machine as a run takes it: files as they are saved, with secrets, and what scripts set before, filled in.
import type { RunSource } from '#api-client/node/run/types.ts'
import type { Variable } from '#contract/requests/parts.ts'
import { AppError } from '#contract/errors.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { CollectionsService } from '../collections/index.ts'

export interface CollectionSource {
  readonly source: RunSource
  readonly globals: readonly Variable[]
}

/** The requests are those of now; each is read when it first runs, so one that is edited meanwhile runs as it was then or as it is. Throws NOT_FOUND. */
export async function collectionSource(
  collections: Pick<CollectionsService, 'contexts' | 'folder' | 'name'>,
  place: { readonly collectionId: CollectionId; readonly environment: string | null },
): Promise<CollectionSource> {
  const { contexts } = collections
  const folder = await collections.folder(place.collectionId)
  const items = [...folder.items()]
  const { environments, globals, directory, proxy, clientCertificates } = await contexts.of({
    ...place,
    path: '',
  })
  return {
    globals,
    source: {
      name: collections.name(place.collectionId),
      directory,
      items: () => items,
      environments,
      proxy,
      clientCertificates,
      async read(path) {
        // Asked for anew: a collection that was closed meanwhile says so.
        const { item } = await (await collections.folder(place.collectionId)).read(path)
        if (item.kind === 'collection' || item.kind === 'folder')
          throw new AppError('INVALID_INPUT', `“${path}” is no request.`)
        const at = { ...place, path }
        const [request, { inherited }] = await Promise.all([contexts.fillRequest(item, at), contexts.of(at)])
        return { request, inherited }
      },
    },
  }
}
