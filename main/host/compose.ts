// The composition root of the desktop host: opens the data folder, makes every capability and wires them. It does not know whether it runs in
// Electron's utility process or alone.
import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { SandboxProcess } from '#api-client/node/sandbox/start-process.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { hostContract, type HostContract } from '#contract/contract.ts'
import { AppError } from '#contract/errors.ts'
import type { Handlers } from '#contract/rpc/definition.ts'
import type { Transport } from '#contract/rpc/frames.ts'
import { serve } from '#contract/rpc/server.ts'
import manifest from '../../package.json' with { type: 'json' }
import { createAccessCapability } from '../access/index.ts'
import { chosenServiceUrl, createAccountCapability } from '../account/index.ts'
import { createApiKeysCapability } from '../api-keys/index.ts'
import { createApiCapability } from '../api/index.ts'
import { createBillingCapability } from '../billing/index.ts'
import {
  createCatalogStore,
  createCloudStore,
  createConnectionStore,
  createDesignStore,
  createHistoryStore,
  createMigrationSourceStore,
  createResultSnapshotStore,
  createSavedQueryStore,
  createSchemaStore,
  createServiceAnswerStore,
  createSessionStore,
  createSettingsStore,
  createSyncStore,
  createWorkspaceStore,
  lockDataDirectory,
  openCache,
  type Cache,
  type ChangeLog,
} from '../cache/index.ts'
import { createCatalogCapability } from '../catalog/index.ts'
import { createAnswerKeeper, createCloud, type LinkTiming } from '../cloud/index.ts'
import { createConnectionsCapability, type OfferOnce } from '../connections/index.ts'
import {
  createConnectivityCapability,
  createReplication,
  type ReplicationTiming,
} from '../connectivity/index.ts'
import { createDesignsCapability } from '../designs/index.ts'
import { createHistoryCapability } from '../history/index.ts'
import { createMigrationsCapability, createProjectNotes } from '../migrations/index.ts'
import { createOrganisationsCapability } from '../organisations/index.ts'
import { createProjectCredentials, createProjectsCapability } from '../projects/index.ts'
import { createQueryCapability } from '../query/index.ts'
import { createSavedQueriesCapability } from '../saved-queries/index.ts'
import { createSchemaCapability } from '../schema/index.ts'
import type { SecretStore } from '../secrets/index.ts'
import { createSettingsCapability } from '../settings/index.ts'
import { noteLocalChange } from '../sync/index.ts'
import { createUsageCapability } from '../usage/index.ts'
import { createWorkspaceCapability } from '../workspace/index.ts'
import type { Clipboard } from './clipboard.ts'
import { composeApiClient } from './compose-api-client.ts'
import type { HostConfig } from './config.ts'
import { createHostLog, type Observe } from './host-log.ts'

export interface HostServices {
  readonly kind: 'desktop' | 'headless'
  readonly secretStore: SecretStore
  readonly clipboard: Clipboard
  /** Where a secret is shown when there is no clipboard; without it, copying one fails with words. */
  readonly offerOnce?: OfferOnce
  /** Opens an address in the person's browser; without it the page shows the address. */
  readonly openBrowser?: (url: string) => Promise<void> | void
  /** Starts a process for scripts; without it the host forks one. */
  readonly startSandbox?: () => SandboxProcess
  /** Checks what handlers answer too: development and tests. */
  readonly validateOutputs?: boolean
  readonly linkTiming?: Partial<LinkTiming>
  readonly replicationTiming?: Partial<ReplicationTiming>
  readonly now?: () => Date
}

export interface Host {
  readonly handlers: Handlers<HostContract>
  readonly observe: Observe
  /** Serves one page until its transport closes. */
  attach(transport: Transport): void
  /** Ends runs, sessions and the link, and lets go of the data folder. */
  close(): Promise<void>
}

/**
 * Makes the host over its data folder. Throws LOCAL_DATA_UNUSABLE when the folder is in use, damaged or not this user's.
 * It works the same whether the service answers or not.
 */
