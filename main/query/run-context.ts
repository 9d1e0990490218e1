// What the parts of a run share: who runs, where results go, and what is told to whom.
import type { Connection } from '#contract/capabilities/connections.ts'
import type { ConnectionId, ResultId, RunId } from '#contract/capabilities/ids.ts'
import type { HistoryEntry } from '#contract/capabilities/history.ts'
import type { ScriptProblem } from '#postgres/common/script/index.ts'
import type { Session } from '#postgres/node/session.ts'
import type { TypeNames } from './column-types.ts'
import type { EventQueue } from './event-queue.ts'
import type { Reading, ReadingLimits } from './reading.ts'
import type { ResultStore } from './result-store.ts'
import type { Snapshots } from './snapshots.ts'

/** A statement of the tab's text; offsets count UTF-16 units from the start of that text. */
export interface RunStatement {
  readonly index: number
  readonly start: number
  readonly end: number
  readonly sql: string
  /** Why it cannot be sent; its offset is in the tab's text. */
  readonly problem?: ScriptProblem | undefined
  /** For a sorted run: what is sent instead of `sql`. Positions in it mean nothing to the tab. */
  readonly sentSql?: string
}

/** What is remembered of a result beside its rows. */
export interface ResultFacts {
  readonly tabId: string
  readonly connectionId: ConnectionId
  readonly statement: RunStatement
  readonly isSortable: boolean
  /** Undefined for a snapshot. */
  readonly reading: Reading | undefined
}

/** The parts that all runs use. */
export interface RunEnvironment {
  readonly results: ResultStore
  readonly facts: Map<ResultId, ResultFacts>
  readonly snapshots: Snapshots
  readonly typeNames: TypeNames
  readonly readingLimits: ReadingLimits
  readonly clock: { now(): Date }
  readonly newId: () => string
  readonly addHistory: (entry: Omit<HistoryEntry, 'id'>) => void
  /** Told after a statement that changed the schema is committed. */
  readonly onSchemaChange: (connectionId: ConnectionId) => void
}

/** A statement while it runs, for who wants to cancel it. */
export interface RunningStatement {
  readonly session: Session
  /** Resolves when it is over. */
  readonly over: Promise<void>
  /** Once rows come. */
  reading: Reading | undefined
}

/** One run: a script, or a sort. */
export interface Run {
  readonly id: RunId
  readonly tabId: string
  readonly connectionId: ConnectionId
  readonly queue: EventQueue
  /** Aborts while connecting; afterwards `cancel` asks the server. */
  readonly controller: AbortController
  isCancelled: boolean
  /** The statement that runs. */
  current: RunningStatement | undefined
  /** Cancel requests under way: the session is not given back before they are through, so that they cannot hit the next run. */
  cancelling: Promise<void>
}

/** What a run is to do. */
export interface ScriptRequest {
  readonly statements: readonly RunStatement[]
  readonly allowSnapshot: boolean
  readonly connection: Connection
}
