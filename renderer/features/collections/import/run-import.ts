// Carries an import out, one step after the other; what fails is told at the end with the rest.
import type { CollectionId } from '#contract/requests/collection.ts'
import type { Host } from '../../../host/host-provider.tsx'
import { describeError } from '../../../host/error-text.ts'
import type { ExchangeProblem } from '../problem-list.tsx'
import type { ImportStep, ImportTarget } from './plan.ts'

export interface ImportOutcome {
  readonly name: string
  /** Null when it failed. */
  readonly collectionId: CollectionId | null
  readonly written: number
  readonly problems: readonly ExchangeProblem[]
  /** Why it failed, or was cancelled. */
  readonly failure: string | null
}

export interface ImportProgress {
  readonly step: number
  readonly written: number
  readonly total: number
}

export interface RunImportOptions {
  readonly host: { readonly collections: Pick<Host['collections'], 'import'> }
  readonly steps: readonly ImportStep[]
  readonly signal: AbortSignal
  readonly onProgress: (progress: ImportProgress) => void
}

/** Never throws: each step has its outcome. */
export async function runImport(options: RunImportOptions): Promise<readonly ImportOutcome[]> {
  const { host, steps, signal, onProgress } = options
  const outcomes: ImportOutcome[] = []
  for (const [step, { given, name, target }] of steps.entries()) {
    let written = 0
    const fail = (failure: string): void =>
      void outcomes.push({ name, collectionId: null, written, problems: [], failure })
    const first = outcomes[0]?.collectionId ?? null
    if (signal.aborted) {
      fail('It was not begun.')
      continue
    }
    const into = target.type !== 'first' ? target : first === null ? null : intoCollection(first)
    if (into === null) {
      fail('The collection that it belongs to was not imported.')
      continue
    }
    try {
      for await (const event of host.collections.import({ source: given.source, target: into }, { signal })) {
        if (event.type === 'progress') {
          written = event.written
          onProgress({ step, written, total: event.total })
        } else
          outcomes.push({
            name,
            collectionId: event.collectionId,
            written,
            problems: event.problems,
            failure: null,
          })
      }
    } catch (error) {
      fail(
        signal.aborted
          ? target.type === 'new'
            ? 'It was cancelled; nothing of it is kept.'
            : `It was cancelled; ${String(written)} items are in the collection.`
          : [describeError(error)?.message, describeError(error)?.hint].filter(Boolean).join(' '),
      )
    }
  }
  return outcomes
}

function intoCollection(id: CollectionId): ImportTarget {
  return { type: 'into', id, folder: '' }
}
