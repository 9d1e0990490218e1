// Rules of connections: which there are, how each is reached, and where their secrets may go. Secrets leave this folder only inside a SessionTarget
// for this process, or to the clipboard.
import { EventEmitter } from 'node:events'
import type { z } from 'zod'
import type { SaveConnection } from '#contract/capabilities/connections.ts'
import { type Connection, type ConnectionTest, type CopyFormat } from '#contract/capabilities/connections.ts'
import { ConnectionId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import type { ConnectionRecord } from '#contract/capabilities/sync.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import { openSession, type Session, type SessionTarget } from '#postgres/node/session.ts'
import type { ConnectionStore, StoredConnection } from '../cache/index.ts'
import type { SecretStore } from '../secrets/index.ts'
import { parseConnectionUri, type ConnectionAddress } from './parse-uri.ts'
import { createPastedPasswords } from './pasted-passwords.ts'
import { PASSWORD_MASK, renderSnippet } from './snippet.ts'
import { testSession } from './test-session.ts'
import type {
  ConnectionsService,
  OfferOnce,
  OpenOptions,
  ProjectCredentials,
  TextClipboard,
} from './types.ts'

export interface ConnectionsDependencies {
  readonly store: ConnectionStore
  readonly secretStore: SecretStore
  readonly projects: ProjectCredentials
  readonly clipboard: TextClipboard
  readonly offerOnce: OfferOnce
  readonly clock: { now(): Date }
  /** Who a URI without a user means: the person's name on this machine, as libpq takes it. */
  readonly defaultUser: string
  readonly newId: () => string
}

type SaveInput = z.output<typeof SaveConnection>

/** The rules of the capability, beside what other capabilities use. */
export interface ConnectionsRules extends ConnectionsService {
  list(): Promise<Connection[]>
  save(input: SaveInput): Promise<Connection>
  remove(connectionId: ConnectionId): void
  test(input: SaveInput | { readonly connectionId: ConnectionId }): Promise<ConnectionTest>
  parseUri(uri: string): { fields: ConnectionAddress; hasPassword: boolean }
  preview(connectionId: ConnectionId, format: CopyFormat): Promise<string>
  /** Null when it is on the clipboard, else the path of the page that shows it once. */
  copy(connectionId: ConnectionId, format: CopyFormat): Promise<string | null>
}

/** What a reading of a schema or of a history keeps in memory, at most. The rows of a person's queries are read by cursor. */
const MAX_RESULT_BYTES = 512 * 1024 * 1024
const TEST_TIMEOUT_MS = 10_000

/** The service over its store and sources. */
export function createConnectionsService(dependencies: ConnectionsDependencies): ConnectionsRules {
  const { store, secretStore, projects, clipboard, offerOnce, clock } = dependencies
  const pasted = createPastedPasswords(() => clock.now().getTime())
  const emitter = new EventEmitter<{ changed: [] }>()
  emitter.setMaxListeners(0)
  /** Where projects were last seen, for the list; credentials are not opened to draw it. */
  const addresses = new Map<string, ConnectionAddress>()

  const findProject = (id: string): Project | undefined =>
    projects.projects().find((project) => project.id === id)

  const customConnection = (stored: StoredConnection): Connection => {
    const use = store.uses().get(stored.record.id)
    return {
      ...stored.record,
      kind: 'custom',
      hasPassword: stored.sealedPassword !== null,
      reachability: use?.reachability ?? 'unknown',
      lastUsedAt: use?.lastUsedAt ?? null,
    }
  }

  const projectConnection = (project: Project): Connection => {
    const use = store.uses().get(project.id)
    const address = addresses.get(project.id)
    return {
      id: ConnectionId.parse(project.id),
      name: project.name,
      host: address?.host ?? '',
      port: address?.port ?? 5432,
      database: address?.database ?? 'main',
      user: address?.user ?? `owner.${project.ref}`,
      sslMode: 'prefer',
      environment: project.environment,
      isReadOnly: false,
      updatedAt: project.updatedAt,
      kind: 'project',
      hasPassword: true,
      reachability: use?.reachability ?? 'unknown',
      lastUsedAt: use?.lastUsedAt ?? null,
    }
  }

  const find = (connectionId: ConnectionId): Connection => {
    const stored = store.get(connectionId)
    if (stored !== undefined) return customConnection(stored)
    const project = findProject(connectionId)
    if (project === undefined) throw notFound()
    return projectConnection(project)
  }

  const openPassword = async (stored: StoredConnection | undefined): Promise<string | undefined> =>
    stored === undefined || stored.sealedPassword === null
      ? undefined
      : await secretStore.open(stored.sealedPassword)

  const resolveTarget = async (connectionId: ConnectionId): Promise<SessionTarget[]> => {
    const stored = store.get(connectionId)
    if (stored !== undefined) return [toTarget(stored.record, await openPassword(stored))]
    const project = findProject(connectionId)
    if (project === undefined) throw notFound()
    const found = await projects.credentials(ProjectId.parse(connectionId))
    const targets = found.endpoints.map((endpoint): SessionTarget => ({
      host: endpoint.kind === 'tcp' ? endpoint.host : endpoint.directory,
      port: endpoint.port,
      user: endpoint.user,
      database: found.database,
      password: found.password,
      sslMode: 'prefer',
    }))
    const shown = found.endpoints.find((endpoint) => endpoint.kind === 'tcp')
    if (shown !== undefined)
      addresses.set(connectionId, {
        host: shown.host,
        port: shown.port,
        user: shown.user,
        database: found.database,
        sslMode: 'prefer',
      })
    return targets
  }

  const recordUse = (connectionId: ConnectionId, reachability: 'reachable' | 'unreachable'): void => {
    const before = store.uses().get(connectionId)?.reachability
    store.recordUse(connectionId, reachability, clock.now().toISOString())
    if (before !== reachability) emitter.emit('changed')
  }

  const open = async (connectionId: ConnectionId, options: OpenOptions): Promise<Session> => {
    const { isReadOnly } = find(connectionId)
    let firstError: unknown
    try {
      for (const target of await resolveTarget(connectionId)) {
        try {
          const session = await openSession(
            {
              ...target,
              database: options.database ?? target.database,
              applicationName: `NebulaDB ${options.purpose}`,
              connectTimeoutMs: options.connectTimeoutMs,
            },
            {
              signal: options.signal,
              settings: isReadOnly ? { default_transaction_read_only: 'on' } : undefined,
              maxResultBytes: MAX_RESULT_BYTES,
            },
          )
          recordUse(connectionId, 'reachable')
          return session
        } catch (error) {
          if (!isAppError(error, 'CONNECTION_FAILED')) throw error
          firstError ??= error
        }
      }
    } catch (error) {
      if (isUnreachable(error)) recordUse(connectionId, 'unreachable')
      throw error
    }
    recordUse(connectionId, 'unreachable')
    throw firstError
  }

  const snippet = async (
    connectionId: ConnectionId,
    format: CopyFormat,
    isMasked: boolean,
  ): Promise<string> => {
    const targets = await resolveTarget(connectionId)
    // A socket is quick for this host, but a program elsewhere wants the address.
    const target = targets.find(({ host }) => !host.startsWith('/')) ?? targets[0]
    if (target === undefined) throw notFound()
    const address = { ...target, sslMode: target.sslMode ?? 'prefer' }
    const password =
      target.password === undefined || target.password === ''
        ? undefined
        : isMasked
          ? PASSWORD_MASK
          : target.password
    return renderSnippet(format, address, password)
  }

  return {
    async list() {
      const custom = store.list().map(customConnection)
      return [...custom, ...projects.projects().map(projectConnection)]
    },
    get: async (connectionId) => find(connectionId),
    resolveTarget,
    open,
    async save(input) {
      const { id, password, ...fields } = input
      if (id !== undefined && store.get(id) === undefined)
        throw findProject(id) === undefined ? notFound() : notEditable()
      const record: ConnectionRecord = {
        ...withDefaults(fields),
        id: id ?? ConnectionId.parse(dependencies.newId()),
        updatedAt: clock.now().toISOString(),
      }
      const plain = password ?? pasted.find(record)
      const sealed = plain === undefined ? undefined : plain === '' ? null : await secretStore.seal(plain)
      store.save(record, sealed)
      pasted.forget(record)
      emitter.emit('changed')
      const stored = store.get(record.id)
      if (stored === undefined) throw notFound()
      return customConnection(stored)
    },
    remove(connectionId) {
      if (store.get(connectionId) === undefined)
        throw findProject(connectionId) === undefined ? notFound() : notEditable()
      store.remove(connectionId)
      emitter.emit('changed')
    },
    async test(input) {
      if ('connectionId' in input) {
        const options = { purpose: 'test', connectTimeoutMs: TEST_TIMEOUT_MS }
        return await testSession(await open(input.connectionId, options))
      }
      const address = withDefaults(input)
      const stored = input.id === undefined ? undefined : store.get(input.id)
      const password = input.password ?? pasted.find(address) ?? (await openPassword(stored))
      return await testSession(
        await openSession({
          ...toTarget(address, password),
          applicationName: 'NebulaDB test',
          connectTimeoutMs: TEST_TIMEOUT_MS,
        }),
      )
    },
    parseUri(uri) {
      const { address, password } = parseConnectionUri(uri, dependencies.defaultUser)
      if (password === undefined) pasted.forget(address)
      else pasted.keep(address, password)
      return { fields: address, hasPassword: password !== undefined }
    },
    preview: async (connectionId, format) => await snippet(connectionId, format, true),
    async copy(connectionId, format) {
      const text = await snippet(connectionId, format, false)
      return (await clipboard.write(text)) ? null : offerOnce(text)
    },
    notifyChanged: () => void emitter.emit('changed'),
    onChanged(listener) {
      emitter.on('changed', listener)
      return () => void emitter.off('changed', listener)
    },
  }
}

/** Whether an error says that the database is out of reach, as opposed to reached and refusing. */
export function isUnreachable(error: unknown): boolean {
  if (!isAppError(error)) return false
  if (error.code === 'SERVICE_UNREACHABLE' || error.code === 'PROJECT_NOT_READY') return true
  if (error.code !== 'CONNECTION_FAILED') return false
  const sqlstate = error.details?.['sqlstate']
  // 57P03: starting up or shutting down. 08…: a proxy that cannot reach what is behind it.
  return sqlstate === undefined || sqlstate === '57P03' || String(sqlstate).startsWith('08')
}

function toTarget(address: ConnectionAddress, password: string | undefined): SessionTarget {
  const { host, port, database, user, sslMode } = address
  return { host, port, database, user, sslMode, password }
}

/** An empty database means the one named like the user, as everywhere in Postgres. */
function withDefaults<T extends ConnectionAddress>(fields: T): T {
  const issues = [
    ...(fields.host.trim() === '' ? [{ path: 'host', message: 'Enter the host.' }] : []),
    ...(fields.user === '' ? [{ path: 'user', message: 'Enter the user.' }] : []),
  ]
  const [first] = issues
  if (first !== undefined) throw new AppError('INVALID_INPUT', first.message, { details: { issues } })
  return {
    ...fields,
    host: fields.host.trim(),
    database: fields.database === '' ? fields.user : fields.database,
  }
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such connection on this machine.')
}

function notEditable(): AppError {
  return new AppError(
    'CONFLICT',
    'The connection of a project is made by the service and cannot be edited here.',
    {
      hint: 'Rename or delete the project instead.',
    },
  )
}
