// What people write into the designer, or import, stays in its place: whatever the text is, the statement that is compiled is the one that was meant, with the
// text as the one part that it is, or it is no statement at all. Held against the real parser. WRITTEN_RUNS tries more texts.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isAppError } from '#contract/errors.ts'
import type { ModelObject, Table } from '#contract/schema/types.ts'
import { writeModel } from '#postgres/common/ddl/write-model.ts'
import { planDraft } from '#postgres/common/diff/plan-draft.ts'
import { planMigration } from '#postgres/common/diff/plan-migration.ts'
import type { Statement } from '#postgres/common/ddl/statement.ts'
import {
  testCheck,
  testColumn,
  testFunction,
  testIndex,
  testModel,
  testTable,
  testView,
} from '#testing/model-objects.ts'
import { parseSql } from './parse-sql.ts'

const RUNS = Number(process.env['WRITTEN_RUNS'] ?? 300)

/** Where a text goes, a text that is surely one, and the parts of the tree that are the text. */
interface Place {
  readonly plain: string
  readonly parts: readonly string[]
  readonly compile: (text: string) => readonly Statement[]
}

const table = (rest: Partial<Table>, ...columns: Table['columns']) =>
  testTable('film', [testColumn('id', 'integer'), ...columns], rest)
const write = (object: ModelObject) => writeModel(testModel([object]))
const change = (before: Table, after: Table) =>
  planMigration(testModel([before]), testModel([after]), { matchBy: 'name' }).up
const policy = {
  id: 'policy:p',
  name: 'p',
  comment: null,
  command: 'all' as const,
  isPermissive: true,
  roles: [],
  using: null,
  check: null,
}

const PLACES: Readonly<Record<string, Place>> = {
  default: {
    plain: '1',
    parts: ['raw_expr'],
    compile: (text) => write(table({}, testColumn('a', 'integer', { default: text }))),
  },
  'another default': {
    plain: '1',
    parts: ['def'],
    compile: (text) =>
      change(table({}, testColumn('a', 'integer')), table({}, testColumn('a', 'integer', { default: text }))),
  },
  'generated column': {
    plain: '1',
    parts: ['raw_expr'],
    compile: (text) =>
      write(table({}, testColumn('a', 'integer', { generated: { kind: 'stored', expression: text } }))),
  },
  type: {
    plain: 'integer',
    parts: ['typeName'],
    compile: (text) => write(table({}, testColumn('a', text))),
  },
  'another type': {
    plain: 'integer',
    parts: ['def'],
    compile: (text) => change(table({}, testColumn('a', 'bigint')), table({}, testColumn('a', text))),
  },
  collation: {
    plain: '"C"',
    parts: ['collClause'],
    compile: (text) => write(table({}, testColumn('a', 'text', { collation: text }))),
  },
  check: {
    plain: 'true',
    parts: ['raw_expr'],
    compile: (text) => write(table({ constraints: [testCheck('film_check', text)] })),
  },
  'condition of an index': {
    plain: 'true',
    parts: ['whereClause'],
    compile: (text) => write(table({ indexes: [testIndex('film_index', ['id'], { where: text })] })),
  },
  policy: {
    plain: 'true',
    parts: ['qual'],
    compile: (text) => write(table({ policies: [{ ...policy, using: text }] })),
  },
  'check of a policy': {
    plain: 'true',
    parts: ['with_check'],
    compile: (text) => write(table({ policies: [{ ...policy, check: text }] })),
  },
  view: {
    plain: 'select 1',
    parts: ['query'],
    compile: (text) => write(testView('v', [['a', 'integer']], text)),
  },
  'materialised view': {
    plain: 'select 1',
    parts: ['query'],
    compile: (text) => write({ ...testView('v', [['a', 'integer']], text), isMaterialized: true }),
  },
  function: {
    plain: 'create function f() returns integer language sql as $$ select 1 $$',
    parts: ['CreateFunctionStmt'],
    compile: (text) => write({ ...testFunction('f', ''), definition: text }),
  },
  fill: {
    plain: '1',
    parts: ['val'],
    compile: (text) => {
      const before = table({}, testColumn('a', 'integer'))
      const after = table({}, testColumn('a', 'integer', { isNullable: false }))
      const fills = [{ columnId: 'column:a', expression: text }]
      return planDraft(testModel([before]), testModel([after]), { fills, matchBy: 'name' }).up
    },
  },
}

/** What the statements are, but for the text; null where they are not SQL. */
async function shapeOf(statements: readonly Statement[], parts: readonly string[]): Promise<string | null> {
  const shapes: unknown[] = []
  // As a script and one by one: a text may not swallow the semicolon behind it either.
  const script = await parseSql(statements.map(({ sql }) => `${sql};\n`).join(''))
  if ('problem' in script) return null
  for (const { sql } of statements) {
    const outcome = await parseSql(sql)
    if ('problem' in outcome) return null
    shapes.push(outcome.statements.map(({ tree }) => tree))
  }
  return JSON.stringify([script.statements.length, shapes], (key, value: unknown) =>
    key === 'location' || key.endsWith('_location') ? undefined : parts.includes(key) ? 'text' : value,
  )
}

const WORDS =
  `1 'x' "x" x , ; ( ) [ ] . - + -- /* */ $$ $a$ ' " \\ E' U&' U&" :: = && not null true default check unique
  primary key references film using where from returning as select union with end begin atomic case when then else
  add column drop table alter type text int4 collate "C" constraint generated always stored set values limit for
  enforced deferrable initially deferred compression storage main no inherit valid cascade is array row`.split(
    /\s+/,
  )
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\r', '\t', '\u00a0', '\u2028', '\ufeff', '\u202e') },
  { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
)
const tail = fc
  .array(piece, { maxLength: 8 })
  .chain((pieces) => fc.constantFrom(' ', '').map((gap) => pieces.join(gap)))

test.each(Object.entries(PLACES))('%s', async (_, { plain, parts, compile }) => {
  const meant = await shapeOf(compile(plain), parts)
  expect(meant).not.toBeNull()
  const holds = async (text: string): Promise<boolean> => {
    // Then nothing is written there at all.
    if (text.trim() === '') return true
    let statements: readonly Statement[]
    try {
      statements = compile(text)
    } catch (error) {
      if (isAppError(error, 'INVALID_INPUT')) return true
      throw error
    }
    const shape = await shapeOf(statements, parts)
    return shape === null || shape === meant
  }
  const known = [
    `${plain}, add column b integer`,
    `${plain} not null`,
    `${plain} check (f())`,
    `${plain} default 2`,
    `${plain}) , (b integer`,
    `${plain}; drop table film`,
    `${plain} --`,
    `${plain} /*`,
    `${plain} where true`,
    `${plain}, id = 2`,
    `${plain} from film`,
    `${plain} using 1`,
    `${plain} collate "C"`,
    `${plain} references film`,
    `'\\'; drop table film; --'`,
    `${plain} $$`,
    'drop table film',
    'select 1',
    'select 1; drop table film',
  ]
  for (const text of known) expect([text, await holds(text)]).toEqual([text, true])
  await fc.assert(
    fc.asyncProperty(fc.boolean(), tail, async (isBehind, text) =>
      holds(isBehind ? `${plain} ${text}` : text),
    ),
    { numRuns: RUNS, seed: 175 },
  )
})
