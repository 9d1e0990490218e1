// What a statement locks, in the words of whoever waits for it.
import type { StatementReview } from '#contract/capabilities/schema.ts'
import { formatBytes, formatCount } from '../../components/format.ts'

export interface LockNote {
  /** `free`: nobody notices. `blocks`: others wait. `danger`: a rule of the greatest severity says more. */
  readonly tone: 'free' | 'blocks' | 'danger'
  readonly text: string
}

type Lock = StatementReview['locks'][number]

const STRENGTH = { nothing: 0, 'schema changes': 1, writes: 2, 'reads and writes': 3 } as const

/** One line about the statement's locks. */
export function lockNote({ locks, findings }: StatementReview): LockNote {
  const isDangerous = findings.some(({ severity }) => severity === 'danger')
  const [worst] = locks.toSorted((a, b) => STRENGTH[b.blocks] - STRENGTH[a.blocks])
  if (worst === undefined) return { tone: isDangerous ? 'danger' : 'free', text: 'No table lock' }
  const strongest = locks.filter(({ blocks }) => blocks === worst.blocks)
  // A table that the migration itself makes has no size yet, and nobody who waits for it.
  const known = strongest.filter(({ estimatedRows }) => estimatedRows !== null)
  const same = known.length === 0 ? strongest : known
  const first = same[0] ?? worst
  const names = same.length === 1 ? nameOf(first) : `${nameOf(first)} and ${same.length - 1} more`
  const strength = STRENGTH[worst.blocks]
  const tone = isDangerous ? 'danger' : strength < 2 ? 'free' : 'blocks'
  if (strength === 0 || strength === 1) return { tone, text: 'Reads and writes continue' }
  if (strength === 2) return { tone, text: `Blocks writes to ${names}` }
  return { tone, text: `Blocks ${names}${workWords(first)}` }
}

function workWords({ isRewritten, isScanned }: Lock): string {
  return isRewritten ? ', rewrites it' : isScanned ? ', scans it' : ', no scan'
}

/** All of one lock: mode, whom it blocks, what it does to the table and how large that is. */
export function lockInFull(lock: Lock): string {
  const blocks =
    lock.blocks === 'nothing' ? 'blocks nobody' : `blocks ${lock.blocks} of other sessions while it is held`
  const work = lock.isRewritten
    ? 'the table is written anew'
    : lock.isScanned
      ? 'every row is read'
      : 'no row is read'
  const size = [
    ...(lock.estimatedRows === null ? [] : [`about ${formatCount(lock.estimatedRows)} rows`]),
    ...(lock.sizeBytes === null ? [] : [formatBytes(lock.sizeBytes)]),
  ].join(', ')
  return `${lock.mode} on ${nameOf(lock)}: ${blocks}; ${work}${size === '' ? '' : ` (${size})`}.`
}

function nameOf({ schema, name }: Pick<Lock, 'schema' | 'name'>): string {
  return schema === 'public' || schema === '' ? name : `${schema}.${name}`
}

/** About how many rows a statement that loses something touches; null when not known. */
export function rowsAtStake({ locks }: StatementReview): number | null {
  const counts = locks.flatMap(({ estimatedRows }) => (estimatedRows === null ? [] : [estimatedRows]))
  return counts.length === 0 ? null : Math.max(0, ...counts)
}