export function composeHost(config: HostConfig, services: HostServices): Host {
  const now = services.now ?? (() => new Date())
  const lock = lockDataDirectory(config.dataDirectory)
  let cache: Cache
  try {
    cache = openCache(join(config.dataDirectory, 'cache.db'))
  } catch (error) {
    lock.release()
    throw error
  }
  const observe = createHostLog(join(config.dataDirectory, 'logs'), config.logLevel, now)
  const { handlers, close } = composeCapabilities({ config, services, cache, observe, now })
  observe({ type: 'host-started', kind: services.kind, version: manifest.version })

  const transports = new Set<Transport>()
  return {
    handlers,
    observe,
    attach(transport) {
      transports.add(transport)
      transport.onClose(() => transports.delete(transport))
      serve(hostContract, handlers, transport, {
        kind: services.kind,
        newBugId: randomUUID,
        onBug: (bug) => observe({ type: 'bug', ...bug }),
        validateOutputs: services.validateOutputs ?? false,
      })
    },
    async close() {
      for (const transport of transports) transport.close('NebulaDB was closed.')
      await close()
      cache.close()
      observe({ type: 'host-stopped' })
      lock.release()
    },
  }
}

interface Parts {
  readonly config: HostConfig
  readonly services: HostServices
  readonly cache: Cache
  readonly observe: Observe
  readonly now: () => Date
}

