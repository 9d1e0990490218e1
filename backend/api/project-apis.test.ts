import { expect, test, vi } from 'vitest'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { createProjectApis, type ApiRecord } from './project-apis.ts'
import { DEFAULT_SETTINGS, toRestConfig } from './settings.ts'

const IDLE_MS = 300_000
const idOf = (number: number): ProjectId =>
  ProjectId.parse(`6b1f6d0e-6d8b-4b3e-9a54-${String(number).padStart(12, '0')}`)
const refOf = (number: number): string => `project${number}`

class FakeEngine {
  readonly records: ApiRecord[]
  isClosed = false
  constructor(record: ApiRecord) {
    this.records = [record]
  }
  async configure(record: ApiRecord): Promise<void> {
    this.records.push(record)
  }
  async close(): Promise<void> {
    this.isClosed = true
  }
}

function fixture() {
  const secrets: ApiRecord['jwtSecrets'] = [
    { id: 's1', secret: 'x', createdAt: new Date(0), acceptedUntil: null },
  ]
  const state = {
    now: 1_000_000,
    loads: 0,
    maxRows: 10,
    exists: true,
    gate: Promise.resolve(),
    openGate: Promise.resolve(),
    secrets,
  }
  const engines: FakeEngine[] = []
  const errors: unknown[] = []
  const apis = createProjectApis({
    now: () => state.now,
    idleMs: IDLE_MS,
    onCloseError: (error) => errors.push(error),
    async load(ref) {
      state.loads += 1
      const { exists, maxRows, secrets } = state
      await state.gate
      if (!exists) return undefined
      const settings = { ...DEFAULT_SETTINGS, maxRows }
      return {
        projectId: idOf(Number(ref.replace('project', ''))),
        ref,
        settings,
        config: toRestConfig(settings, `https://host/${ref}/rest/v1`),
        jwtSecrets: secrets,
        issuers: [],
      }
    },
    async open(record) {
      await state.openGate
      const engine = new FakeEngine(record)
      engines.push(engine)
      return engine
    },
  })
  const find = async (ref: string) => {
    const api = await apis.find(ref)
    if (api === undefined) throw new Error(`no ${ref}`)
    return api
  }
  return { apis, state, engines, errors, find }
}

test('requests at the same moment share one record and one engine', async () => {
  const { apis, state, engines, find } = fixture()
  const found = await Promise.all(Array.from({ length: 20 }, () => find('project1')))
  const opened = await Promise.all(found.map((api) => api.engine()))
  expect(state.loads).toBe(1)
  expect(engines).toHaveLength(1)
  expect(new Set(opened).size).toBe(1)
  expect(apis.known('project1')?.record.projectId).toBe(idOf(1))
  await apis.close()
})

test('what does not exist is not kept', async () => {
  const { apis, state } = fixture()
  state.exists = false
  expect(await apis.find('project1')).toBeUndefined()
  expect(apis.size()).toEqual({ projects: 0, engines: 0 })
  state.exists = true
  expect(await apis.find('project1')).toBeDefined()
})

test('1,000 projects that nobody calls any more are closed and forgotten', async () => {
  const { apis, state, engines, find } = fixture()
  for (let number = 0; number < 1000; number += 1) {
    const api = await find(refOf(number))
    api.begin()
    await api.engine()
    api.end()
  }
  expect(apis.size()).toEqual({ projects: 1000, engines: 1000 })
  state.now += IDLE_MS - 1
  const used = await find('project7')
  used.begin()
  used.end()
  state.now += 1
  apis.sweep()
  expect(apis.size()).toEqual({ projects: 1, engines: 1 })
  expect(engines.filter(({ isClosed }) => isClosed)).toHaveLength(999)
  expect(apis.known('project7')).toBe(used)
})

