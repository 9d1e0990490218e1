// A host that serves people who are elsewhere: whatever a page asks of it, nothing reaches its own machine or a private network.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newGraphqlRequest, newWebSocketRequest } from '#api-client/common/new-request.ts'
import { Auth } from '#contract/requests/auth.ts'
import { CollectionRunId } from '#contract/capabilities/runs.ts'
import { RunOptions } from '#contract/requests/run.ts'
import { get, startApiClientHost } from '#testing/api-client-host.ts'
import { startEchoServer } from '#testing/echo-server.ts'

const nowhere = { collectionId: null, path: null, environment: null }

async function start() {
  const [host, server] = await Promise.all([
    startApiClientHost({ reachesPrivateNetworks: false }),
    startEchoServer(),
  ])
  return { host, server, port: new URL(server.url).port }
}

/** Whatever ends a stream: its last item, or why it failed. */
async function outcomeOf(stream: AsyncIterable<unknown>): Promise<string> {
  let last: unknown = null
  try {
    for await (const item of stream) last = item
  } catch (error) {
    return String(error)
  }
  return JSON.stringify(last)
}

describe('a host that may not reach private networks', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0.0.0.0'])(
    'sends nothing to %s',
    async (name) => {
      const { host, server, port } = await start()
      const { failure } = await host.send(get(`http://${name}:${port}/`))
      expect(failure?.code).toBe('BLOCKED')
      expect(server.received).toEqual([])
    },
  )

  test('nor by a script, a WebSocket, GraphQL, a token server, the explorer or a run', async () => {
    const { host, server } = await start()
    const { collections, explorer, requests, runs } = host.client
    const { url } = server
    const refusal = 'may not be reached from here'

    const tests = `await pm.sendRequest('${url}/script')`
    const scripts = { beforeRequest: tests, afterResponse: '', tests: '' }
    const { failure } = await host.send(get('https://192.0.2.1/', { scripts }))
    expect(failure?.message).toContain(refusal)

    const socket = newWebSocketRequest('Socket', { url: url.replace('http', 'ws') })
    expect(
      await outcomeOf(requests.connect({ socketId: randomUUID(), request: socket, ...nowhere })),
    ).toContain(refusal)

    const graphql = newGraphqlRequest('GraphQL', { url: `${url}/graphql` })
    await expect(requests.introspect({ request: graphql, ...nowhere })).rejects.toThrow(refusal)

    const auth = Auth.parse({
      type: 'oauth2',
      flow: 'client_credentials',
      accessTokenUrl: `${url}/token`,
      clientId: 'a',
    })
    const withToken = get('https://192.0.2.1/', { auth })
    expect(await outcomeOf(requests.authorize({ request: withToken, ...nowhere }))).toContain(refusal)
    expect((await host.send(withToken)).failure?.message).toContain(refusal)

    const source = { type: 'url' as const, url, token: '' }
    await expect(explorer.describe({ source })).rejects.toThrow(refusal)

    const { id } = await collections.create({ name: 'Shop', parent: null })
    await collections.createRequest({ id, folder: '', request: get(`${url}/run`) })
    const run = {
      runId: CollectionRunId.parse(randomUUID()),
      collectionId: id,
      options: RunOptions.parse({}),
    }
    await outcomeOf(runs.start(run))
    const { results } = await runs.results({ runId: run.runId, from: 0, count: 1 })
    expect(results).toMatchObject([{ outcome: 'error', failure: { code: 'BLOCKED' } }])

    expect(server.received).toEqual([])
  })
})
