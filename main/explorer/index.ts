// The door of the explorer: what an API offers, collections made from it, and how the two differ since.
import { requestsOf, type CollectionTree } from '#api-client/common/collection-tree.ts'
import { generateCollection } from '#api-client/common/postgrest/generate.ts'
import type { explorer } from '#contract/capabilities/explorer.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { ApiSource } from '#contract/requests/api-description.ts'
import type { Auth } from '#contract/requests/auth.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { KnownSourceStore } from '../cache/index.ts'
import type { CollectionsService } from '../collections/index.ts'
import { isJwt, type Describer } from './describe.ts'
import { createDriftReader, TOKEN } from './drift.ts'

export { createDescriber, isJwt, type Describer } from './describe.ts'

export interface ExplorerDependencies {
  readonly describer: Describer
  readonly collections: CollectionsService
  readonly sources: KnownSourceStore
  readonly now: () => Date
}

/** Makes the handlers. */
export function createExplorerCapability({
  describer,
  collections,
  sources,
  now,
}: ExplorerDependencies): CapabilityHandlers<typeof explorer> {
  const reader = createDriftReader({ describer, collections, sources, now })
  return {
    async describe({ source }, { signal }) {
      const { description, cachedAt } = await describer.describe(source, signal)
      return { ...description, cachedAt }
    },
    async generate({ source, name, parent, tables, auth }, { signal }) {
      const { description } = await describer.describe(source, signal)
      const asked = auth === null ? defaultAuth(source) : { auth, token: '' }
      const generated = generateCollection(description, {
        name,
        tables,
        auth: asked.auth,
        source:
          source.type === 'project'
            ? { type: 'project', projectId: source.projectId }
            : { type: 'openapi', location: source.url },
      })
      const tree = asked.token === '' ? generated : withTokenVariable(generated)
      const secrets = asked.token === '' ? [] : [{ environment: null, name: TOKEN, value: asked.token }]
      const collectionId = await collections.createFrom(tree, { parent, secrets })
      return { collectionId, requests: [...requestsOf(tree.items)].length }
    },
    drift: ({ collectionId }, { signal }) => reader.drift(collectionId, signal),
    alarm: ({ collectionId }, { signal }) => reader.alarm(collectionId, signal),
  }
}

function defaultAuth(source: ApiSource): { readonly auth: Auth; readonly token: string } {
  if (source.type === 'project') {
    const projectId = ProjectId.parse(source.projectId)
    return { auth: { type: 'project', projectId, as: 'authenticated', claims: '' }, token: '' }
  }
  if (source.token === '') return { auth: { type: 'none' }, token: '' }
  return {
    auth: isJwt(source.token)
      ? { type: 'bearer', token: `{{${TOKEN}}}` }
      : { type: 'apiKey', key: 'apikey', value: `{{${TOKEN}}}`, placement: 'header' },
    token: source.token,
  }
}

function withTokenVariable(tree: CollectionTree): CollectionTree {
  const { collection } = tree
  const token = {
    name: TOKEN,
    value: '',
    type: 'string' as const,
    isSecret: true,
    isEnabled: true,
    description: 'Who asks',
  }
  const variables = [...collection.defaults.variables, token]
  return { ...tree, collection: { ...collection, defaults: { ...collection.defaults, variables } } }
}
