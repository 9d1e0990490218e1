// The door of the explorer: what an API offers, collections made from it, and how the two differ since.
import { readFile } from 'node:fs/promises'
import { driftOf } from '#api-client/common/exchange/openapi/drift.ts'
import { parseDocument } from '#api-client/common/exchange/parse.ts'
import type { explorer } from '#contract/capabilities/explorer.ts'
import { AppError } from '#contract/errors.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { notYet, type CollectionsService } from '../collections/index.ts'
import type { Describer } from './describe.ts'

export { createDescriber, type Describer } from './describe.ts'

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
    generate: async () => notYet('Generating a collection'),
    async drift({ collectionId }, { signal }) {
      const { tree, pathOf } = await collections.readTree(collectionId)
      const { source } = tree.collection
      if (source === null)
        throw new AppError('CONFLICT', 'This collection was not made from the description of an API.', {
          hint: 'Set its source in the settings of the collection.',
        })
      if (source.type === 'project') return notYet('Comparing with a project')
      const text = /^https?:/i.test(source.location)
        ? await describer.document(source.location, '', signal)
        : await readFile(source.location, 'utf8')
      return driftOf(tree, parseDocument(text), { pathOf })
    },
  }
}
