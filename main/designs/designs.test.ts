// Designs of a connection that is no longer this person's: a project's, once its account has logged out on this machine.
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DesignId } from '#contract/capabilities/designs.ts'
import type { Connection } from '#contract/capabilities/connections.ts'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createDesignStore, openCache } from '../cache/index.ts'
import { createDesignsCapability } from './index.ts'

const context = { signal: new AbortController().signal, metadata: {} }
const connectionId = ConnectionId.parse(crypto.randomUUID())

function makeDesigns() {
  const cache = openCache(join(tempDirectory(), 'cache.sqlite'))
  onTestFinished(() => cache.close())
  const connection: Connection = {
    id: connectionId,
    name: 'shop',
    host: 'db.example.com',
    port: 5432,
    database: 'main',
    user: 'owner',
    sslMode: 'prefer',
    environment: 'development',
    isReadOnly: false,
    updatedAt: '2026-11-23T10:00:00.000Z',
    kind: 'project',
    hasPassword: false,
    reachability: 'unknown',
    lastUsedAt: null,
  }
  const account = { isLoggedIn: true }
  const handlers = createDesignsCapability({
    store: createDesignStore(cache),
    connections: {
      async get() {
        if (!account.isLoggedIn) throw new AppError('NOT_FOUND', 'There is no such connection.')
        return connection
      },
    },
    clock: { now: () => new Date('2026-11-23T10:00:00.000Z') },
    newId: () => crypto.randomUUID(),
  })
  return { account, handlers }
}
type Handlers = ReturnType<typeof makeDesigns>['handlers']

const CALLS: Readonly<Record<string, (handlers: Handlers, designId: DesignId) => Promise<unknown>>> = {
  list: ({ list }) => list({ connectionId }, context),
  open: ({ open }, designId) => open({ designId }, context),
  rename: ({ rename }, designId) => rename({ designId, name: 'Taken' }, context),
  journal: ({ journal }, designId) => journal({ designId, at: 0, steps: [], base: [] }, context),
  moveHead: ({ moveHead }, designId) => moveHead({ designId, head: 0 }, context),
  rebase: ({ rebase }, designId) => rebase({ designId, base: [], steps: [] }, context),
  readReview: ({ readReview }, designId) => readReview({ designId }, context),
  saveReview: ({ saveReview }, designId) => saveReview({ designId, review: null }, context),
  async saveDiagram({ open, saveDiagram }, designId) {
    const { diagram } = await open({ designId }, context)
    return saveDiagram({ designId, diagram }, context)
  },
  remove: ({ remove }, designId) => remove({ designId }, context),
}

test.each(Object.entries(CALLS))(
  '%s is answered while its connection is there, and only then',
  async (_, call) => {
    const { account, handlers } = makeDesigns()
    const design = await handlers.create({ connectionId, name: 'Draft' }, context)
    const designId = DesignId.parse(design.designId)
    account.isLoggedIn = false
    await expect(call(handlers, designId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    account.isLoggedIn = true
    expect(await handlers.list({ connectionId }, context)).toMatchObject([{ name: 'Draft' }])
    expect(await call(handlers, designId)).toBeDefined()
  },
)