test('it sweeps by itself', async () => {
  vi.useFakeTimers()
  try {
    const { apis, state, find } = fixture()
    await (await find('project1')).engine()
    state.now += IDLE_MS
    vi.advanceTimersByTime(30_000)
    expect(apis.size().projects).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('a long request keeps its engine', async () => {
  const { apis, state, engines, find } = fixture()
  const api = await find('project1')
  api.begin()
  await api.engine()
  state.now += 10 * IDLE_MS
  apis.sweep()
  expect(engines[0]?.isClosed).toBe(false)
  api.end()
  state.now += IDLE_MS
  apis.sweep()
  expect(engines[0]?.isClosed).toBe(true)
})

test('a change reaches the engine before it is reported as done', async () => {
  const { apis, state, engines, find } = fixture()
  const api = await find('project1')
  await api.engine()
  state.maxRows = 20
  await apis.changed(idOf(1))
  expect(api.record.settings.maxRows).toBe(20)
  expect(engines[0]?.records.map(({ settings }) => settings.maxRows)).toEqual([10, 20])
  await apis.changed(idOf(2))
  expect(state.loads).toBe(2)
})

test('a change while the engine is made reaches it too', async () => {
  const { apis, state, engines, find } = fixture()
  const api = await find('project1')
  const { promise, resolve } = Promise.withResolvers<void>()
  state.openGate = promise
  const opening = api.engine()
  state.maxRows = 20
  await apis.changed(idOf(1))
  resolve()
  await opening
  expect(engines[0]?.records.at(-1)?.settings.maxRows).toBe(20)
})

test('a change while the record is read is read too', async () => {
  const { apis, state, find } = fixture()
  const { promise, resolve } = Promise.withResolvers<void>()
  state.gate = promise
  const finding = find('project1')
  state.maxRows = 20
  await apis.changed(idOf(1))
  resolve()
  expect((await finding).record.settings.maxRows).toBe(20)
})

test('of two changes the later one stays', async () => {
  const { apis, state, find } = fixture()
  const api = await find('project1')
  const { promise, resolve } = Promise.withResolvers<void>()
  state.gate = promise
  state.maxRows = 20
  const first = apis.changed(idOf(1))
  state.maxRows = 30
  const second = apis.changed(idOf(1))
  resolve()
  await Promise.all([first, second])
  expect(api.record.settings.maxRows).toBe(30)
})

test('a record that cannot be read again is forgotten with its engine', async () => {
  const { apis, state, engines, find } = fixture()
  await (await find('project1')).engine()
  state.gate = Promise.reject(new Error('away'))
  await apis.changed(idOf(1))
  expect(apis.size()).toEqual({ projects: 0, engines: 0 })
  expect(engines[0]?.isClosed).toBe(true)
})

test('a project that stops loses its engine, and one that is just being made is closed at once', async () => {
  const { apis, state, engines, find } = fixture()
  const api = await find('project1')
  await api.engine()
  apis.discard(idOf(1))
  expect(engines[0]?.isClosed).toBe(true)
  expect(apis.known('project1')).toBeUndefined()

  const again = await find('project1')
  const { promise, resolve } = Promise.withResolvers<void>()
  state.openGate = promise
  const opening = again.engine()
  apis.discard(idOf(1))
  resolve()
  await expect(opening).rejects.toEqual(expect.objectContaining({ code: 'PROJECT_NOT_READY' }))
  expect(engines[1]?.isClosed).toBe(true)
})

test('after a restart of the server the next request makes an engine', async () => {
  const { apis, engines, find } = fixture()
  const api = await find('project1')
  await api.engine()
  apis.restarted(idOf(1))
  expect(engines[0]?.isClosed).toBe(true)
  expect(await api.engine()).toBe(engines[1])
})

test('an engine that could not be made is tried again', async () => {
  const { state, find } = fixture()
  const api = await find('project1')
  state.openGate = Promise.reject(new Error('no'))
  await expect(api.engine()).rejects.toThrow('no')
  state.openGate = Promise.resolve()
  await api.engine()
})

test('a secret is no longer accepted the moment its overlap is over', async () => {
  const { apis, state, engines, find } = fixture()
  const [current] = state.secrets
  if (current === undefined) throw new Error('no secret')
  state.secrets = [current, { ...current, id: 's0', acceptedUntil: new Date(state.now + 1000) }]
  const api = await find('project1')
  await api.engine()
  expect(api.record.jwtSecrets).toHaveLength(2)
  state.now += 999
  apis.known('project1')
  expect(engines[0]?.records).toHaveLength(1)
  state.now += 1
  expect(apis.known('project1')?.record.jwtSecrets.map(({ id }) => id)).toEqual(['s1'])
  expect(engines[0]?.records.at(-1)?.jwtSecrets).toHaveLength(1)
})

test('closing closes all engines', async () => {
  const { apis, engines, find } = fixture()
  await (await find('project1')).engine()
  await (await find('project2')).engine()
  await apis.close()
  expect(engines.every(({ isClosed }) => isClosed)).toBe(true)
})
