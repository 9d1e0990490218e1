// The real host against the real service and real databases: what a person does, without the page.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { decodeBatch } from '#contract/batch/decode.ts'
import { ConnectionId, RunId } from '#contract/capabilities/ids.ts'
import { createControlDatabase } from '#testing/control-database.ts'
import { startTestHost, type TestHost, type TestHostOptions } from '#testing/host.ts'
import { startTestService, type TestService } from '#testing/service.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

const PASSWORD = 'a long enough password'
const WAIT = { timeout: 30_000, interval: 20 }

async function startHost(options: TestHostOptions): Promise<TestHost> {
  const host = await startTestHost({ replicationTiming: { afterChangeMs: 10 }, ...options })
  onTestFinished(() => host.close())
  return host
}

/** Runs one statement and gives its first rows as text. */
async function runSql(
  { client }: TestHost,
  connectionId: ConnectionId,
  sql: string,
): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = []
  const input = {
    runId: RunId.parse(randomUUID()),
    connectionId,
    tabId: randomUUID(),
    sql,
    scope: { kind: 'all' as const },
  }
  for await (const { value, bodies } of client.query.run(input)) {
    if (value.type === 'failed') throw new Error(value.message)
    if (value.type !== 'batch') continue
    const batch = decodeBatch(bodies, value.rowCount)
    for (let row = 0; row < batch.rowCount; row++)
      rows.push(Array.from({ length: batch.columnCount }, (_, column) => batch.cell(row, column)))
  }
  await client.query.closeTab({ tabId: input.tabId })
  return rows
}

