// The API client's part of the host: collections, requests, runs, mocks and the explorer, wired to the parts of api-client/node.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createBodyStore } from '#api-client/node/bodies/store.ts'
import { createExecutor } from '#api-client/node/execute/executor.ts'
import { createSandbox } from '#api-client/node/sandbox/sandbox.ts'
import type { SandboxProcess } from '#api-client/node/sandbox/start-process.ts'
import { createCookieJar } from '#api-client/node/send/cookies.ts'
import { createNetworkGuard } from '#api-client/node/send/guard.ts'
import { createSender } from '#api-client/node/send/sender.ts'
import type { HostContract } from '#contract/contract.ts'
import type { Handlers } from '#contract/rpc/definition.ts'
import { randomBytes } from 'node:crypto'
import {
  createApiDescriptionStore,
  createCollectionStore,
  createDraftStore,
  createExchangeStore,
  createKnownSourceStore,
  createRunStore,
  createTeamStore,
  createVariableStore,
  type Cache,
} from '../cache/index.ts'
import type { Cloud } from '../cloud/index.ts'
import { createCollectionsCapability, createFolderOpener } from '../collections/index.ts'
import type { ReplicationTiming } from '../connectivity/index.ts'
import { createDescriber, createExplorerCapability } from '../explorer/index.ts'
import { createFilesCapability } from '../files/index.ts'
import { createInsightCapability } from '../insight/index.ts'
import { createMocksCapability } from '../mocks/index.ts'
import {
  createCookieJars,
  createProjectSessions,
  createRequestsCapability,
  createSealedTokens,
  openLate,
} from '../requests/index.ts'
import { createRunsCapability } from '../runs/index.ts'
import type { SecretStore } from '../secrets/index.ts'
import type { HostConfig } from './config.ts'

/** What responses may take of the disk. */
const BODY_LIMITS = { bytesPerBody: 2_000_000_000, bytesInAll: 10_000_000_000 }

export interface ApiClientParts {
  readonly config: HostConfig
  readonly cache: Cache
  readonly cloud: Cloud
  readonly secretStore: SecretStore
  readonly now: () => Date
  readonly newId: () => string
  readonly version: string
  readonly openBrowser: (url: string) => Promise<void> | void
  /** Starts a process for scripts; without it the host forks one. */
  readonly startSandbox?: () => SandboxProcess
  readonly onProblem: (problem: { readonly during: string; readonly error: unknown }) => void
  /** How often shared collections are synced. */
  readonly replicationTiming?: Partial<ReplicationTiming> | undefined
}

export interface ApiClient {
  readonly handlers: Pick<
    Handlers<HostContract>,
    'collections' | 'explorer' | 'files' | 'insight' | 'mocks' | 'requests' | 'runs'
  >
  close(): Promise<void>
}

/** Makes the capabilities over the data folder. Nothing is started before it is asked for. */
export function composeApiClient(parts: ApiClientParts): ApiClient {
  const { config, cache, cloud, secretStore, now, newId, onProblem } = parts
  const variables = createVariableStore(cache)
  const store = createCollectionStore(cache)
  const sources = createKnownSourceStore(cache)
  const opener = createFolderOpener({
    store,
    trashDirectory: join(config.dataDirectory, 'removed-requests'),
    now,
  })
  const collections = createCollectionsCapability({
    store,
    drafts: createDraftStore(cache),
    variables,
    secretStore,
    sources,
    opener,
    privateDirectory: join(config.dataDirectory, 'collections'),
    clock: { now },
    newId,
    team: { cloud, store: createTeamStore(cache), timing: parts.replicationTiming, onProblem },
  })
  const sessions = createProjectSessions({
    cloud,
    now,
    newLabel: () => randomBytes(9).toString('base64url'),
  })
  cloud.session.events.on('changed', sessions.forget)
  const sender = createSender({
    now: () => now().getTime(),
    randomBytes: (size) => randomBytes(size),
    // On a person's own machine: what they can reach, they may ask.
    guard: createNetworkGuard({ allowsPrivate: config.reachesPrivateNetworks }),
    tokens: createSealedTokens(variables, secretStore),
    systemProxy: () => config.systemProxy,
    openBrowser: parts.openBrowser,
    projectSession: sessions.open,
    userAgent: `NebulaDB/${parts.version}`,
  })
  const jars = createCookieJars({
    store: variables,
    secretStore,
    createJar: (text) => createCookieJar(text ?? ''),
    onProblem,
  })
  const exchanges = createExchangeStore(cache)
  const bodies = openLate(() =>
    createBodyStore({
      directory: join(config.dataDirectory, 'bodies'),
      limits: BODY_LIMITS,
      // A collection that was deleted, or a run that was killed, leaves bodies without an exchange.
      isKnown: exchanges.has,
    }),
  )
  const sandbox = createSandbox(parts.startSandbox === undefined ? {} : { start: parts.startSandbox })
  const executor = createExecutor({
    sender,
    bodies,
    sandbox,
    now: () => now().getTime(),
    random: Math.random,
  })
  const requests = createRequestsCapability({
    contexts: collections.service.contexts,
    exchanges,
    bodies,
    sender,
    executor,
    jars,
    now,
    random: Math.random,
  })
  const runs = createRunsCapability({
    store: createRunStore(cache),
    collections: collections.service,
    executor,
    bodies,
    jars,
    now,
    newId,
    onProblem,
  })
  const describer = createDescriber({ cloud, sender, store: createApiDescriptionStore(cache), now })
  const mocks = createMocksCapability({
    collections: collections.service,
    describer,
    sender,
    now,
    random: Math.random,
    newId,
  })
  return {
    handlers: {
      collections: collections.handlers,
      explorer: createExplorerCapability({
        describer,
        collections: collections.service,
        sources,
        now,
      }),
      files: createFilesCapability({ home: homedir() }),
      insight: createInsightCapability({ cloud }),
      mocks: mocks.handlers,
      requests: requests.handlers,
      runs: runs.handlers,
    },
    async close() {
      cloud.session.events.off('changed', sessions.forget)
      await mocks.close()
      await runs.close()
      await sandbox.close()
      await sender.close()
      await bodies.close()
      await collections.close()
    },
  }
}
