// How long the differ and the planner take for 10,000 tables with 100,000 columns, keys, foreign keys and indexes: nothing changed, by name and by id; a
// draft of a few steps; a thousand changes of all sorts; and everything made from nothing. The minimum to hold them against: JSON of both models compared.
import { performance } from 'node:perf_hooks'
import type { ModelObject, SchemaModel, Table } from '../contract/schema/types.ts'
import { planMigration } from '../postgres/common/diff/plan-migration.ts'
import {
  testColumn,
  testForeignKey,
  testIndex,
  testKey,
  testModel,
  testTable,
  testView,
} from '../testing/model-objects.ts'
import { describeMachine, percentile, report } from './report.ts'

const TABLES = 10_000
const ROUNDS = 7
const GOAL_MS = 3_000

const machine = describeMachine()

function largeModel(): SchemaModel {
  const objects: ModelObject[] = []
  const dependencies: [string, string][] = []
  for (let n = 1; n <= TABLES; n++) {
    const name = `t${String(n)}`
    const column = (title: string, type: string, rest = {}): Table['columns'][number] =>
      testColumn(title, type, { id: `column:${String(n)}.${title}`, ...rest })
    const columns = [
      column('id', 'bigint', { isNullable: false }),
      column('parent_id', 'bigint'),
      column('name', 'text', { isNullable: false, default: "'none'::text" }),
      column('email', 'character varying(200)'),
      column('created_at', 'timestamp with time zone', { default: 'now()' }),
      column('amount', 'numeric(12,2)'),
      column('is_active', 'boolean'),
      column('data', 'jsonb'),
      column('tags', 'text[]'),
      column('note', 'text'),
    ]
    const keys = [testKey(`${name}_pkey`, ['id'])]
    const parent = { schema: 'public', name: `t${String(Math.ceil(n / 2))}`, columns: ['id'] }
    objects.push(
      testTable(name, columns, {
        constraints: n > 20 ? [...keys, testForeignKey(`${name}_parent`, ['parent_id'], parent)] : keys,
        indexes: n % 5 === 0 ? [testIndex(`${name}_created`, ['parent_id', 'created_at'])] : [],
      }),
    )
    if (n % 50 === 0) {
      const view = testView(
        `${name}_view`,
        [['name', 'text']],
        ` SELECT ${name}.name\n   FROM public.${name}`,
      )
      objects.push(view)
      dependencies.push([view.id, `column:${String(n)}.name`], [view.id, `table:${name}`])
    }
  }
  return testModel(objects, dependencies)
}

/** A model as it would come from another reading: nothing is shared. */
function copyOf(model: SchemaModel): SchemaModel {
  return structuredClone(model)
}

function changed(model: SchemaModel, every: number): SchemaModel {
  return {
    ...model,
    objects: model.objects.map((object, at) => {
      if (object.kind !== 'table' || at % every !== 0) return object
      const [first, ...columns] = object.columns
      if (first === undefined) return object
      switch ((at / every) % 4) {
        case 0:
          return { ...object, name: `${object.name}_renamed` }
        case 1:
          return {
            ...object,
            columns: [
              first,
              ...columns.map((one) =>
                one.name === 'name' ? { ...one, type: 'character varying(50)' } : one,
              ),
            ],
          }
        case 2:
          return {
            ...object,
            columns: [...object.columns, testColumn('due_at', 'date', { id: `column:new-${String(at)}` })],
          }
        default:
          return { ...object, columns: object.columns.filter(({ name }) => name !== 'note') }
      }
    }),
  }
}

const older = largeModel()
const again = copyOf(older)
const empty = testModel([])
const cases = {
  sameByName: () => planMigration(older, again, { matchBy: 'name' }),
  sameById: () => planMigration(older, again, { matchBy: 'id' }),
  draftOfTenSteps: () => planMigration(older, changed(older, 1000), { matchBy: 'id' }),
  thousandChanges: () => planMigration(older, changed(again, 10), { matchBy: 'id' }),
  everythingNew: () => planMigration(empty, older, { matchBy: 'name' }),
}

function median(run: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return percentile(times, 0.5)
}

const baselineMs = median(() => JSON.stringify(older) === JSON.stringify(again))
const metrics: Record<string, number> = { jsonBaselineMs: baselineMs }
for (const [name, run] of Object.entries(cases)) {
  metrics[`${name}Ms`] = median(run)
  console.log(name, Math.round(metrics[`${name}Ms`] ?? 0), 'ms', run().up.length, 'statements')
}
const worst = Math.max(...Object.values(metrics))
report({
  name: 'schema-diff',
  machine,
  metrics: { ...metrics, worstMs: worst, goalMs: GOAL_MS },
  ratios: { sameByNameToJson: (metrics['sameByNameMs'] ?? 0) / baselineMs },
})
if (worst > GOAL_MS) process.exitCode = 1
