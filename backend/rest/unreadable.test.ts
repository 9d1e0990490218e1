import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerUnreadableRequests } from './unreadable.ts'

const server = createServer({ maxHeaderSize: 1024 }, ({ url }, response) => {
  if (url !== '/slow') return void response.end('fine')
  response.write('begun')
})
let port = 0

beforeAll(async () => {
  answerUnreadableRequests(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

/** All that comes back until the connection ends. */
async function send(...texts: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
  socket.on('error', () => undefined)
  const closed = once(socket, 'close')
  for (const text of texts) {
    const before = answer
    socket.write(text)
    if (text !== texts.at(-1)) await expect.poll(() => answer).not.toBe(before)
  }
  await closed
  return answer
}

test.each([
  ['FOO /films HTTP/1.1', 405, 'PGRST117', 'Unsupported HTTP method: FOO'],
  ['FOO /rpc/films HTTP/1.1', 405, 'PGRST101', 'Cannot use the FOO method on RPC'],
  [`GET /films HTTP/1.1\r\nx: ${'x'.repeat(2000)}`, 431, 'REQUEST_UNREADABLE', 'too long'],
  ['GET /films HTTP/9.9', 400, 'REQUEST_UNREADABLE', 'not HTTP'],
])('%s', async (head, status, code, message) => {
  const answer = await send(`${head}\r\nHost: a\r\n\r\n`)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `))
  expect(answer).toContain(`Proxy-Status: PostgREST; error=${code}`)
  const body: unknown = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
  expect(body).toEqual({ code, details: null, hint: null, message: expect.stringContaining(message) })
})

test('after a request that was answered', async () => {
  const answer = await send(
    'GET /films HTTP/1.1\r\nHost: a\r\n\r\n',
    'FOO /films HTTP/1.1\r\nHost: a\r\n\r\n',
  )
  expect(answer).toContain('fine')
  expect(answer).toContain('PGRST117')
})

test('nothing is written between the bytes of an answer', async () => {
  const answer = await send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n', 'FOO /films HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(answer).toContain('begun')
  expect(answer).not.toContain('PGRST117')
})
