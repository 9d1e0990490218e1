// `npm run dev`: the page from Vite with hot reload; the service and the desktop host from their sources, started again when a file changes.
import { randomBytes } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createServer } from 'vite'
import { readConfig } from '../backend/config.ts'
import { ROOT } from './run.ts'

const PAGE_PORT = 7420
const HOST_PORT = 7411
const data = dirname(readConfig().directory)
const token = randomBytes(32).toString('base64url')
const hostUrl = `http://127.0.0.1:${HOST_PORT}`
mkdirSync(data, { recursive: true, mode: 0o700 })

/** Runs a process entry with Node's own watcher; what it prints is shown. */
function watch(entry: string, environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['--watch', '--watch-preserve-output', join(ROOT, entry)], {
    cwd: ROOT,
    // A process group of its own: Ctrl-C reaches this script only, which ends the others in order.
    detached: true,
    stdio: 'inherit',
    env: { ...process.env, NEBULADB_DATA_DIR: data, ...environment },
  })
}

const children = [
  watch('backend/entry.ts', {}),
  watch('main/host/headless-entry.ts', { NEBULADB_HOST_PORT: String(HOST_PORT), NEBULADB_HOST_TOKEN: token }),
]
const page = await createServer({
  configFile: join(ROOT, 'renderer/vite.config.ts'),
  server: {
    host: '127.0.0.1',
    port: PAGE_PORT,
    proxy: {
      '/rpc': {
        target: hostUrl,
        ws: true,
        // The host takes pages of its own origin only; in development the page comes from Vite.
        configure: (proxy) =>
          void proxy.on(
            'proxyReqWs',
            (request) => (
              request.setHeader('origin', hostUrl),
              request.setHeader('host', new URL(hostUrl).host)
            ),
          ),
      },
      '/reveal': { target: hostUrl, changeOrigin: true },
    },
  },
})
await page.listen()
console.log(`Open http://127.0.0.1:${PAGE_PORT}/#token=${token}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const ended = children.map((child) => new Promise((resolve) => child.once('exit', resolve)))
    for (const child of children) child.kill('SIGTERM')
    void Promise.all([...ended, page.close()]).then(() => process.exit(0))
  })
}
