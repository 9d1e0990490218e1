import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { auth } from '#contract/capabilities/auth.ts'
import { encodeFrame } from '#contract/rpc/codec.ts'
import { capability } from '#contract/rpc/definition.ts'
import { startServiceDouble, type ServiceDouble, type ServiceDoubleOptions } from '#testing/service-double.ts'
import { createServiceLink, LINK_TIMING, type LinkState, type LinkTiming } from './service-link.ts'

const contract = {
  auth: capability('auth', { requestPasswordReset: auth.members.requestPasswordReset }),
}
const FAST: Partial<LinkTiming> = { firstPauseMs: 10, longestPauseMs: 40 }
const doubles: ServiceDouble[] = []
afterEach(async () => {
  for (const double of doubles.splice(0)) await double.close().catch(() => undefined)
})

async function startService(options: ServiceDoubleOptions = {}): Promise<ServiceDouble> {
  const double = await startServiceDouble(
    contract,
    { auth: { requestPasswordReset: async () => undefined } },
    options,
  )
  doubles.push(double)
  return double
}

function makeLink(url: string, timing: Partial<LinkTiming> = FAST) {
  const link = createServiceLink({ url, metadata: async () => ({}), timing })
  const states: LinkState[] = []
  link.events.on('changed', (state) => states.push(state))
  onTestFinished(() => link.letGo())
  const status = (wanted: LinkState['status']) =>
    vi.waitFor(() => expect(link.state().status).toBe(wanted), { timeout: 5000, interval: 5 })
  return { link, states, status }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

describe('the link to the service', () => {
  test('opens when somebody needs it, once for all', async () => {
    const service = await startService()
    const { link, states } = makeLink(service.url)
    expect(link.state().status).toBe('idle')
    const clients = await Promise.all([link.client(), link.client(), link.client()])
    await clients[0]!.auth.requestPasswordReset({ email: 'mara@example.com' })
    expect(service.connections()).toBe(1)
    expect(states.map(({ status }) => status)).toEqual(['connecting', 'online'])
  })

  test('says why when nothing listens, and fails at once while it is known to be away', async () => {
    const service = await startService()
    await service.close()
    const { link } = makeLink(service.url)
    await expect(link.client()).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: 'The NebulaDB service cannot be reached. Nothing listens at its address.',
    })
    expect(link.state()).toMatchObject({ status: 'offline', problem: 'Nothing listens at its address.' })
    expect(link.state().offlineSince).toBeInstanceOf(Date)
    await expect(link.client()).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
  })

  test('tries at once when somebody asks for now', async () => {
    const service = await startService()
    await service.close()
    const { link } = makeLink(service.url, { firstPauseMs: 60_000, longestPauseMs: 60_000 })
    link.keepOpen()
    await vi.waitFor(() => expect(link.state().status).toBe('offline'))
    await startService({ port: service.port })
    await link.client({ now: true })
    expect(link.state()).toMatchObject({ status: 'online', offlineSince: null, problem: null })
  })

  test('a crash of the service is seen at once, and the link comes back with it', async () => {
    const service = await startService()
    const { link, states, status } = makeLink(service.url)
    link.keepOpen()
    await status('online')
    await service.crash()
    await status('offline')
    const since = link.state().offlineSince
    await startService({ port: service.port })
    await status('online')
    const offline = states.filter((state) => state.status === 'offline')
    expect(offline.every((state) => state.offlineSince === since)).toBe(true)
    // While it tried, nobody was told of "connecting": the indicator does not flicker.
    expect(states.slice(2).some((state) => state.status === 'connecting')).toBe(false)
  })

  test('does not come back when it was let go', async () => {
    const service = await startService()
    const { link, status } = makeLink(service.url)
    link.keepOpen()
    await status('online')
    link.letGo()
    expect(link.state()).toMatchObject({ status: 'idle', problem: null })
    await service.crash()
    expect(link.state().status).toBe('idle')
  })

  test('a service that falls silent is offline within two seconds', async () => {
    expect(LINK_TIMING.pingEveryMs + LINK_TIMING.pongWithinMs).toBeLessThan(2_000)
    const service = await startService({ isSilent: true })
    const { link, status } = makeLink(service.url, {
      pingEveryMs: 30,
      pongWithinMs: 30,
      firstPauseMs: 60_000,
      longestPauseMs: 60_000,
    })
    link.keepOpen()
    await status('online')
    await status('offline')
    expect(link.state().problem).toBe('The service stopped answering.')
  })

  test('measures the round trip', async () => {
    const service = await startService()
    const { link } = makeLink(service.url, { pingEveryMs: 10 })
    await link.client()
    await vi.waitFor(() => expect(link.state().latencyMs).toBeGreaterThan(0))
  })

  test('a call under way fails when the service goes', async () => {
    const never = Promise.withResolvers<undefined>()
    const service = await startServiceDouble(contract, {
      auth: { requestPasswordReset: () => never.promise },
    })
    doubles.push(service)
    const { link } = makeLink(service.url)
    const call = (await link.client()).auth.requestPasswordReset({ email: 'mara@example.com' })
    const failed = expect(call).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
    await service.crash()
    await failed
  })

  test('tells a stranger at the address from a service', async () => {
    const url = await listen(createServer((_, response) => response.writeHead(404).end()))
    const { link } = makeLink(url)
    await expect(link.client()).rejects.toThrow(/HTTP 404.*not a NebulaDB service/)
  })

  test('gives up on one that takes the connection and says nothing', async () => {
    const server = createServer()
    new WebSocketServer({ server })
    const url = await listen(server)
    const { link } = makeLink(url, { connectWithinMs: 50 })
    await expect(link.client()).rejects.toThrow('does not answer')
  })

  test('says that one side must be updated when the versions differ', async () => {
    const server = createServer()
    new WebSocketServer({ server }).on('connection', (socket) =>
      socket.send(
        encodeFrame({ head: { type: 'hello', version: 999, kind: 'service', capabilities: [] }, bodies: [] }),
      ),
    )
    const { link } = makeLink(await listen(server))
    await expect(link.client()).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' })
    await vi.waitFor(() => expect(link.state().problem).toMatch(/Update the older/))
  })

  test('follows another address and leaves the old one', async () => {
    const [first, second] = [await startService(), await startService()]
    const { link, status } = makeLink(first.url)
    link.keepOpen()
    await status('online')
    link.setUrl(second.url)
    await vi.waitFor(() => expect(second.connections()).toBe(1))
    await status('online')
    await first.crash()
    expect(link.state().status).toBe('online')
    expect(link.url()).toBe(second.url)
  })
})
