// Mock servers as a tab: a form that starts one, and those that run.
import type { ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { CollectionId } from '#contract/requests/collection.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall, useHostEvent } from '../../host/host-provider.tsx'
import { useCollections } from '../requests/index.ts'
import { RunningMock } from './running-mock.tsx'
import { StartForm } from './start-form.tsx'

/** The tab's content; `params` is the id of the collection that it was opened for, or empty. */
export function MocksView({ params }: { readonly tabId: string; readonly params: string }): ReactNode {
  const queries = useQueryClient()
  const { collections, reading: listing } = useCollections()
  const reading = useCall(['mocks', 'list'], (host, options) => host.mocks.list({}, options))
  useHostEvent(
    (host) => host.mocks.changed,
    () => void queries.invalidateQueries({ queryKey: ['mocks'] }),
  )
  const problem = describeError(reading.error)
  const mocks = reading.data?.toReversed() ?? []
  return (
    <section aria-label="Mock servers" className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-auto">
      <div className="w-340 flex-none overflow-auto border-r border-line-1 p-14 max-lg:w-full max-lg:border-r-0 max-lg:border-b">
        <h2 className="mb-4 text-heading">Start a mock server</h2>
        <p className="mb-14 text-small text-2">
          Work against answers that are always the same, without the API behind them.
        </p>
        {listing.isPending ? (
          <SkeletonRows count={4} label="Reading the collections" />
        ) : (
          <StartForm
            collections={collections}
            collectionId={CollectionId.safeParse(params).data ?? null}
            onStarted={() => void reading.refetch()}
          />
        )}
      </div>
      <div className="min-h-0 min-w-0 flex-1 overflow-auto max-lg:flex-none">
        {reading.data === undefined ? (
          problem === undefined ? (
            <SkeletonRows count={4} label="Reading the mock servers" />
          ) : (
            <EmptyState
              title="The mock servers cannot be shown"
              action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
            >
              {problem.message}
            </EmptyState>
          )
        ) : mocks.length === 0 ? (
          <EmptyState title="No mock server runs">
            One that is started is listed here with its URL and the requests that come.
          </EmptyState>
        ) : (
          <div className="flex flex-col gap-14 p-14">
            {mocks.map((mock) => (
              <RunningMock key={mock.id} mock={mock} />
            ))}
          </div>
        )}
      </div>
    </section>
  )
}
