import { describe, expect, it, vi } from 'vitest'
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { baseOf, createDraft, touchedObjects, type DraftJournal } from './draft.ts'

const schema = (id: string, name: string): ModelObject => ({
  kind: 'schema',
  id,
  name,
  owner: 'postgres',
  comment: null,
  grants: [],
})
const BASE: SchemaModel = {
  serverVersion: 180000,
  database: 'app',
  objects: [schema('a', 'shop'), schema('b', 'audit')],
  dependencies: [],
}
const rename = (id: string, name: string): ModelPatch => ({
  label: `Rename to ${name}`,
  put: [schema(id, name)],
  remove: [],
})
const names = (model: SchemaModel): readonly string[] => model.objects.map((object) => object.name)

function start(steps: readonly ModelPatch[] = [], head = steps.length) {
  const journal = {
    append: vi.fn<DraftJournal['append']>(async () => undefined),
    moveHead: vi.fn<DraftJournal['moveHead']>(async () => undefined),
    rebase: vi.fn<DraftJournal['rebase']>(async () => undefined),
  }
  const draft = createDraft({ base: BASE, steps, head, journal, describe: String })
  return { draft, journal }
}

describe('draft', () => {
  it('stages, undoes and does again', () => {
    const { draft } = start()
    draft.stage(rename('a', 'store'))
    draft.stage({ label: 'Drop audit', put: [], remove: ['b'] })
    expect(names(draft.state.get().model)).toEqual(['store'])
    draft.undo()
    draft.undo()
    expect(names(draft.state.get().model).toSorted()).toEqual(['audit', 'shop'])
    draft.undo()
    draft.redo()
    expect(names(draft.state.get().model)).toContain('store')
    draft.redo()
    draft.redo()
    expect(draft.state.get().head).toBe(2)
  })

  it('drops what was undone when something else is staged', () => {
    const { draft } = start()
    draft.stage(rename('a', 'store'))
    draft.undo()
    draft.stage(rename('a', 'market'))
    draft.redo()
    expect(draft.state.get().steps.map((step) => step.label)).toEqual(['Rename to market'])
  })

  it('passes over a step that changes nothing', () => {
    const { draft, journal } = start()
    draft.stage(rename('a', 'shop'))
    expect(draft.state.get().steps).toEqual([])
    expect(journal.append).not.toHaveBeenCalled()
  })

  it('starts where the journal ended, undone steps included', () => {
    const { draft } = start([rename('a', 'store'), rename('a', 'market')], 1)
    expect(names(draft.state.get().model)).toContain('store')
    draft.redo()
    expect(names(draft.state.get().model)).toContain('market')
    draft.undo()
    draft.undo()
    expect(names(draft.state.get().model)).toContain('shop')
  })

  it('journals each step with the base of what it touches first', async () => {
    const { draft, journal } = start()
    draft.stage(rename('a', 'store'))
    draft.stage(rename('a', 'market'))
    draft.undo()
    await draft.settled()
    expect(journal.append.mock.calls.map(([entry]) => [entry.at, entry.base.map(({ id }) => id)])).toEqual([
      [0, ['a']],
      [1, []],
    ])
    expect(journal.moveHead).toHaveBeenCalledWith(1)
  })

  it('says why the journal cannot be written, and writes all of it as soon as it can', async () => {
    const { draft, journal } = start()
    journal.append.mockRejectedValueOnce('The disk is full.')
    draft.stage(rename('a', 'store'))
    await draft.settled()
    expect(draft.problem.get()).toBe('The disk is full.')
    draft.stage(rename('a', 'market'))
    await draft.settled()
    expect(draft.problem.get()).toBeNull()
    expect(journal.rebase.mock.lastCall?.[0].steps.map(({ label }) => label)).toEqual([
      'Rename to store',
      'Rename to market',
    ])
  })

  it('goes to another base with the steps that are left', async () => {
    const { draft, journal } = start([rename('a', 'store')])
    draft.discard()
    expect(names(draft.state.get().model)).toEqual(['shop', 'audit'])
    const live = { ...BASE, objects: [...BASE.objects, schema('c', 'jobs')] }
    draft.rebase(live, [rename('c', 'work')])
    await draft.settled()
    expect(names(draft.state.get().model)).toEqual(['shop', 'audit', 'work'])
    expect(journal.rebase.mock.lastCall?.[0].base.map(({ id }) => id)).toEqual(['c'])
    draft.undo()
    expect(names(draft.state.get().model)).toEqual(['shop', 'audit', 'jobs'])
  })
})

describe('base of a journalled draft', () => {
  it('has touched objects as they were and all others as they are', () => {
    const live: SchemaModel = { ...BASE, objects: [schema('a', 'changed outside'), schema('c', 'jobs')] }
    const steps = [rename('a', 'store'), rename('b', 'log')]
    expect(names(baseOf(live, touchedObjects(BASE, steps), steps))).toEqual(['jobs', 'shop', 'audit'])
  })
})
