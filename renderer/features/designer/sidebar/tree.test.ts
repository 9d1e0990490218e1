import { describe, expect, it } from 'vitest'
import type { Migration } from '#contract/capabilities/migrations.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { modelColumn, modelTable } from '#testing/design-model.ts'
import { sidebarTree, type TreeParts } from './tree.ts'

const table = (id: string, name: string, schema = 'public') => ({
  ...modelTable(id, name, { columns: [modelColumn(`column:${id}`, `${name}_id`, 'bigint')] }),
  schema,
})
const modelOf = (...objects: SchemaModel['objects']): SchemaModel => ({
  serverVersion: 180_000,
  database: 'shop',
  objects,
  dependencies: [],
})
const migration = (version: string): Migration => ({
  version,
  name: `m${version}`,
  state: 'applied',
  appliedAt: null,
  appliedBy: null,
  durationMs: null,
  checksum: null,
  canRollBack: true,
  stepsDone: null,
})
const base = modelOf(table('table:1', 'film'), table('table:2', 'actor'))
const tree = (more: Partial<TreeParts> = {}): readonly string[] =>
  sidebarTree({
    draft: { base, model: base, steps: [], head: 0 },
    migrations: [],
    filter: '',
    toggled: new Set(),
    ...more,
  }).map(({ depth, label }) => `${'  '.repeat(depth)}${label}`)

describe('the tree of the sidebar', () => {
  it('lists the tables of one schema by name, their columns when opened', () => {
    expect(tree()).toEqual(['actor', 'film'])
    expect(tree({ toggled: new Set(['table:1']) })).toEqual(['actor', 'film', '  film_id'])
  })

  it('has a heading for each of several schemas', () => {
    const model = modelOf(...base.objects, table('table:3', 'log', 'audit'))
    const draft = { base, model, steps: [], head: 0 }
    expect(tree({ draft })).toEqual(['audit', '  log', 'public', '  actor', '  film'])
    expect(tree({ draft, toggled: new Set(['schema public']) })).toEqual(['audit', '  log', 'public'])
  })

  it('keeps what was dropped until it is applied', () => {
    const draft = { base, model: modelOf(base.objects[0]!), steps: [], head: 1 }
    expect(tree({ draft })).toEqual(['actor', 'film', 'Migrations', '  Draft'])
  })

  it('filters by the names of tables and columns', () => {
    expect(tree({ filter: 'ACT' })).toEqual(['actor'])
    expect(tree({ filter: 'film_id' })).toEqual(['film'])
    expect(tree({ filter: 'none' })).toEqual([])
  })

  it('lists functions, domains and sequences that no column owns', () => {
    const common = { schema: 'public', owner: '', comment: null, grants: [] }
    const routine = {
      ...common,
      kind: 'routine',
      id: 'routine:1',
      name: 'fee',
      routineKind: 'function',
      identityArguments: 'days integer',
      returns: 'numeric',
      language: 'sql',
      definition: '',
    } as const
    const options = {
      type: 'bigint',
      start: '1',
      increment: '1',
      min: '1',
      max: '9',
      cache: '1',
      isCycling: false,
    }
    const sequence = {
      ...common,
      kind: 'sequence',
      id: 'sequence:1',
      name: 'ticket',
      options,
      isUnlogged: false,
    } as const
    const owned = {
      ...sequence,
      id: 'sequence:2',
      name: 'film_id_seq',
      ownedBy: { schema: 'public', name: 'film', column: 'film_id' },
    }
    const model = modelOf(...base.objects, routine, { ...sequence, ownedBy: null }, owned)
    const draft = { base, model, steps: [], head: 0 }
    expect(tree({ draft }).slice(2)).toEqual(['Functions', '  fee(days integer)', 'Sequences', '  ticket'])
    expect(tree({ draft, filter: 'tick' })).toEqual(['Sequences', '  ticket'])
    expect(tree({ draft: { ...draft, model: base, base: model } }).slice(2)).toContain('  ticket')
  })

  it('has the latest migrations first', () => {
    expect(tree({ migrations: [migration('1'), migration('2')] }).slice(2)).toEqual([
      'Migrations',
      '  m2',
      '  m1',
    ])
  })
})
