// The door of mocks: mock servers of this machine, from a collection's examples or from rows of an API. They end with the host.
import { EventEmitter } from 'node:events'
import { requestsOf } from '#api-client/common/collection-tree.ts'
import {
  createMockServer,
  type MockHit,
  type MockServer,
  type MockServerSource,
} from '#api-client/node/mock/server.ts'
import type { Sender } from '#api-client/node/send/types.ts'
import type { Mock, mocks, MockSource } from '#contract/capabilities/mocks.ts'
import { AppError } from '#contract/errors.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { CollectionsService } from '../collections/index.ts'
import type { Describer } from '../explorer/index.ts'
import { sampleRows } from './sample-rows.ts'

const MOST_SERVERS = 20
/** Requests that a log has. */
const MOST_LOGGED = 500
/** Who listens is told of requests this often at most. */
const TELL_EVERY_MS = 200

export interface MocksDependencies {
  readonly collections: Pick<CollectionsService, 'name' | 'readTree'>
  readonly describer: Describer
  readonly sender: Sender
  readonly now: () => Date
  readonly random: () => number
  readonly newId: () => string
}

export interface MocksCapability {
  readonly handlers: CapabilityHandlers<typeof mocks>
  /** Stops all. */
  close(): Promise<void>
}

interface Running {
  readonly server: MockServer
  readonly about: Omit<Mock, 'answered'>
  answered: number
  /** The newest last. */
  readonly log: MockHit[]
}

interface Taken {
  readonly name: string
  readonly source: MockServerSource
  readonly contents: Mock['contents']
  readonly notes: readonly string[]
}

/** Makes the capability. */
export function createMocksCapability(dependencies: MocksDependencies): MocksCapability {
  const { collections, now, random, newId } = dependencies
  const emitter = new EventEmitter<{ changed: [] }>()
  emitter.setMaxListeners(0)
  const running = new Map<string, Running>()
  const starting = new Set<Promise<unknown>>()
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const tell = (): void => void emitter.emit('changed')
  const tellSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      tell()
    }, TELL_EVERY_MS)
  }

  async function take(source: MockSource, signal: AbortSignal): Promise<Taken> {
    if (source.type === 'rows') {
      const { name, tables, notes } = await sampleRows(dependencies, source, signal)
      const contents = tables.map((table) => ({ name: table.name, detail: rowsWord(table.rows.length) }))
      return { name, source: { type: 'rows', tables }, contents, notes }
    }
    const { tree } = await collections.readTree(source.collectionId)
    const contents = [...requestsOf(tree.items)].flatMap(({ request }) =>
      request.kind !== 'http'
        ? []
        : request.examples.map((example) => ({
            name: example.name,
            detail: `${request.method} ${request.name}`,
          })),
    )
    if (contents.length === 0)
      throw new AppError('INVALID_INPUT', 'No request of this collection has an example to answer with.', {
        hint: 'Send a request and save its response as an example.',
      })
    const { name } = tree.collection
    return { name, source: { type: 'examples', tree }, contents, notes: [] }
  }

  async function start(
    asked: { readonly source: MockSource; readonly port: number | null; readonly delayMs: number },
    signal: AbortSignal,
  ): Promise<Mock> {
    if (running.size + starting.size > MOST_SERVERS)
      throw new AppError('LIMIT_REACHED', `${MOST_SERVERS} mock servers are running already.`, {
        hint: 'Stop one that is not needed.',
      })
    const taken = await take(asked.source, signal)
    signal.throwIfAborted()
    const one: { current?: Running } = {}
    const server = await createMockServer({
      source: taken.source,
      port: asked.port,
      delayMs: asked.delayMs,
      now: () => now().getTime(),
      random,
      onRequest(hit) {
        if (one.current === undefined) return
        one.current.answered++
        one.current.log.push(hit)
        if (one.current.log.length > MOST_LOGGED) one.current.log.shift()
        tellSoon()
      },
    })
    if (signal.aborted) {
      await server.close()
      throw new AppError('CANCELLED', 'The mock server was not started.')
    }
    const about = {
      id: newId(),
      name: taken.name,
      url: server.url,
      source: withoutSecrets(asked.source),
      contents: taken.contents,
      notes: [...taken.notes],
      startedAt: now().toISOString(),
      delayMs: asked.delayMs,
    }
    one.current = { server, about, answered: 0, log: [] }
    running.set(about.id, one.current)
    tell()
    return { ...about, answered: 0 }
  }

  const found = (id: string): Running => {
    const one = running.get(id)
    if (one === undefined) throw new AppError('NOT_FOUND', 'This mock server is not running any more.')
    return one
  }
  return {
    handlers: {
      list: async () => [...running.values()].map(({ about, answered }) => ({ ...about, answered })),
      async start(asked, { signal }) {
        if (closing.signal.aborted) throw new AppError('CANCELLED', 'The app is being closed.')
        const begun = start(asked, AbortSignal.any([signal, closing.signal]))
        const settled = begun.catch(() => undefined)
        starting.add(settled)
        return begun.finally(() => starting.delete(settled))
      },
      async stop({ id }) {
        const one = running.get(id)
        running.delete(id)
        await one?.server.close()
        tell()
      },
      log: async ({ id }) => found(id).log.toReversed(),
      changed(emit) {
        const listener = (): void => emit({})
        emitter.on('changed', listener)
        return () => void emitter.off('changed', listener)
      },
    },
    async close() {
      closing.abort()
      clearTimeout(timer)
      await Promise.all(starting)
      await Promise.all([...running.values()].map(({ server }) => server.close()))
      running.clear()
    },
  }
}

/** The page knows who asked from what it typed; a list that any page may read does not repeat it. */
function withoutSecrets(source: MockSource): MockSource {
  if (source.type !== 'rows') return source
  const { source: api } = source
  return { ...source, auth: null, source: api.type === 'url' ? { ...api, token: '' } : api }
}

function rowsWord(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`
}
