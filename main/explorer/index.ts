// The door of the explorer: what an API offers, collections made from it, and how the two differ since.
import { readFile } from 'node:fs/promises'
import { requestsOf, type CollectionTree } from '#api-client/common/collection-tree.ts'
import { schemaDrift } from '#api-client/common/postgrest/drift.ts'
import { generateCollection } from '#api-client/common/postgrest/generate.ts'
import { driftOf } from '#api-client/common/exchange/openapi/drift.ts'
import { parseDocument } from '#api-client/common/exchange/parse.ts'
import type { explorer } from '#contract/capabilities/explorer.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { ApiSource } from '#contract/requests/api-description.ts'
import type { Auth } from '#contract/requests/auth.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { CollectionsService } from '../collections/index.ts'
import { isJwt, type Describer } from './describe.ts'

export { createDescriber, isJwt, type Describer } from './describe.ts'

export interface ExplorerDependencies {
  readonly describer: Describer
  readonly collections: CollectionsService
}

/** Makes the handlers. */
export function createExplorerCapability({
  describer,
  collections,
}: ExplorerDependencies): CapabilityHandlers<typeof explorer> {
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
    async drift({ collectionId }, { signal }) {
      const { tree, pathOf } = await collections.readTree(collectionId)
      const { source } = tree.collection
      if (source === null)
        throw new AppError('CONFLICT', 'This collection was not made from the description of an API.', {
          hint: 'Set its source in the settings of the collection.',
        })
      if (source.type === 'project')
        return schemaDrift((await describer.describe(source, signal)).description, tree, { pathOf })
      if (isGenerated(tree)) {
        const token = (await collections.secret(collectionId, TOKEN)) ?? ''
        const api = await describer.describe({ type: 'url', url: source.location, token }, signal)
        return schemaDrift(api.description, tree, { pathOf })
      }
      const text = /^https?:/i.test(source.location)
        ? await describer.document(source.location, '', signal)
        : await readFile(source.location, 'utf8')
      return driftOf(tree, parseDocument(text), { pathOf })
    },
  }
}

/** The variable of a generated collection that has its token: a secret. */
const TOKEN = 'token'

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

/** By us, from the description of a data API: then its tables and columns are compared, not only its endpoints. */
function isGenerated({ collection }: CollectionTree): boolean {
  const names = collection.defaults.variables.map((variable) => variable.name)
  return names.includes('baseUrl') && names.includes('callWritingFunctions')
}