function composeCapabilities({ config, services, cache, observe, now }: Parts): {
  readonly handlers: Handlers<HostContract>
  readonly close: () => Promise<void>
} {
  const { secretStore } = services
  const clock = { now }
  const newId = randomUUID
  const onProblem = (problem: { readonly during: string; readonly error: unknown }): void =>
    observe({ type: 'problem', ...problem })

  const settingsStore = createSettingsStore(cache)
  const cloudStore = createCloudStore(cache)
  const syncStore = createSyncStore(cache)
  const changes: ChangeLog = {
    append(change) {
      noteLocalChange(syncStore.operations, change, newId)
      // The change is not committed yet: whoever is told reads it after.
      setImmediate(() => replication.noteLocalChange())
    },
    pendingIds: (kind) => syncStore.pendingIds(kind),
  }

  const cloud = createCloud({
    serviceUrl: chosenServiceUrl(settingsStore) ?? config.serviceUrl,
    sessionStore: createSessionStore(cache, syncStore),
    secretStore,
    onProblem,
    now,
    ...(services.linkTiming === undefined ? {} : { timing: services.linkTiming }),
  })
  let status = cloud.link.state().status
  cloud.link.events.on('changed', (state) => {
    if (state.status === status) return
    status = state.status
    if (status === 'online') {
      observe({ type: 'service-online' })
      projectNotes.flush()
    }
    if (status === 'offline') observe({ type: 'service-offline', problem: state.problem })
  })

  const savedQueries = createSavedQueriesCapability({
    store: createSavedQueryStore(cache, changes),
    clock,
    newId,
  })
  const replication = createReplication({
    cloud,
    store: syncStore,
    cloudStore,
    now,
    newId,
    onProblem,
    onRecords: (kinds) => {
      if (kinds.has('savedQuery')) savedQueries.notifyChanged()
      if (kinds.has('connection') || kinds.has('project')) connections.service.notifyChanged()
    },
    onSynced: ({ pushed, pulled, conflicts }) =>
      observe({ type: 'synced', pushed, pulled, conflicts: conflicts.length }),
    ...(services.replicationTiming === undefined ? {} : { timing: services.replicationTiming }),
  })

  const credentials = createProjectCredentials({ cloud, store: cloudStore, secretStore, now })
  const connections = createConnectionsCapability({
    store: createConnectionStore(cache, changes),
    secretStore,
    projects: credentials,
    clipboard: services.clipboard,
    offerOnce: services.offerOnce ?? noPlaceToShow,
    clock,
    defaultUser: userName(),
    newId,
  })
  const history = createHistoryCapability(createHistoryStore(cache))
  const catalog = createCatalogCapability({
    connections: connections.service,
    store: createCatalogStore(cache),
    clock,
    onBackgroundError: (error) => onProblem({ during: 'reading a schema', error }),
  })
  const schema = createSchemaCapability({
    connections: connections.service,
    store: createSchemaStore(cache),
    clock,
    mayLook: (connectionId) => (cloudStore.project(connectionId)?.status ?? 'awake') === 'awake',
    onBackgroundError: (error) => onProblem({ during: 'reading a schema', error }),
    newId,
    migrationFiles: (connectionId) => migrations.files(connectionId),
  })
  const noteSchemaChange = (connectionId: ConnectionId): void => {
    catalog.service.noteSchemaChange(connectionId)
    schema.reader.noteChange(connectionId)
  }
  const query = createQueryCapability({
    connections: connections.service,
    snapshotStore: createResultSnapshotStore(cache),
    addHistory: history.service.append,
    onSchemaChange: noteSchemaChange,
    resultsDirectory: join(config.dataDirectory, 'results'),
    clock,
    newId,
  })

  const migrationSources = createMigrationSourceStore(cache)
  const projectNotes = createProjectNotes({
    store: migrationSources,
    isProject: (connectionId) => cloudStore.project(connectionId) !== undefined,
    lookAt: (projectId) => cloud.call((service) => service.projectMigrations.list({ projectId })),
    onProblem: (error) => onProblem({ during: 'telling the service of migrations', error }),
  })
  const migrations = createMigrationsCapability({
    connections: connections.service,
    store: migrationSources,
    onHistoryChange: projectNotes.note,
    defaultFolder: join(config.dataDirectory, 'migrations'),
    person: () => cloud.session.state().account?.email ?? userName(),
    onSchemaChange: noteSchemaChange,
    clock,
    random: Math.random,
  })

  const apiClient = composeApiClient({
    config,
    cache,
    cloud,
    secretStore,
    now,
    newId,
    version: manifest.version,
    openBrowser: services.openBrowser ?? noBrowser,
    replicationTiming: services.replicationTiming,
    ...(services.startSandbox === undefined ? {} : { startSandbox: services.startSandbox }),
    onProblem,
  })

  const answers = createAnswerKeeper({ cloud, store: createServiceAnswerStore(cache), now })

  return {
    handlers: {
      ...apiClient.handlers,
      access: createAccessCapability({ cloud }),
      account: createAccountCapability({ cloud, settings: settingsStore }),
      api: createApiCapability({ cloud }),
      apiKeys: createApiKeysCapability({ cloud }),
      billing: createBillingCapability({ cloud, answers }),
      catalog: catalog.handlers,
      connections: connections.handlers,
      connectivity: createConnectivityCapability({ cloud, replication }),
      designs: createDesignsCapability({
        store: createDesignStore(cache),
        connections: connections.service,
        clock,
        newId,
      }),
      history: history.handlers,
      migrations: migrations.handlers,
      organisations: createOrganisationsCapability({ cloud, store: cloudStore, now }),
      projects: createProjectsCapability({ cloud, store: cloudStore, credentials, now }),
      query: query.handlers,
      savedQueries: savedQueries.handlers,
      schema: schema.handlers,
      settings: createSettingsCapability({
        store: settingsStore,
        about: {
          version: manifest.version,
          hostKind: services.kind,
          platform: platformName(),
          dataDirectory: config.dataDirectory,
          secretStore: secretStore.describe(),
        },
      }),
      usage: createUsageCapability({ cloud, answers }),
      workspace: createWorkspaceCapability(createWorkspaceStore(cache)),
    },
    async close() {
      await replication.close()
      await apiClient.close()
      cloud.close()
      await query.close()
      await catalog.service.close()
      migrations.close()
      await schema.close()
    },
  }
}

/** The page has the address and shows it. */
function noBrowser(): void {}

function noPlaceToShow(): never {
  throw new AppError('CONFLICT', 'This machine has no clipboard to copy to.', {
    hint: 'Install wl-clipboard, xclip or xsel.',
  })
}

function platformName(): 'mac' | 'windows' | 'linux' {
  if (process.platform === 'darwin') return 'mac'
  return process.platform === 'win32' ? 'windows' : 'linux'
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A uid without an entry in the system's list of users (containers).
    return hostname()
  }
}
