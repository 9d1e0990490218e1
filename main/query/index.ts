// The door of query: runs SQL on connections and keeps its results for the page.
import type { query } from '#contract/capabilities/query.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { createQueryService, type QueryDependencies, type QueryRules } from './service.ts'

export type { QueryDependencies } from './service.ts'

export interface QueryCapability {
  readonly handlers: CapabilityHandlers<typeof query>
  /** Ends runs and sessions and removes the files of results. */
  close(): Promise<void>
  /** Bytes that results take now. */
  readonly usage: QueryRules['usage']
}

/** Makes the capability. Files that a killed run left in the results folder are removed. */
export function createQueryCapability(dependencies: QueryDependencies): QueryCapability {
  const service = createQueryService(dependencies)
  return {
    close: service.close,
    usage: service.usage,
    handlers: {
      run: (input, context) => service.run(input, context),
      sort: (input, context) => service.sort(input, context),
      async window(input) {
        const { batches, totalRows, isComplete } = await service.window(input)
        return {
          value: {
            batches: batches.map(({ firstRow, rowCount, bodies }) => ({
              firstRow,
              rowCount,
              bodyCount: bodies.length,
            })),
            totalRows,
            isComplete,
          },
          bodies: batches.flatMap((batch) => batch.bodies),
        }
      },
      cancel: ({ runId }) => service.cancel(runId),
      closeResult: ({ resultId }) => service.closeResult(resultId),
      closeTab: ({ tabId }) => service.closeTab(tabId),
    },
  }
}
