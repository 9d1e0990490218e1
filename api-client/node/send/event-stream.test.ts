import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { startHttp } from '#testing/http-servers.ts'
import { sendRequest, testSender } from '#testing/sending.ts'
import { EventStreamParser } from './event-stream.ts'

const sender = testSender()
afterAll(() => sender.close())

function parse(text: string): string[] {
  return new EventStreamParser()
    .push(Buffer.from(text))
    .map(({ event, id, data }) => `${event}|${id}|${data}`)
}

describe('event streams', () => {
  it.each([
    ['data: a\n\n', ['message||a']],
    ['\uFEFFdata: a\n\n', ['message||a']],
    ['data:a\ndata: b\ndata\n\n', ['message||a\nb\n']],
    ['data:  two spaces\r\n\r\n', ['message|| two spaces']],
    ['data: a\r\rdata: b\r\r', ['message||a', 'message||b']],
    [': comment\n\ndata: a\n\n', ['message||a']],
    ['event: add\nid: 7\ndata: a\n\ndata: b\n\n', ['add|7|a', 'message|7|b']],
    ['id: 1\nid\ndata: a\n\n', ['message||a']],
    ['id: a\0b\ndata: a\n\n', ['message||a']],
    ['event: nothing\n\n', []],
    ['data: not finished', []],
    ['data: not finished\n', []],
    ['unknown: x\ndata: a\n\n', ['message||a']],
    ['data: {"a": "b: c"}\n\n', ['message||{"a": "b: c"}']],
  ])('%j', (text, expected) => {
    expect(parse(text)).toEqual(expected)
  })

  it('the time to wait is kept when it is digits only', () => {
    const parser = new EventStreamParser()
    parser.push(Buffer.from('retry: 1500\nretry: soon\n'))
    expect(parser.retryMs).toBe(1_500)
  })

  it('the same events come whatever the chunks are', () => {
    const line = fc.constantFrom('data: é☕', 'data', 'id: 1', 'event: x', ': no', '', '')
    const end = fc.constantFrom('\n', '\r', '\r\n')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, end)),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (lines, sizes) => {
          const bytes = Buffer.from(lines.map((parts) => parts.join('')).join(''))
          const parser = new EventStreamParser()
          const events = []
          for (let at = 0; at < bytes.length;) {
            const size = Number(sizes.next().value)
            events.push(...parser.push(bytes.subarray(at, at + size)))
            at += size
          }
          // The last chunk may end in the middle of CR LF.
          expect(events).toEqual(new EventStreamParser().push(bytes))
        },
      ),
      { seed: 20261123, numRuns: 300 },
    )
  })

  it('are told while they come, outlive the time limit and end when they are cancelled', async () => {
    const controller = new AbortController()
    const seen: string[] = []
    const late = Promise.withResolvers<void>()
    await using server = await startHttp((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      response.write('data: one\n\n')
      void late.promise.then(() => response.write('event: more\nid: 2\ndata: two\n\n'))
    })
    const started = performance.now()
    const sent = await sendRequest(
      sender,
      { url: server.url, settings: { timeoutMs: 1_000 } },
      {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type !== 'serverEvent') return
          seen.push(`${event.event} ${event.id} ${event.data}`)
          if (seen.length === 1) setTimeout(late.resolve, 1_100)
          else controller.abort()
        },
      },
    )
    expect(performance.now() - started).toBeGreaterThan(1_000)
    expect(seen).toEqual(['message  one', 'more 2 two'])
    expect(sent).toMatchObject({ failure: null, interruption: { code: 'CANCELLED' } })
    expect(sent.text).toContain('data: two')
  })
})
