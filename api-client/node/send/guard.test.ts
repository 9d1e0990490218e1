import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startHttp } from '#testing/http-servers.ts'
import { startHttpProxy, startSocksProxy } from '#testing/proxies.ts'
import { sendRequest, testSender } from '#testing/sending.ts'
import { createNetworkGuard } from './guard.ts'

const guard = createNetworkGuard({ allowsPrivate: false })

describe('addresses', () => {
  it.each([
    ...['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '168.63.129.16', '100.64.0.1', '100.100.100.200', '192.0.0.192', '198.18.0.1'],
    ...['224.0.0.1', '239.255.255.250', '255.255.255.255', '240.0.0.1', '203.0.113.9'],
    ...[
      '::',
      '::1',
      'fe80::1',
      'fe80::1%eth0',
      'fc00::1',
      'fd00:ec2::254',
      'ff02::1',
      'fec0::1',
      '2001:db8::1',
    ],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:169.254.169.254', '::127.0.0.1', '64:ff9b::127.0.0.1'],
    ...['64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '2002:7f00:1::', '2002:a9fe:a9fe::1', '2001::1', '100::1'],
    'not an address',
  ])('%s is refused', (address) => {
    expect(guard.refusal(address)).toContain(address)
  })

  it.each([
    '1.1.1.1',
    '93.184.216.34',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
  ])('%s is let through', (address) => {
    expect(guard.refusal(address)).toBeNull()
  })

  it('the desktop reaches everything', () => {
    const desktop = createNetworkGuard({ allowsPrivate: true })
    expect([desktop.isRestricted, desktop.refusal('127.0.0.1')]).toEqual([false, null])
  })
})

describe('requests of a hosted host', () => {
  it.each([
    ...['http://127.0.0.1', 'http://localhost', 'http://x.localhost', 'http://localhost.', 'http://[::1]'],
    ...[
      'http://2130706433',
      'http://0x7f000001',
      'http://017700000001',
      'http://127.1',
      'http://0x7f.1',
      'http://0',
    ],
    ...[
      'http://[::ffff:127.0.0.1]',
      'http://[64:ff9b::7f00:1]',
      'http://169.254.169.254/latest/meta-data',
      'http://１２７.0.0.1',
    ],
  ])('%s never reaches a server', async (address) => {
    let asked = 0
    await using server = await startHttp((_request, response) => {
      asked++
      response.end()
    })
    await using sender = testSender({ guard })
    const url = new URL(address)
    url.port = String(server.port)
    const sent = await sendRequest(sender, { url: url.href })
    expect(sent.failure?.code).toBe('BLOCKED')
    expect([asked, server.connections()]).toEqual([0, 0])
  })

  /** Lets only 127.0.0.1 through, which stands for the public internet. */
  const onlyLoopback = {
    isRestricted: true,
    refusal: (address: string) => (address === '127.0.0.1' ? null : `${address} is private`),
  }

  it('redirects are checked', async () => {
    await using server = await startHttp((_request, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    })
    await using sender = testSender({ guard: onlyLoopback })
    const sent = await sendRequest(sender, { url: server.url })
    expect(sent).toMatchObject({ failure: { code: 'BLOCKED' }, hops: [{ status: 302 }] })
  })

  it('a proxy of the request is checked, and what it is asked for too, by address', async () => {
    await using server = await startHttp((_request, response) => response.end('through'))
    await using proxy = await startHttpProxy()
    await using socks = await startSocksProxy()
    await using sender = testSender({ guard: onlyLoopback })
    const on = {
      mode: 'on',
      protocol: 'http',
      host: '127.0.0.1',
      port: proxy.port,
      username: '',
      password: '',
      bypass: '',
    } as const
    expect((await sendRequest(sender, { url: server.url, proxy: on })).text).toBe('through')
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${String(server.port)}`])
    for (const settings of [on, { ...on, protocol: 'socks5', port: socks.port } as const]) {
      const metadata = await sendRequest(sender, { url: 'http://169.254.169.254/', proxy: settings })
      expect(metadata.failure?.code).toBe('BLOCKED')
    }
    expect(socks.asked).toEqual([])
    const away = await sendRequest(sender, { url: server.url, proxy: { ...on, host: '10.0.0.1' } })
    expect(away.failure?.code).toBe('BLOCKED')
  })

  it('a proxy that the operator set may be private', async () => {
    await using server = await startHttp((_request, response) => response.end('through'))
    await using proxy = await startHttpProxy()
    await using sender = testSender({
      guard: onlyLoopback,
      systemProxy: () => ({ http: `http://localhost:${String(proxy.port)}`, https: null, bypass: '' }),
    })
    expect((await sendRequest(sender, { url: server.url, proxy: { mode: 'inherit' } })).text).toBe('through')
  })

  it('a name is refused when any of its addresses is', async () => {
    // localhost stands for a name with two addresses, of which one is not allowed.
    await using server = await startHttp((_request, response) => response.end())
    await using sender = testSender({ guard: onlyLoopback })
    const sent = await sendRequest(sender, { url: `http://localhost:${String(server.port)}` })
    expect(sent.failure?.code).toBe('BLOCKED')
    expect(server.connections()).toBe(0)
  })

  it('files and certificates outside of the collection are not read for anybody', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nebuladb-guard-'))
    await mkdir(join(directory, 'collection'))
    await writeFile(join(directory, 'secret.txt'), 'secret')
    await writeFile(join(directory, 'collection', 'mine.txt'), 'mine')
    await symlink(join(directory, 'secret.txt'), join(directory, 'collection', 'link.txt'))
    let heard = ''
    await using server = await startHttp((request, response) => {
      request.on('data', (chunk: Buffer) => (heard += chunk.toString()))
      request.on('end', () => response.end())
    })
    await using sender = testSender({ guard: onlyLoopback })
    const folder = join(directory, 'collection')
    const send = (path: string, of: string | null = folder) =>
      sendRequest(sender, {
        url: server.url,
        method: 'POST',
        directory: of,
        body: { type: 'file', path, contentType: null },
      })
    for (const path of ['../secret.txt', 'link.txt', join(directory, 'secret.txt'), '.', '..']) {
      expect((await send(path)).failure?.code).toBe('FILE')
    }
    expect((await send(join(directory, 'secret.txt'), null)).failure?.code).toBe('FILE')
    const certificate = {
      type: 'pkcs12',
      domain: '*',
      path: '../secret.txt',
      passphrase: '',
      isEnabled: true,
    } as const
    const byCertificate = await sendRequest(sender, {
      url: server.url.replace('http:', 'https:'),
      directory: folder,
      clientCertificates: [certificate],
    })
    expect(byCertificate.failure?.code).toBe('FILE')
    expect((await send('mine.txt')).response?.status).toBe(200)
    expect(heard).toBe('mine')
    await rm(directory, { recursive: true })
  })
})
