// Builds the page of the designer's benchmarks and serves it as the app serves its own: same policy, nothing from elsewhere.
import { createServer } from 'node:http'
import { readFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { pageHeaders } from '../main/app/content-security-policy.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

export interface ServedPage {
  /** Ends with a slash; takes `?tables=1000`. */
  readonly url: string
  close(): Promise<void>
}

/** Builds and serves it. */
export async function serveDesignerPage(): Promise<ServedPage> {
  const directory = await mkdtemp(join(tmpdir(), 'nebuladb-designer-page-'))
  await build({
    configFile: false,
    root: join(import.meta.dirname, 'designer-page'),
    base: './',
    logLevel: 'warn',
    plugins: [react(), tailwindcss()],
    worker: { format: 'es' },
    build: {
      outDir: directory,
      emptyOutDir: true,
      target: 'es2024',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 6000,
    },
  })
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://page').pathname)
    const file = join(directory, path === '/' ? 'index.html' : path)
    void readFile(file).then(
      (content) =>
        response.writeHead(200, pageHeaders(TYPES[extname(file)] ?? 'application/octet-stream')).end(content),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(directory, { recursive: true, force: true })
    },
  }
}
