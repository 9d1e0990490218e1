// Designs on a disk that is full, and rows that somebody else has written.
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DesignId, type ModelPatch } from '#contract/capabilities/designs.ts'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createDesignStore, openCache } from './index.ts'

const AT = '2026-11-23T10:00:00.000Z'
const step = (label: string, bytes = 0): ModelPatch => ({ label, put: [], remove: ['x'.repeat(bytes)] })

function createHere() {
  const cache = openCache(join(tempDirectory(), 'cache.sqlite'))
  onTestFinished(() => cache.close())
  const store = createDesignStore(cache)
  const connectionId = ConnectionId.parse(crypto.randomUUID())
  const create = (name: string) =>
    store.create({ designId: DesignId.parse(crypto.randomUUID()), connectionId, name, updatedAt: AT })
  return { cache, store, connectionId, create }
}

test('on a full disk a step is refused as a whole, says why, and comes when there is room again', () => {
  const { cache, store, create } = createHere()
  const { designId } = create('Draft')
  store.append(designId, 0, { steps: [step('first')], base: [] }, AT)
  const { revision } = store.open(designId)
  const pages = Number(cache.sqlite.pragma('page_count', { simple: true }))
  cache.sqlite.pragma(`max_page_count = ${String(pages)}`)
  const entry = { steps: [step('second'), step('large', 1_000_000)], base: [], revision }
  const full = expect.objectContaining({
    code: 'LOCAL_DATA_UNUSABLE',
    message: expect.stringContaining('is full'),
  })
  expect(() => store.append(designId, 1, entry, AT)).toThrow(full)
  const note = { id: 'n', x: 0, y: 0, width: 1, height: 1, text: 'x'.repeat(1_000_000), colour: 0 }
  const { diagram } = store.open(designId)
  expect(() => store.saveDiagram(designId, { ...diagram, notes: [note] }, AT)).toThrow(full)
  expect(store.open(designId)).toMatchObject({ head: 1, revision, steps: [{ label: 'first' }], diagram })
  cache.sqlite.pragma(`max_page_count = ${String(pages * 100)}`)
  expect(store.append(designId, 1, entry, AT)).toBe(3)
})

test('a design that cannot be read does not hide the others', () => {
  const { cache, store, connectionId, create } = createHere()
  const damaged = create('Damaged')
  create('Whole')
  cache.sqlite.prepare(`update design set updated_at = 'yesterday' where id = ?`).run(damaged.designId)
  expect(store.list(connectionId).map(({ name }) => name)).toEqual(['Whole'])
})

test('a head before the first step is refused', () => {
  const { store, create } = createHere()
  const { designId } = create('Draft')
  expect(() => store.moveHead(designId, { head: -1 }, AT)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT' }),
  )
})
