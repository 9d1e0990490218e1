// Connections against a real Postgres: saving, testing, pasting, copying, and projects.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { ConnectionId, OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import type { CallContext } from '#contract/rpc/definition.ts'
import { AppError } from '#contract/errors.ts'
import { createTestConnections, saveConnection } from '#testing/host-fixtures.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import type { ProjectCredentials } from './index.ts'

let database: TempDatabase
beforeAll(async () => {
  database = await createTempDatabase()
})
afterAll(() => database.drop())

const context: CallContext = { signal: new AbortController().signal, metadata: {} }
const closedPort = { host: '127.0.0.1', port: 1, database: 'd', user: 'u', password: 'p' }

function fieldsOf({ password: _password, ...address }: TempDatabase['target']) {
  return {
    name: 'Shop',
    ...address,
    sslMode: 'prefer' as const,
    environment: 'development' as const,
    isReadOnly: false,
  }
}

describe('saving', () => {
  test('keeps a connection without showing its password, sealed at rest, and appends the change', async () => {
    const connections = createTestConnections()
    const { handlers } = connections
    const saved = await handlers.save(
      { ...fieldsOf(database.target), password: 'hunter2-very-secret' },
      context,
    )
    const listed = await handlers.list({}, context)
    expect(listed).toEqual([saved])
    expect(saved).toMatchObject({
      kind: 'custom',
      hasPassword: true,
      reachability: 'unknown',
      lastUsedAt: null,
    })
    expect(JSON.stringify([listed, connections.changes])).not.toContain('hunter2')
    expect(connections.changes).toHaveLength(1)
    connections.cache.sqlite.pragma('wal_checkpoint(truncate)')
    expect(readFileSync(join(connections.directory, 'cache.db')).includes('hunter2')).toBe(false)
    const [target] = await connections.service.resolveTarget(ConnectionId.parse(saved.id))
    expect(target?.password).toBe('hunter2-very-secret')
  })

  test('an empty password removes the stored one; leaving it out keeps it', async () => {
    const { handlers } = createTestConnections()
    const saved = await handlers.save({ ...fieldsOf(database.target), password: 'pw' }, context)
    const id = ConnectionId.parse(saved.id)
    expect(await handlers.save({ ...fieldsOf(database.target), id, name: 'B' }, context)).toMatchObject({
      name: 'B',
      hasPassword: true,
    })
    expect(await handlers.save({ ...fieldsOf(database.target), id, password: '' }, context)).toMatchObject({
      hasPassword: false,
    })
  })

  test('asks for host and user, and names the database like the user', async () => {
    const { handlers } = createTestConnections()
    const fields = fieldsOf(database.target)
    await expect(handlers.save({ ...fields, host: ' ' }, context)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { issues: [{ path: 'host', message: 'Enter the host.' }] },
    })
    await expect(handlers.save({ ...fields, user: '' }, context)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    expect(await handlers.save({ ...fields, database: '', user: 'eve' }, context)).toMatchObject({
      database: 'eve',
    })
  })

  test('removing forgets it; unknown ids are not found', async () => {
    const { handlers } = createTestConnections()
    const { id } = await handlers.save(fieldsOf(database.target), context)
    const connectionId = ConnectionId.parse(id)
    await handlers.remove({ connectionId }, context)
    expect(await handlers.list({}, context)).toEqual([])
    await expect(handlers.remove({ connectionId }, context)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(
      handlers.save({ ...fieldsOf(database.target), id: connectionId }, context),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('tells listeners, until they stop', async () => {
    const { handlers, service } = createTestConnections()
    let told = 0
    const stop = handlers.changed(() => void told++, context)
    await handlers.save(fieldsOf(database.target), context)
    service.notifyChanged()
    stop()
    await handlers.save(fieldsOf(database.target), context)
    expect(told).toBe(2)
  })
})

describe('testing', () => {
  test('says what the server is, saved or not', async () => {
    const connections = createTestConnections()
    const unsaved = { ...fieldsOf(database.target), password: database.target.password }
    const result = await connections.handlers.test(unsaved, context)
    expect(result).toMatchObject({ isSuperuser: true })
    expect(result.serverVersion).toMatch(/^18/)
    expect(result.latencyMs).toBeGreaterThan(0)
    expect(await connections.handlers.list({}, context)).toEqual([])

    const connectionId = await saveConnection(connections, database.target)
    expect((await connections.handlers.test({ connectionId }, context)).serverVersion).toBe(
      result.serverVersion,
    )
    const [listed] = await connections.handlers.list({}, context)
    expect(listed?.reachability).toBe('reachable')
    expect(listed?.lastUsedAt).not.toBeNull()
  })

  test('uses the stored password of a saved connection whose fields are edited', async () => {
    const connections = createTestConnections()
    const id = await saveConnection(connections, database.target)
    const edited = { ...fieldsOf(database.target), id, database: 'postgres' }
    expect((await connections.handlers.test(edited, context)).isSuperuser).toBe(true)
  })

  test('remembers that a database is out of reach, without the password in the error', async () => {
    const connections = createTestConnections()
    const connectionId = await saveConnection(connections, { ...closedPort, password: 'hunter2' })
    const error = await connections.handlers
      .test({ connectionId }, context)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED' })
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2')
    expect((await connections.handlers.list({}, context))[0]?.reachability).toBe('unreachable')
  })
})

describe('pasting a URI', () => {
  test('keeps the password at the host for the test and save of the same address', async () => {
    const connections = createTestConnections()
    const { handlers } = connections
    const parsed = await handlers.parseUri({ uri: database.url }, context)
    expect(parsed).toMatchObject({ hasPassword: true, fields: { database: database.target.database } })
    expect(JSON.stringify(parsed)).not.toContain(database.target.password)
    const fields = { ...fieldsOf(database.target), ...parsed.fields }
    expect((await handlers.test(fields, context)).isSuperuser).toBe(true)
    const saved = await handlers.save(fields, context)
    expect(saved.hasPassword).toBe(true)
    expect((await handlers.test({ connectionId: ConnectionId.parse(saved.id) }, context)).isSuperuser).toBe(
      true,
    )
  })

  test('does not send it anywhere else, nor after its life', async () => {
    const connections = createTestConnections()
    const { handlers } = connections
    await handlers.parseUri({ uri: database.url }, context)
    const elsewhere = await handlers.save({ ...fieldsOf(database.target), host: 'evil.example.com' }, context)
    expect(elsewhere.hasPassword).toBe(false)
    connections.pass(16 * 60_000)
    expect((await handlers.save(fieldsOf(database.target), context)).hasPassword).toBe(false)
  })
})

describe('copying', () => {
  test('shows a masked preview and copies the real thing', async () => {
    const connections = createTestConnections()
    const connectionId = await saveConnection(connections, { ...database.target, password: 'p@ss' })
    const { text } = await connections.handlers.preview({ connectionId, format: 'uri' }, context)
    expect(text).toContain(':********@')
    expect(text).not.toContain('p%40ss')
    expect(await connections.handlers.copy({ connectionId, format: 'uri' }, context)).toEqual({
      delivered: 'clipboard',
    })
    expect(connections.copied[0]).toContain(':p%40ss@')
  })

  test('offers a page that shows it once where there is no clipboard', async () => {
    const connections = createTestConnections()
    connections.clipboard.isThere = false
    const connectionId = await saveConnection(connections, database.target)
    expect(await connections.handlers.copy({ connectionId, format: 'psql' }, context)).toEqual({
      delivered: 'page',
      path: '/once/1',
    })
    expect(connections.copied[0]).toMatch(/^psql 'postgresql:/)
  })
})

describe('read-only connections', () => {
  test('start their sessions with default_transaction_read_only on', async () => {
    const connections = createTestConnections()
    const connectionId = await saveConnection(connections, database.target, { isReadOnly: true })
    const session = await connections.service.open(connectionId, { purpose: 'test' })
    expect((await session.query('show default_transaction_read_only')).rows).toEqual([['on']])
    await session.close()
  })
})

describe('projects', () => {
  const project: Project = {
    id: ProjectId.parse('0b3f0f0e-6a0c-4d53-8f3e-2f4f6a7b8c9d'),
    organisationId: OrganisationId.parse('1b3f0f0e-6a0c-4d53-8f3e-2f4f6a7b8c9d'),
    name: 'Film shop',
    ref: 'k3j9',
    environment: 'production',
    region: 'local',
    postgresVersion: '18',
    status: 'awake',
    problem: null,
    purgeAt: null,
    sizeBytes: null,
    createdAt: '2026-11-22T10:00:00.000Z',
    updatedAt: '2026-11-22T10:00:00.000Z',
  }
  const connectionId = ConnectionId.parse(project.id)
  const source = (endpoints: 'proxy down' | 'up'): ProjectCredentials => ({
    projects: () => [project],
    credentials: async (projectId) => ({
      projectId,
      database: database.target.database,
      password: database.target.password,
      passwordChangedAt: project.createdAt,
      endpoints: [
        {
          kind: 'tcp',
          host: '127.0.0.1',
          port: endpoints === 'up' ? database.target.port : 1,
          user: database.target.user,
        },
        {
          kind: 'socket',
          directory: database.socketTarget.host,
          port: database.socketTarget.port,
          user: database.target.user,
        },
      ],
    }),
  })

  test('have a connection with the id of the project, which is not edited here', async () => {
    const { handlers } = createTestConnections(source('up'))
    expect(await handlers.list({}, context)).toMatchObject([
      { id: project.id, kind: 'project', name: 'Film shop', environment: 'production', hasPassword: true },
    ])
    await expect(handlers.remove({ connectionId }, context)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(
      handlers.save({ ...fieldsOf(database.target), id: connectionId }, context),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('are reached by the next way where the first is closed', async () => {
    const connections = createTestConnections(source('proxy down'))
    expect((await connections.handlers.test({ connectionId }, context)).isSuperuser).toBe(true)
    expect((await connections.handlers.list({}, context))[0]).toMatchObject({ host: '127.0.0.1', port: 1 })
  })

  test('say that the service is away when there are no credentials', async () => {
    const connections = createTestConnections({
      projects: () => [project],
      credentials: () => Promise.reject(new AppError('SERVICE_UNREACHABLE', 'The service does not answer.')),
    })
    await expect(connections.handlers.test({ connectionId }, context)).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
    })
    expect((await connections.handlers.list({}, context))[0]?.reachability).toBe('unreachable')
  })
})