describe('with a service', () => {
  let service: TestService
  let database: TempDatabase
  beforeAll(async () => {
    ;[service, database] = await Promise.all([startTestService(), createTempDatabase()])
  })
  afterAll(async () => {
    await service.close()
    await database.drop()
  })

  const connectionFields = () => ({
    name: 'Warehouse',
    ...database.target,
    sslMode: 'prefer' as const,
    environment: 'development' as const,
    isReadOnly: false,
  })

  test('a person signs up, makes a project and follows it; every page hears of it', async () => {
    const { client, connect } = await startHost({ serviceUrl: service.url })
    const modes: string[] = []
    connect().api.account.changed(({ mode }) => modes.push(mode))
    await client.settings.get({})
    const state = await client.account.signUp({ email: 'Mara@Example.com', password: PASSWORD, name: 'Mara' })
    expect(state).toMatchObject({ mode: 'signed-in', account: { email: 'mara@example.com', name: 'Mara' } })
    await vi.waitFor(() => expect(modes).toEqual(['signed-in']))
    const [personal] = await client.organisations.list({})
    expect(personal).toMatchObject({ isPersonal: true, role: 'owner' })
    const project = await client.projects.create({ organisationId: personal!.id, name: 'Shop' })
    expect(project).toMatchObject({ name: 'Shop', status: 'creating' })
    for await (const progress of client.projects.watch({ projectId: project.id })) {
      expect(progress.project).toMatchObject({ id: project.id })
      break
    }
    expect(await client.projects.list({})).toMatchObject({ isStale: false, items: [{ name: 'Shop' }] })
    await expect(client.projects.get({ projectId: randomUUID() })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('the service’s refusals arrive as they are', async () => {
    const { client } = await startHost({ serviceUrl: service.url })
    await client.account.signUp({ email: 'tom@example.com', password: PASSWORD })
    await client.account.logOut({})
    await expect(
      client.account.logIn({ email: 'tom@example.com', password: 'not the password' }),
    ).rejects.toMatchObject({ code: 'CREDENTIALS_REJECTED' })
    await expect(
      client.account.signUp({ email: 'tom@example.com', password: 'short' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('what is saved on one machine is there on the next; passwords stay where they were typed', async () => {
    const first = await startHost({ serviceUrl: service.url })
    const credentials = { email: 'two-machines@example.com', password: PASSWORD }
    await first.client.account.signUp(credentials)
    const connection = await first.client.connections.save(connectionFields())
    await first.client.savedQueries.save({ name: 'Sales', sql: 'select 42', connectionId: null })
    expect(await first.client.connectivity.syncNow({})).toMatchObject({ state: 'online', pendingChanges: 0 })

    const second = await startHost({ serviceUrl: service.url })
    await second.client.account.logIn(credentials)
    await vi.waitFor(
      async () => expect(await second.client.savedQueries.list({})).toMatchObject([{ name: 'Sales' }]),
      WAIT,
    )
    expect(await second.client.connections.list({})).toMatchObject([
      { id: connection.id, name: 'Warehouse', hasPassword: false },
    ])
    expect(await first.client.connections.list({})).toMatchObject([{ hasPassword: true }])
  })

  test('nothing that a page can ask for has a token in it', async () => {
    const { client } = await startHost({ serviceUrl: service.url })
    await client.account.signUp({ email: 'quiet@example.com', password: PASSWORD })
    const answers = JSON.stringify([
      await client.account.current({}),
      await client.connectivity.current({}),
      await client.organisations.list({}),
      await client.projects.list({}),
      await client.settings.about({}),
      await client.connections.list({}),
    ])
    expect(answers).not.toMatch(/eyJ|accessToken|refreshToken/)
  })
})

test('the day that the service is away: start, see, query and change; all of it goes up when it is back', async () => {
  const dataDirectory = tempDirectory()
  const [database, control] = await Promise.all([createTempDatabase(), createControlDatabase()])
  onTestFinished(async () => {
    await database.drop()
    await control.drop()
  })
  const config = {
    databaseUrl: control.temp.url,
    directory: join(tempDirectory(), 'service'),
  }
  let service = await startTestService({ config })
  const { url } = service
  const before = await startTestHost({ dataDirectory, serviceUrl: url })
  await before.client.account.signUp({ email: 'offline@example.com', password: PASSWORD })
  const [personal] = await before.client.organisations.list({})
  await before.client.projects.create({ organisationId: personal!.id, name: 'Shop' })
  const connection = await before.client.connections.save({
    name: 'Warehouse',
    ...database.target,
    sslMode: 'prefer',
    environment: 'development',
    isReadOnly: false,
  })
  const { items } = await before.client.projects.list({})
  await before.close()
  await service.close()

  const host = await startHost({ dataDirectory, serviceUrl: url })
  const { client } = host
  expect(await client.account.current({})).toMatchObject({ mode: 'signed-in' })
  expect(await client.projects.list({})).toMatchObject({ isStale: true, items })
  await vi.waitFor(async () => expect((await client.connectivity.current({})).state).toBe('offline'), WAIT)
  const blog = { organisationId: personal!.id, name: 'Blog' }
  await expect(client.projects.create(blog)).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
  expect(await runSql(host, ConnectionId.parse(connection.id), 'select 6 * 7')).toEqual([['42']])
  await client.savedQueries.save({ name: 'Made offline', sql: 'select 1', connectionId: null })
  expect((await client.connectivity.current({})).pendingChanges).toBeGreaterThan(0)

  service = await startTestService({ config: { ...config, http: { port: Number(new URL(url).port) } } })
  onTestFinished(() => service.close())
  await vi.waitFor(
    async () =>
      expect(await client.connectivity.current({})).toMatchObject({ state: 'online', pendingChanges: 0 }),
    WAIT,
  )
  expect(await client.projects.create(blog)).toMatchObject({ name: 'Blog' })
  const person = await service.client.auth.logIn({ email: 'offline@example.com', password: PASSWORD })
  const authorization = `Bearer ${person.tokens.accessToken}`
  const { changes } = await service.connect(() => ({ authorization })).sync.pull({ cursor: null })
  expect(changes).toContainEqual(
    expect.objectContaining({
      record: expect.objectContaining({
        kind: 'savedQuery',
        record: expect.objectContaining({ name: 'Made offline' }),
      }),
    }),
  )
})

test(
  'a project’s own database is reached with credentials that no page ever saw',
  { timeout: 120_000 },
  async () => {
    const control = await createControlDatabase()
    const config = { databaseUrl: control.temp.url, directory: join(tempDirectory(), 'service') }
    let service = await startTestService({ provisioning: 'local', config })
    onTestFinished(async () => {
      await service.close()
      await control.drop()
    })
    const person = { email: 'real@example.com', password: PASSWORD }
    const dataDirectory = tempDirectory()
    const online = await startTestHost({ dataDirectory, serviceUrl: service.url })
    await online.client.account.signUp(person)
    const [personal] = await online.client.organisations.list({})
    const project = await online.client.projects.create({ organisationId: personal!.id, name: 'Shop' })
    for await (const progress of online.client.projects.watch({ projectId: project.id })) {
      if (progress.project.status === 'failed') throw new Error(progress.project.problem ?? '')
      if (progress.project.status === 'awake') break
    }
    const connectionId = ConnectionId.parse(project.id)
    const whoAmI = 'select current_user, current_database()'
    expect(await runSql(online, connectionId, whoAmI)).toEqual([['owner', 'main']])

    const { tokens } = await service.client.auth.logIn(person)
    const authorization = `Bearer ${tokens.accessToken}`
    const { password } = await service
      .connect(() => ({ authorization }))
      .credentials.get({ projectId: project.id })
    const shown = JSON.stringify([
      await online.client.connections.list({}),
      await online.client.connections.preview({ connectionId, format: 'uri' }),
      await online.client.connections.copy({ connectionId, format: 'uri' }),
    ])
    expect(shown).toContain('/reveal/')
    expect(shown).not.toContain(password)
    await online.close()

    // The service goes away as in a crash: the database is left running, and the host reaches it with its own sealed copy.
    const { url } = service
    await service.app.close({ leaveRunning: true })
    const offline = await startHost({ dataDirectory, serviceUrl: url })
    expect(await runSql(offline, connectionId, whoAmI)).toEqual([['owner', 'main']])
    service = await startTestService({ provisioning: 'local', config })
  },
)
