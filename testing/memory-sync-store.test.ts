import { describe } from 'vitest'
import { describeSyncStore } from './conformance/sync-store.ts'
import { createMemorySyncStore } from './memory-sync-store.ts'

describe('the store of sync in memory', () => describeSyncStore(createMemorySyncStore))
