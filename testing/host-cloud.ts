// The host's side of the cloud for tests: a cache in a folder of its own, sealed tokens, a link with short pauses to a given service.
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { AccountState, type account } from '#contract/capabilities/account.ts'
import type { CapabilityHandlers, CallContext } from '#contract/rpc/definition.ts'
import { createAccountCapability } from '../main/account/index.ts'
import {
  createCloudStore,
  createSessionStore,
  createSettingsStore,
  createSyncStore,
  openCache,
  type Cache,
  type CachedSyncStore,
  type CloudStore,
  type SettingsStore,
} from '../main/cache/index.ts'
import { createCloud, type Cloud } from '../main/cloud/index.ts'
import { openKeyFile, type SecretStore } from '../main/secrets/index.ts'
import { MARA } from './cloud-double.ts'
import { tempDirectory } from './temp-directory.ts'

export interface TestCloud {
  readonly directory: string
  readonly cache: Cache
  readonly cloud: Cloud
  readonly cloudStore: CloudStore
  readonly syncStore: CachedSyncStore
  readonly settings: SettingsStore
  readonly secretStore: SecretStore
  readonly account: CapabilityHandlers<typeof account>
  readonly problems: string[]
  logIn(): Promise<AccountState>
}

/** What handlers are given when nobody cancels. */
export const CONTEXT: CallContext = { signal: new AbortController().signal, metadata: {} }

/** Opens the cloud of a host; the same folder again is a restart. Closed when the test ends. */
export function openTestCloud(serviceUrl: string, directory: string = tempDirectory()): TestCloud {
  const cache = openCache(join(directory, 'cache.db'))
  const syncStore = createSyncStore(cache)
  const secretStore = openKeyFile(join(directory, 'secret.key'))
  const settings = createSettingsStore(cache)
  const problems: string[] = []
  const cloud = createCloud({
    serviceUrl,
    sessionStore: createSessionStore(cache, syncStore),
    secretStore,
    onProblem: ({ during, error }) => problems.push(`${during}: ${String(error)}`),
    timing: { firstPauseMs: 10, longestPauseMs: 50 },
  })
  onTestFinished(() => {
    cloud.close()
    cache.close()
  })
  const account = createAccountCapability({ cloud, settings })
  return {
    directory,
    cache,
    cloud,
    cloudStore: createCloudStore(cache),
    syncStore,
    settings,
    secretStore,
    account,
    problems,
    logIn: async () => AccountState.parse(await account.logIn(MARA, CONTEXT)),
  }
}
