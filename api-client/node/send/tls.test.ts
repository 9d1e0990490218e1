import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  EXPIRED_CERTIFICATE,
  TEST_CERTIFICATE,
  TEST_CERTIFICATE_KEY,
  TEST_PKCS12,
  TEST_PKCS12_PASSPHRASE,
} from '#testing/certificate.ts'
import { startH2c, startHttp, startHttp2, startHttps } from '#testing/http-servers.ts'
import { sendRequest, testSender } from '#testing/sending.ts'
import { matchesDomain } from './tls.ts'

const sender = testSender()
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nebuladb-tls-'))
  await writeFile(join(directory, 'me.pem'), TEST_CERTIFICATE)
  await writeFile(join(directory, 'me.key'), TEST_CERTIFICATE_KEY)
  await writeFile(join(directory, 'me.p12'), Buffer.from(TEST_PKCS12, 'base64'))
})
afterAll(async () => {
  await sender.close()
  await rm(directory, { recursive: true })
})

describe('certificates', () => {
  it('a trusted one is shown with its protocol and times', async () => {
    await using server = await startHttps((_request, response) => response.end('safe'))
    const sent = await sendRequest(sender, { url: server.url })
    expect(sent.text).toBe('safe')
    expect(sent.timings.tls).toEqual(expect.any(Number))
    expect(sent.response?.tls).toMatchObject({
      version: 'TLS 1.3',
      cipher: expect.stringMatching(/^TLS_/),
      certificate: { subject: 'CN=localhost', issuer: 'CN=localhost', validFrom: '2026-11-22T21:34:51.000Z' },
    })
  })

  it('one that nobody trusts is refused with what to do, and taken when verification is off', async () => {
    await using stranger = testSender({ authorities: [] })
    await using server = await startHttps((_request, response) => response.end('self-signed'))
    const refused = await sendRequest(stranger, { url: server.url })
    expect(refused.failure).toMatchObject({
      code: 'CERTIFICATE',
      message: expect.stringContaining('self-signed'),
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    })
    const taken = await sendRequest(stranger, { url: server.url, settings: { verifiesCertificates: false } })
    expect(taken.text).toBe('self-signed')
    // The connection that was not verified serves no request that wants it verified.
    expect((await sendRequest(stranger, { url: server.url })).failure?.code).toBe('CERTIFICATE')
  })

  it('an expired one, and one for other names, are told as such', async () => {
    await using old = testSender({ authorities: [EXPIRED_CERTIFICATE] })
    await using expired = await startHttps((_request, response) => response.end(), {
      cert: EXPIRED_CERTIFICATE,
    })
    expect((await sendRequest(old, { url: expired.url })).failure?.message).toMatch(/has expired/)
    await using server = await startHttps((_request, response) => response.end())
    const elsewhere = await sendRequest(sender, { url: `https://other.localhost:${String(server.port)}` })
    expect(elsewhere.failure?.message).toMatch(/made for other names/)
  })

  it('a port that speaks no TLS, and one that wants it, are told', async () => {
    await using plain = await startHttp((_request, response) => response.end())
    const sent = await sendRequest(sender, { url: plain.url.replace('http:', 'https:') })
    expect(sent.failure).toMatchObject({ code: 'PROTOCOL', hint: expect.stringContaining('https') })
  })

  it('the lowest version is kept', async () => {
    await using server = await startHttps((_request, response) => response.end('old'), {
      maxVersion: 'TLSv1.2',
    })
    const refused = await sendRequest(sender, { url: server.url, settings: { minTlsVersion: '1.3' } })
    expect(refused.failure?.code).toBe('PROTOCOL')
    const taken = await sendRequest(sender, { url: server.url, settings: { minTlsVersion: '1.2' } })
    expect(taken.response?.tls?.version).toBe('TLS 1.2')
  })

  it('very old versions can be asked for', async () => {
    await using server = await startHttps((_request, response) => response.end('ancient'), {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    expect((await sendRequest(sender, { url: server.url })).failure?.code).toBe('PROTOCOL')
    expect((await sendRequest(sender, { url: server.url, settings: { minTlsVersion: '1.0' } })).text).toBe(
      'ancient',
    )
  })
})

describe('client certificates', () => {
  const wantsOne = { requestCert: true, ca: TEST_CERTIFICATE, rejectUnauthorized: true }
  const start = () =>
    startHttps((request, response) => {
      const { socket } = request
      response.end(socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject?.CN) : '')
    }, wantsOne)

  it('are shown as PEM and as PKCS #12 to the hosts they are for', async () => {
    await using server = await start()
    const pem = {
      type: 'pem',
      domain: '127.0.0.1',
      certificatePath: 'me.pem',
      keyPath: 'me.key',
      passphrase: '',
      isEnabled: true,
    } as const
    const p12 = {
      type: 'pkcs12',
      domain: `127.0.0.1:${String(server.port)}`,
      path: 'me.p12',
      passphrase: TEST_PKCS12_PASSPHRASE,
      isEnabled: true,
    } as const
    for (const certificate of [pem, p12]) {
      const sent = await sendRequest(sender, {
        url: server.url,
        directory,
        clientCertificates: [certificate],
      })
      expect(sent.text).toBe('localhost')
    }
    const switchedOff = await sendRequest(sender, {
      url: server.url,
      directory,
      clientCertificates: [{ ...pem, isEnabled: false }],
    })
    expect(switchedOff.response).toBeNull()
    const wrong = await sendRequest(sender, {
      url: server.url,
      directory,
      clientCertificates: [{ ...p12, passphrase: 'no' }],
    })
    expect(wrong.failure).toMatchObject({
      code: 'CERTIFICATE',
      message: expect.stringContaining('passphrase is wrong'),
    })
    const missing = await sendRequest(sender, {
      url: server.url,
      directory,
      clientCertificates: [{ ...pem, keyPath: 'none.key' }],
    })
    expect(missing.failure).toMatchObject({ code: 'FILE', message: 'The file none.key is not there.' })
  })

  it.each([
    ['example.com', 'example.com', 443, true],
    ['EXAMPLE.com', 'example.COM', 443, true],
    ['example.com', 'api.example.com', 443, false],
    ['*.example.com', 'api.example.com', 443, true],
    ['*.example.com', 'example.com', 443, false],
    ['*.example.com', 'evilexample.com', 443, false],
    ['example.com:8443', 'example.com', 443, false],
    ['https://example.com:8443/', 'example.com', 8443, true],
    ['*', 'anything', 1, true],
    ['[::1]:5000', '::1', 5000, true],
    ['', 'example.com', 443, false],
  ])('%j for %s:%i is %s', (pattern, host, port, expected) => {
    expect(matchesDomain(pattern, { host, port })).toBe(expected)
  })
})

describe('HTTP/2', () => {
  it('is chosen by ALPN, many requests share one connection, and names are in lower case', async () => {
    const fields: unknown[] = []
    await using server = await startHttp2((stream, headers) => {
      fields.push(headers['x-upper'], headers[':authority'])
      stream.respond({ ':status': 200, 'x-answer': 'Zoë' })
      stream.end('two')
    })
    await using own = testSender()
    const all = await Promise.all(
      Array.from({ length: 20 }, () =>
        sendRequest(own, {
          url: server.url,
          headers: [
            { name: 'X-Upper', value: 'é' },
            { name: 'Connection', value: 'close' },
          ],
        }),
      ),
    )
    expect(all.every(({ text, response }) => text === 'two' && response?.httpVersion === '2')).toBe(true)
    expect(server.connections()).toBe(1)
    expect(all[0]?.sent.headers.map(({ name }) => name)).not.toContain('connection')
    expect(all.filter(({ timings }) => timings.tls !== null)).toHaveLength(1)
    expect(fields[1]).toBe(`127.0.0.1:${String(server.port)}`)
  })

  it('HTTP/1.1 is spoken where it is asked for or where the server knows no other', async () => {
    await using both = await startHttp2(
      (stream) => stream.respond({ ':status': 200 }, { endStream: true }),
      true,
    )
    await using plain = await startHttps((_request, response) => response.end('one'))
    // A server of both answers HTTP/1.1 by its request event, which nobody handles: only the connection counts here.
    const one = sendRequest(sender, { url: both.url, settings: { httpVersion: '1.1', timeoutMs: 300 } })
    expect((await one).failure?.code).toBe('TIMEOUT')
    expect((await sendRequest(sender, { url: both.url })).response?.httpVersion).toBe('2')
    expect((await sendRequest(sender, { url: plain.url })).response?.httpVersion).toBe('1.1')
    const only = await sendRequest(sender, { url: plain.url, settings: { httpVersion: '2' } })
    expect(only.failure?.code).toBe('PROTOCOL')
  })

  it('without TLS it works by prior knowledge, bodies and trailers included', async () => {
    await using server = await startH2c((stream) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        stream.respond({ ':status': 201 }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }))
        stream.end(Buffer.concat(chunks))
      })
    })
    const sent = await sendRequest(sender, {
      url: server.url,
      method: 'POST',
      settings: { httpVersion: '2' },
      body: { type: 'text', text: 'hello', contentType: null },
    })
    expect(sent).toMatchObject({
      text: 'hello',
      response: { status: 201, trailers: [{ name: 'x-sum', value: '7' }] },
    })
    await using old = await startHttp((_request, response) => response.end())
    expect((await sendRequest(sender, { url: old.url, settings: { httpVersion: '2' } })).failure?.code).toBe(
      'PROTOCOL',
    )
  })

  it('streams that are reset, cancelled or cut are told', async () => {
    await using server = await startHttp2((stream, headers) => {
      stream.on('error', () => undefined)
      if (headers[':path'] === '/reset') stream.close(2)
      if (headers[':path'] === '/refused') stream.close(7)
      if (headers[':path'] === '/half') {
        stream.respond({ ':status': 200 })
        stream.write('half', () => stream.session?.destroy())
      }
    })
    expect((await sendRequest(sender, { url: `${server.url}/reset` })).failure?.code).toBe('PROTOCOL')
    expect((await sendRequest(sender, { url: `${server.url}/refused` })).failure?.code).toBe('PROTOCOL')
    const half = await sendRequest(sender, { url: `${server.url}/half` })
    expect(half).toMatchObject({ failure: null, text: 'half' })
    expect(half.response?.incomplete).not.toBeNull()
    const late = await sendRequest(sender, { url: `${server.url}/never`, settings: { timeoutMs: 50 } })
    expect(late.failure?.code).toBe('TIMEOUT')
  })

  it('files are streamed, Expect waits for the server, and cancelling ends the stream only', async () => {
    const heard: string[] = []
    await using server = await startHttp2((stream, headers) => {
      let body = ''
      stream.on('error', () => undefined)
      stream.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')))
      stream.on('end', () => heard.push(`${String(headers[':path'])} ${String(body.length)}`))
      if (headers[':path'] === '/refuse') stream.respond({ ':status': 417 }, { endStream: true })
      else if (headers[':path'] === '/slow') {
        stream.respond({ ':status': 200 })
        stream.write('first')
      } else {
        if (headers['expect'] !== undefined) stream.additionalHeaders({ ':status': 100 })
        stream.on('end', () => {
          stream.respond({ ':status': 200 })
          stream.end('taken')
        })
      }
    })
    await using own = testSender()
    const body = { type: 'file', path: 'me.pem', contentType: null } as const
    const expecting = {
      method: 'POST',
      directory,
      body,
      headers: [{ name: 'Expect', value: '100-continue' }],
    }
    expect(
      (await sendRequest(own, { url: `${server.url}/plain`, method: 'POST', directory, body })).text,
    ).toBe('taken')
    expect((await sendRequest(own, { url: `${server.url}/yes`, ...expecting })).text).toBe('taken')
    expect((await sendRequest(own, { url: `${server.url}/refuse`, ...expecting })).response?.status).toBe(417)
    const controller = new AbortController()
    const cancelled = await sendRequest(
      own,
      { url: `${server.url}/slow` },
      {
        signal: controller.signal,
        sink: () => {
          controller.abort()
        },
      },
    )
    expect(cancelled.interruption?.code).toBe('CANCELLED')
    expect(
      (await sendRequest(own, { url: `${server.url}/again`, method: 'POST', directory, body })).text,
    ).toBe('taken')
    expect(server.connections()).toBe(1)
    const size = String(TEST_CERTIFICATE.length)
    expect(heard).toEqual(expect.arrayContaining([`/plain ${size}`, `/yes ${size}`, `/again ${size}`]))
    expect(heard).not.toContain(`/refuse ${size}`)
  })

  it('a session that ended is replaced', async () => {
    await using server = await startHttp2((stream) => {
      const { session } = stream
      stream.respond({ ':status': 200 })
      stream.end('ok')
      stream.on('close', () => session?.close())
    })
    await using own = testSender()
    expect((await sendRequest(own, { url: server.url })).text).toBe('ok')
    await vi.waitFor(() => {
      expect(server.open()).toBe(0)
    })
    expect((await sendRequest(own, { url: server.url })).text).toBe('ok')
    expect(server.connections()).toBe(2)
  })
})
