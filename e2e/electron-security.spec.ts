// Electron's security checklist (electronjs.org/docs/latest/tutorial/security), item by item, on the built main process and preload script, which run
// unmodified over the double in testing/electron. Item 16 (a current Electron) and 19 (fuses) are about the package: testing/electron/packaging.system.test.ts.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { z } from 'zod'
import { startElectronDouble, type ElectronDouble } from './electron-double.ts'
import { createStack, type Stack } from './stack.ts'

test.describe.configure({ mode: 'serial' })

let stack: Stack
let app: ElectronDouble

test.beforeAll(async () => {
  stack = await createStack()
  app = await startElectronDouble(stack.environment)
})
test.afterAll(async () => {
  await app.close()
  await stack.close()
})

const preferences = async () =>
  z
    .array(z.object({ isVisible: z.boolean(), webPreferences: z.record(z.string(), z.unknown()) }))
    .parse(await app.ask({ ask: 'windows' }))[0]?.webPreferences ?? {}
const calls = async () =>
  z.array(z.object({ name: z.string(), input: z.unknown() })).parse(await app.ask({ ask: 'calls' }))
const source = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8')

test('1, 18: the page comes from the app over its own protocol, never from the network or from file:', async () => {
  expect(app.page.url()).toBe('https://nebuladb.test/electron.html')
  for (const url of [
    'app://nebuladb/../../package.json',
    'app://nebuladb/%2e%2e/package.json',
    'app://other/electron.html',
    'app://nebuladb/nothing.js',
    'app://nebuladb/%00',
  ]) {
    expect(await app.ask({ ask: 'fetch', url })).toMatchObject({ status: 404 })
  }
  expect(await calls()).toContainEqual({
    name: 'protocol.registerSchemesAsPrivileged',
    input: [
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ],
  })
})

test('2, 3, 4: no Node integration, an isolated context and a sandbox, in every window', async () => {
  expect(await preferences()).toMatchObject({
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    contextIsolation: true,
    sandbox: true,
  })
  expect((await calls()).map(({ name }) => name).slice(0, 3)).toEqual([
    'app.enableSandbox',
    'protocol.registerSchemesAsPrivileged',
    'app.requestSingleInstanceLock',
  ])
  expect(
    await app.page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter(
        (name) => name in globalThis,
      ),
    ),
  ).toEqual([])
})

test('5: every permission and device is denied, but writing text to the clipboard', async () => {
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'midi',
    'openExternal',
    'fileSystem',
    'hid',
    'usb',
    'serial',
    'clipboard-read',
    'unknown',
  ]) {
    expect(await app.ask({ ask: 'permission', permission, origin: 'app://nebuladb' })).toEqual([
      { granted: false, checked: false, device: false, media: null },
    ])
  }
  expect(
    await app.ask({ ask: 'permission', permission: 'clipboard-sanitized-write', origin: 'app://nebuladb' }),
  ).toMatchObject([{ granted: true, checked: true }])
  expect(
    await app.ask({
      ask: 'permission',
      permission: 'clipboard-sanitized-write',
      origin: 'https://evil.example',
    }),
  ).toMatchObject([{ checked: false }])
})

test('6, 8, 9, 10, 11: nothing of the web platform is loosened', async () => {
  const set = await preferences()
  expect(set).toMatchObject({
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
  })
  expect(set['enableBlinkFeatures']).toBeUndefined()
  expect(await app.page.locator('webview').count()).toBe(0)
})

test('7: the policy allows only our own scripts, and the page has no network', async () => {
  const { headers } = z
    .object({ headers: z.record(z.string(), z.string()) })
    .parse(await app.ask({ ask: 'fetch', url: 'app://nebuladb/electron.html' }))
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("connect-src 'none'")
  expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'")
  const blocked = await app.page.evaluate(async () => {
    const inline = document.createElement('script')
    inline.textContent = 'globalThis.inlineRan = true'
    document.head.append(inline)
    const fetched = await fetch('https://nebuladb.test/electron.html').then(
      () => 'fetched',
      () => 'refused',
    )
    return { inlineRan: 'inlineRan' in globalThis, fetched }
  })
  expect(blocked).toEqual({ inlineRan: false, fetched: 'refused' })
})

test('12, 13: no webview is attached and the page does not navigate away', async () => {
  for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview']) {
    expect(await app.ask({ ask: 'navigate', event, url: 'https://evil.example/' })).toEqual([true])
  }
  expect(
    await app.ask({ ask: 'navigate', event: 'will-navigate', url: 'app://nebuladb.evil.example/' }),
  ).toEqual([true])
  expect(
    await app.ask({ ask: 'navigate', event: 'will-navigate', url: 'app://nebuladb/electron.html' }),
  ).toEqual([false])
})

test('14, 15: no new window opens, and only https addresses reach the system', async () => {
  const urls = [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://example.com/',
    'smb://host/share',
    'https://user:pass@example.com/',
    'ms-msdt:/id',
  ]
  for (const url of urls) expect(await app.ask({ ask: 'open', url })).toEqual(['deny'])
  expect((await calls()).filter(({ name }) => name === 'shell.openExternal')).toEqual([])
  expect(await app.ask({ ask: 'open', url: 'https://example.com/docs' })).toEqual(['deny'])
  expect((await calls()).filter(({ name }) => name === 'shell.openExternal')).toEqual([
    { name: 'shell.openExternal', input: 'https://example.com/docs' },
  ])
})

test('17: only the main frame of our own page gets a port, and only for a proper nonce', async () => {
  const nonce = '6f1b3c52-6f0e-4a58-9c3e-2f8a54b7c1d0'
  const ours = 'app://nebuladb/electron.html'
  expect(await app.ask({ ask: 'port', url: 'https://evil.example/', isSubframe: false, nonce })).toEqual([])
  expect(await app.ask({ ask: 'port', url: 'app://nebuladb.evil/', isSubframe: false, nonce })).toEqual([])
  expect(await app.ask({ ask: 'port', url: ours, isSubframe: true, nonce })).toEqual([])
  expect(await app.ask({ ask: 'port', url: ours, isSubframe: false, nonce: 'guess' })).toEqual([])
  expect(await app.ask({ ask: 'port', url: ours, isSubframe: false, nonce })).toEqual(['nebuladb:port'])
})

test('20: the preload script exposes nothing to the page', async () => {
  expect(source('preload/preload.ts')).not.toMatch(/contextBridge|exposeInMainWorld/)
  const own = await app.page.evaluate(() =>
    Object.getOwnPropertyNames(globalThis).filter((name) => /electron|nebula|ipc/i.test(name)),
  )
  expect(own).toEqual([])
})
