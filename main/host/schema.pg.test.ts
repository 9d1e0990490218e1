// The designer's capabilities over the real socket, wired as they are in the product: what one changes the others are told of.
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import type { ModelPiece } from '#contract/capabilities/schema.ts'
import { startTestHost, type TestHost } from '#testing/host.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

let host: TestHost
beforeAll(async () => {
  host = await startTestHost()
})
afterAll(() => host.close())

let database: TempDatabase
let connectionId: ConnectionId
beforeEach(async () => {
  database = await createTempDatabase()
  const client = new pg.Client(database.target)
  await client.connect()
  await client.query('create table film (id int primary key)')
  await client.end()
  const saved = await host.client.connections.save({
    name: 'Shop',
    sslMode: 'prefer',
    environment: 'development',
    isReadOnly: false,
    ...database.target,
  })
  connectionId = saved.id
})
afterEach(() => database.drop())

async function load(): Promise<ModelPiece[]> {
  const pieces: ModelPiece[] = []
  for await (const piece of host.client.schema.load({ source: { kind: 'connection', connectionId } }))
    pieces.push(piece)
  return pieces
}

/** What was told of this connection since the test began. */
function listen(): { readonly told: string[]; stop(): void } {
  const told: string[] = []
  const { schema, catalog, migrations, designs } = host.client
  const note = (what: string) => (change: { readonly connectionId: string }) => {
    if (change.connectionId === connectionId) told.push(what)
  }
  const stops = [
    schema.changed(note('schema')),
    catalog.changed(note('catalog')),
    migrations.changed(note('migrations')),
    designs.changed(note('designs')),
  ]
  return { told, stop: () => stops.forEach((stop) => stop()) }
}

test('a statement that changes the schema is told of at once', async () => {
  expect(await load()).toMatchObject([{ type: 'start', isStale: false }, { type: 'objects' }])
  const { told, stop } = listen()
  const run = host.client.query.run({
    runId: crypto.randomUUID(),
    tabId: crypto.randomUUID(),
    connectionId,
    sql: 'alter table film add column title text',
    scope: { kind: 'all' },
  })
  for await (const event of run) void event
  await expect.poll(() => told).toContain('schema')
  stop()
  expect(JSON.stringify(await load())).toContain('"title"')
})

test('a migration that is applied is told of as schema, catalog and history', async () => {
  await load()
  await host.client.catalog.load({ connectionId })
  const { migrations } = host.client
  await migrations.write({
    connectionId,
    name: 'actor',
    up: 'create table actor (id int);',
    down: 'drop table actor;',
  })
  const { told, stop } = listen()
  for await (const progress of migrations.apply({ connectionId, asSuperuser: true })) void progress
  await expect.poll(() => new Set(told)).toEqual(new Set(['schema', 'catalog', 'migrations']))
  stop()
  expect(await migrations.list({ connectionId })).toMatchObject({
    isStale: false,
    items: [{ name: 'actor', state: 'applied' }],
  })
})

test('a design is journalled, opened again, and told of', async () => {
  const { designs } = host.client
  const { told, stop } = listen()
  const { designId } = await designs.create({ connectionId, name: 'Shop' })
  const pieces = await load()
  const [film] = pieces
    .flatMap((piece) => (piece.type === 'objects' ? piece.objects : []))
    .filter((object) => object.kind === 'table')
  if (film === undefined) throw new Error('The table is not there.')
  const renamed = { label: 'Rename film to movie', put: [{ ...film, name: 'movie' }], remove: [] }
  expect(await designs.journal({ designId, at: 0, steps: [renamed], base: [film] })).toEqual({ head: 1 })
  await designs.moveHead({ designId, head: 0 })
  expect(await designs.open({ designId })).toMatchObject({
    name: 'Shop',
    head: 0,
    steps: [renamed],
    base: [film],
    stagedSteps: 0,
  })
  await designs.rebase({ designId, base: [], steps: [] })
  await designs.rename({ designId, name: 'Another' })
  const { diagram } = await designs.open({ designId })
  await designs.saveDiagram({ designId, diagram: { ...diagram, schemas: ['public'] } })
  expect(await designs.list({ connectionId })).toMatchObject([{ name: 'Another', stagedSteps: 0 }])
  await designs.remove({ designId })
  expect(await designs.list({ connectionId })).toEqual([])
  await expect.poll(() => told.length).toBe(6)
  expect(new Set(told)).toEqual(new Set(['designs']))
  stop()
  await expect(
    designs.create({ connectionId: ConnectionId.parse(crypto.randomUUID()), name: 'x' }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
