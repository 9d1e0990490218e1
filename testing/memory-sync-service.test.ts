import { describe } from 'vitest'
import { describeSyncService } from './conformance/sync-service.ts'
import { createMemorySyncService } from './memory-sync-service.ts'

describe('the service of sync in memory', () =>
  describeSyncService(async () => {
    const client = createMemorySyncService()
    return { client, forgetTombstones: async () => client.forgetTombstones() }
  }))
