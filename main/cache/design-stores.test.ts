// Designs and schema models over a real SQLite file, through a kill of the writing process too.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DesignId, type ModelPatch } from '#contract/capabilities/designs.ts'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import type { ModelObject } from '#contract/schema/types.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import {
  createConnectionStore,
  createDesignStore,
  createSchemaStore,
  openCache,
  type Cache,
  type DesignStore,
} from './index.ts'

const AT = '2026-11-23T10:00:00.000Z'
const LATER = '2026-11-23T11:00:00.000Z'

function openTempCache(): Cache {
  const cache = openCache(join(tempDirectory(), 'cache.sqlite'))
  onTestFinished(() => cache.close())
  return cache
}

function createDesign(
  store: DesignStore,
  name = 'Draft',
  connectionId = ConnectionId.parse(crypto.randomUUID()),
) {
  return store.create({
    designId: DesignId.parse(crypto.randomUUID()),
    connectionId,
    name,
    updatedAt: AT,
  })
}

function schemaObject(id: string): ModelObject {
  return { id, kind: 'schema', name: id, owner: 'ada', comment: null, grants: [] }
}

function step(label: string, ...ids: readonly string[]): ModelPatch {
  return { label, put: ids.map(schemaObject), remove: [] }
}

describe('design store', () => {
  test('starts empty and lists the latest first', () => {
    const store = createDesignStore(openTempCache())
    const first = createDesign(store, 'First')
    const second = createDesign(store, 'Second', first.connectionId)
    createDesign(store, 'Of another connection')
    expect(store.list(first.connectionId).map((design) => design.name)).toEqual(['Second', 'First'])
    store.rename(first.designId, 'Renamed', LATER)
    expect(store.list(first.connectionId)).toMatchObject([
      { name: 'Renamed', updatedAt: LATER },
      { name: 'Second' },
    ])
    expect(store.open(second.designId)).toMatchObject({
      steps: [],
      base: [],
      head: 0,
      diagram: { positions: {} },
    })
  })

  test('keeps steps in their order, with what they start from', () => {
    const store = createDesignStore(openTempCache())
    const { designId } = createDesign(store)
    expect(store.append(designId, 0, { steps: [step('a', 'x')], base: [schemaObject('x')] }, AT)).toBe(1)
    expect(store.append(designId, 1, { steps: [step('b', 'x'), step('c', 'y')], base: [] }, LATER)).toBe(3)
    const opened = store.open(designId)
    expect(opened.steps.map(({ label }) => label)).toEqual(['a', 'b', 'c'])
    expect(opened.base).toEqual([schemaObject('x')])
    expect(opened).toMatchObject({ head: 3, stagedSteps: 3, updatedAt: LATER })
  })

  test('cuts off undone steps, and what only they touched, when a new step comes', () => {
    const store = createDesignStore(openTempCache())
    const { designId } = createDesign(store)
    const entry = {
      steps: [step('a', 'x'), step('b', 'y'), step('c', 'x', 'z')],
      base: [schemaObject('x'), schemaObject('y'), schemaObject('z')],
    }
    store.append(designId, 0, entry, AT)
    store.moveHead(designId, { head: 1 }, AT)
    expect(store.open(designId)).toMatchObject({ head: 1, steps: [{}, {}, {}], stagedSteps: 1 })
    store.append(designId, 1, { steps: [step('d', 'z')], base: [schemaObject('z')] }, AT)
    const opened = store.open(designId)
    expect(opened.steps.map(({ label }) => label)).toEqual(['a', 'd'])
    expect(opened.base.map(({ id }) => id)).toEqual(['x', 'z'])
  })

  test('keeps what was made of the migration under review', () => {
    const store = createDesignStore(openTempCache())
    const { designId } = createDesign(store)
    expect(store.review(designId)).toBeNull()
    const review = { up: 'select 1', down: null, editedFrom: 'select 2', name: 'mine', version: null }
    store.saveReview(designId, review)
    expect(store.review(designId)).toEqual(review)
    store.saveReview(designId, null)
    expect(store.review(designId)).toBeNull()
  })

  test('puts another draft in the place of the old one', () => {
    const store = createDesignStore(openTempCache())
    const { designId } = createDesign(store)
    store.append(designId, 0, { steps: [step('a', 'x')], base: [schemaObject('x')] }, AT)
    store.replace(designId, { steps: [step('m', 'y')], base: [schemaObject('y')] }, AT)
    expect(store.open(designId)).toMatchObject({ head: 1, steps: [{ label: 'm' }], base: [{ id: 'y' }] })
    store.replace(designId, { steps: [], base: [] }, AT)
    expect(store.open(designId)).toMatchObject({ head: 0, steps: [], base: [] })
  })

  test('refuses steps of a page that does not know the head, and keeps what is there', () => {
    const store = createDesignStore(openTempCache())
    const { designId } = createDesign(store)
    store.append(designId, 0, { steps: [step('a', 'x')], base: [] }, AT)
    for (const from of [0, 2])
      expect(() => store.append(designId, from, { steps: [step('b', 'x')], base: [] }, AT)).toThrow(
        expect.objectContaining({ code: 'CONFLICT' }),
      )
    expect(() => store.moveHead(designId, { head: 2 }, AT)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
    expect(store.open(designId)).toMatchObject({ head: 1, steps: [{ label: 'a' }] })
  })

  test('refuses every write of a page that does not know the last one', () => {
    const store = createDesignStore(openTempCache())
    const { designId } = createDesign(store)
    expect(store.open(designId).revision).toBe(0)
    const entry = { steps: [step('a', 'x')], base: [] }
    store.append(designId, 0, { ...entry, revision: 0 }, AT)
    store.append(designId, 1, { ...entry, revision: 1 }, AT)
    for (const write of [
      () => store.append(designId, 2, { ...entry, revision: 1 }, AT),
      () => store.moveHead(designId, { head: 1, revision: 1 }, AT),
      () => store.replace(designId, { steps: [], base: [], revision: 1 }, AT),
    ])
      expect(write).toThrow(expect.objectContaining({ code: 'CONFLICT' }))
    expect(store.open(designId)).toMatchObject({ head: 2, revision: 2, steps: [{}, {}] })
    store.moveHead(designId, { head: 1, revision: 2 }, AT)
    expect(store.open(designId)).toMatchObject({ head: 1, revision: 3 })
  })

  test('writes all of an entry or nothing', () => {
    const store = createDesignStore(openTempCache())
    const { designId } = createDesign(store)
    const entry = { steps: [step('a', 'x')], base: [schemaObject('untouched')] }
    expect(() => store.append(designId, 0, entry, AT)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
    expect(store.open(designId)).toMatchObject({ head: 0, steps: [], base: [] })
  })

  test('keeps the diagram', () => {
    const store = createDesignStore(openTempCache())
    const { designId } = createDesign(store)
    const diagram = { ...store.open(designId).diagram, positions: { 'table:1': { x: 10, y: -20.5 } } }
    store.saveDiagram(designId, diagram, LATER)
    expect(store.open(designId)).toMatchObject({ diagram, updatedAt: LATER })
  })

  test('finds no design that is not there', () => {
    const store = createDesignStore(openTempCache())
    const { designId } = createDesign(store)
    const { diagram } = store.open(designId)
    store.append(designId, 0, { steps: [step('a', 'x')], base: [schemaObject('x')] }, AT)
    store.remove(designId)
    const entry = { steps: [], base: [] }
    const calls = [
      () => store.open(designId),
      () => store.rename(designId, 'x', AT),
      () => store.remove(designId),
      () => store.append(designId, 0, entry, AT),
      () => store.moveHead(designId, { head: 0 }, AT),
      () => store.replace(designId, entry, AT),
      () => store.saveDiagram(designId, diagram, AT),
    ]
    for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
    expect(store.get(designId)).toBeUndefined()
  })

  test('leaves a design of another version as it is, and says so', () => {
    const cache = openTempCache()
    const store = createDesignStore(cache)
    const { designId } = createDesign(store)
    cache.sqlite
      .prepare('insert into design_step (design_id, position, patch) values (?, 0, ?)')
      .run(designId, '{"from":"the future"}')
    expect(() => store.open(designId)).toThrow(expect.objectContaining({ code: 'LOCAL_DATA_UNUSABLE' }))
    expect(store.get(designId)).toBeDefined()
  })

  test('goes with its connection', () => {
    const cache = openTempCache()
    const store = createDesignStore(cache)
    const connections = createConnectionStore(cache, { append: () => undefined, pendingIds: () => new Set() })
    const { connectionId, designId } = createDesign(store)
    connections.save(
      {
        id: connectionId,
        name: 'Shop',
        host: 'db.example.com',
        port: 5432,
        database: 'shop',
        user: 'ada',
        sslMode: 'prefer',
        environment: 'development',
        isReadOnly: false,
        updatedAt: AT,
      },
      null,
    )
    connections.remove(connectionId)
    expect(store.get(designId)).toBeUndefined()
  })

  test('loses no step that was answered when the process is killed', async () => {
    const path = join(tempDirectory(), 'cache.sqlite')
    const cache = openCache(path)
    const { designId } = createDesign(createDesignStore(cache))
    cache.close()
    let kept = 0
    for (let round = 1; round <= 3; round += 1) {
      const child = fork(join(import.meta.dirname, '../../testing/design-writer.ts'), [path, designId])
      let answered = 0
      const enough = new Promise<void>((resolve) => {
        child.on('message', (label) => {
          answered = Number(String(label).split(' ')[1]) + 1
          if (answered >= kept + 20 + round * 7) resolve()
        })
      })
      await enough
      child.kill('SIGKILL')
      await once(child, 'exit')
      const again = openCache(path)
      const opened = createDesignStore(again).open(designId)
      again.close()
      expect(opened.head).toBeGreaterThanOrEqual(answered)
      expect(opened.steps.map(({ label }) => label)).toEqual(
        Array.from({ length: opened.head }, (_, index) => `step ${index}`),
      )
      kept = opened.head
    }
  })
})

describe('schema store', () => {
  const model = {
    serverVersion: 180000,
    database: 'shop',
    objects: [schemaObject('schema:1')],
    dependencies: [],
  }

  test('gives back the last model that was put', async () => {
    const store = createSchemaStore(openTempCache())
    expect(await store.get('c')).toBeUndefined()
    await store.put('c', { model: { ...model, objects: [] }, asOf: AT })
    await store.put('c', { model, asOf: LATER })
    expect(await store.get('c')).toEqual({ model, asOf: LATER })
    store.touch('c', AT)
    expect(await store.get('c')).toEqual({ model, asOf: AT })
  })

  test('keeps models of many parts in their order', async () => {
    const store = createSchemaStore(openTempCache())
    const objects = Array.from({ length: 1_001 }, (_, index) => schemaObject(`schema:${index}`))
    const large = { ...model, objects, dependencies: [['schema:1', 'schema:0'] as const] }
    await store.put('c', { model: large, asOf: AT })
    expect(await store.get('c')).toEqual({ model: large, asOf: AT })
  })

  test('passes over a model of another version', async () => {
    const cache = openTempCache()
    const store = createSchemaStore(cache)
    await store.put('c', { model, asOf: AT })
    await store.put('d', { model, asOf: AT })
    const part = (value: unknown): Buffer => {
      const bytes = deflateSync(JSON.stringify(value))
      const length = Buffer.alloc(4)
      length.writeUInt32LE(bytes.byteLength)
      return Buffer.concat([length, bytes])
    }
    const older = Buffer.concat([part({ ...model, objects: [] }), part([{ kind: 'gone' }])])
    cache.sqlite.prepare('update schema_snapshot set model = ? where connection_id = ?').run(older, 'c')
    expect(await store.get('c')).toBeUndefined()
    expect(await store.get('d')).toBeDefined()
  })
})
