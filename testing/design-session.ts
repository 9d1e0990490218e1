// An open design for component tests: a draft over a small rental shop, its journal in memory.
import { ConnectionId } from '#contract/capabilities/ids.ts'
import { DesignId, type ModelPatch } from '#contract/capabilities/designs.ts'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { createDraft } from '../renderer/features/designer/draft.ts'
import { createHistory } from '../renderer/features/designer/history.ts'
import { NOTHING_SELECTED, type DesignSession, type Reveal } from '../renderer/features/designer/session.ts'
import { createStore } from '../renderer/host/store.ts'
import { testColumn, testKey, testModel, testTable } from './model-objects.ts'

export const DESIGN_CONNECTION = ConnectionId.parse('018f0000-0000-7000-8000-000000000009')

export const RENTAL = testTable(
  'rental',
  [testColumn('id', 'bigint', { isNullable: false }), testColumn('note'), testColumn('due_at', 'date')],
  { constraints: [testKey('rental_pkey', ['id'])] },
)
export const SHOP: SchemaModel = testModel([RENTAL])

/** Adds a table of late fees. */
export const ADD_LATE_FEE: ModelPatch = {
  label: 'Add table late_fee',
  put: [testTable('late_fee', [testColumn('amount', 'numeric', { id: 'column:late_fee.amount' })])],
  remove: [],
}
/** Takes a column of the rentals away. */
export const DROP_NOTE: ModelPatch = {
  label: 'Drop column note',
  put: [{ ...RENTAL, columns: RENTAL.columns.filter(({ name }) => name !== 'note') }],
  remove: [],
}

export interface TestSession extends DesignSession {
  /** How often the draft was put on another base. */
  readonly rebases: readonly (readonly ModelPatch[])[]
}

/** A session over `base` with these steps staged. */
export function testSession(
  steps: readonly ModelPatch[] = [],
  options: { readonly base?: SchemaModel; readonly live?: SchemaModel; readonly isStale?: boolean } = {},
): TestSession {
  const base = options.base ?? SHOP
  const rebases: (readonly ModelPatch[])[] = []
  const draft = createDraft({
    base,
    steps,
    head: steps.length,
    journal: {
      append: async () => undefined,
      moveHead: async () => undefined,
      rebase: async (entry) => void rebases.push(entry.steps),
    },
    describe: String,
  })
  const diagram = createStore({
    positions: {},
    names: {},
    groups: [],
    notes: [],
    schemas: null,
    viewport: null,
  })
  return {
    connectionId: DESIGN_CONNECTION,
    design: createStore({
      designId: DesignId.parse('3b4ac1ba-9de1-4a6b-9a52-5b8b7c7a2a10'),
      connectionId: DESIGN_CONNECTION,
      name: 'All tables',
      updatedAt: '2026-11-23T10:00:00.000Z',
      stagedSteps: steps.length,
    }),
    draft,
    live: createStore({
      model: options.live ?? base,
      asOf: '2026-11-23T10:00:00.000Z',
      isStale: options.isStale ?? false,
    }),
    selection: createStore(NOTHING_SELECTED),
    diagram,
    history: createHistory(draft, diagram),
    reveal: createStore<Reveal | null>(null),
    rebases,
  }
}

/** The review of a statement that nobody notices, and what a test says otherwise. */
export function testReview(sql: string, rest: Partial<StatementReview> = {}): StatementReview {
  return { sql, findings: [], locks: [], isDestructive: false, inTransaction: true, ...rest }
}

/** A lock on the rentals. */
export function testLock(
  rest: Partial<StatementReview['locks'][number]> = {},
): StatementReview['locks'][number] {
  return {
    schema: 'public',
    name: 'rental',
    mode: 'ACCESS EXCLUSIVE',
    blocks: 'reads and writes',
    isRewritten: false,
    isScanned: false,
    estimatedRows: 16_044,
    sizeBytes: 1_200_000,
    ...rest,
  }
}
