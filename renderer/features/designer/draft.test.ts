import { describe, expect, it, vi } from 'vitest'
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import { AppError } from '#contract/errors.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { applyPatch } from '#postgres/common/catalog/patch.ts'
import { mineOnTop } from './merge/merge-draft.ts'
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

  it('makes more a part of the last step: one undo takes both back, and the journal has one', async () => {
    const { draft, journal } = start([rename('a', 'store')])
    draft.stage({ label: 'Add c', put: [schema('c', 'c')], remove: [] })
    draft.amend({ label: 'Add jobs', put: [schema('c', 'jobs'), schema('b', 'log')], remove: [] })
    await draft.settled()
    expect(names(draft.state.get().model)).toEqual(['store', 'log', 'jobs'])
    expect(draft.state.get().steps.map(({ label }) => label)).toEqual(['Rename to store', 'Add jobs'])
    expect(journal.moveHead.mock.calls).toEqual([[1]])
    expect(journal.append.mock.lastCall?.[0]).toMatchObject({
      at: 1,
      steps: [{ label: 'Add jobs', put: [{ name: 'jobs' }, { name: 'log' }] }],
      base: [{ id: 'b', name: 'audit' }],
    })
    draft.undo()
    expect(names(draft.state.get().model)).toEqual(['store', 'audit'])
    draft.redo()
    expect(names(draft.state.get().model)).toEqual(['store', 'log', 'jobs'])
  })

  it('writes nothing over what another window has written, and takes it with its own on top', async () => {
    const { draft, journal } = start()
    draft.stage(rename('a', 'store'))
    await draft.settled()
    const known = draft.state.get()
    journal.append.mockRejectedValueOnce(
      new AppError('CONFLICT', 'This design was changed in another window.'),
    )
    draft.stage(rename('b', 'log'))
    draft.stage(rename('b', 'logs'))
    draft.undo()
    draft.discard()
    draft.stage(rename('b', 'log'))
    await draft.settled()
    expect(draft.isOutdated.get()).toBe(true)
    expect(journal.append).toHaveBeenCalledTimes(2)
    expect(journal.rebase).not.toHaveBeenCalled()
    expect(journal.moveHead).not.toHaveBeenCalled()
    expect(draft.written()).toBe(known.model)

    const theirs = { base: BASE, steps: [rename('a', 'store'), rename('a', 'market')], head: 2 }
    const model = theirs.steps.reduce(applyPatch, BASE)
    const mine = mineOnTop(
      known.model,
      { ...draft.state.get(), model: applyPatch(known.model, rename('b', 'log')) },
      model,
    )
    draft.adopt(theirs, mine)
    await draft.settled()
    expect(names(draft.state.get().model).toSorted()).toEqual(['log', 'market'])
    expect(journal.append.mock.lastCall?.[0]).toMatchObject({ at: 2, base: [{ id: 'b' }] })
    draft.undo()
    expect(names(draft.state.get().model).toSorted()).toEqual(['audit', 'market'])
    expect(mineOnTop(model, draft.state.get(), model)).toBeNull()
  })

  it('puts its own over what both changed, so that an undo brings the other back', () => {
    const { draft } = start()
    const theirs = applyPatch(BASE, rename('a', 'market'))
    draft.stage(rename('a', 'store'))
    const mine = mineOnTop(BASE, draft.state.get(), theirs)
    draft.adopt({ base: BASE, steps: [rename('a', 'market')], head: 1 }, mine)
    expect(names(draft.state.get().model)).toContain('store')
    draft.undo()
    expect(names(draft.state.get().model)).toContain('market')
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
