// Serves the built page at app://nebuladb/, from its folder and nowhere else.
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { protocol, type Session } from 'electron'
import { pageHeaders } from './content-security-policy.ts'

const SCHEME = 'app'
const HOST = 'nebuladb'
/** The page's origin: the only one that may ask the main process for anything. */
export const PAGE_ORIGIN = `${SCHEME}://${HOST}`
/** What the window loads. */
export const PAGE_URL = `${PAGE_ORIGIN}/electron.html`

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
}

/** Declares the scheme; must run before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves `directory` to the session's pages. */
export function servePage(session: Session, directory: string): void {
  session.protocol.handle(SCHEME, (request) => answer(request, directory))
}

/** The answer to one request: the file, or 404 for whatever is not one of the page's own. */
export async function answer(request: Request, directory: string): Promise<Response> {
  const url = new URL(request.url)
  const refuse = (): Response =>
    new Response('Not found', { status: 404, headers: pageHeaders('text/plain') })
  if (url.host !== HOST || request.method !== 'GET') return refuse()
  const file = fileBelow(directory, url.pathname)
  const mediaType = file === undefined ? undefined : MEDIA_TYPES[extname(file)]
  if (file === undefined || mediaType === undefined) return refuse()
  try {
    return new Response(new Uint8Array(await readFile(file)), { headers: pageHeaders(mediaType) })
  } catch {
    return refuse()
  }
}

/** The file that a path names, if it lies below `directory`. */
function fileBelow(directory: string, path: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return undefined
  }
  if (decoded.includes('\0')) return undefined
  const file = normalize(join(directory, decoded))
  return file.startsWith(normalize(directory) + sep) ? file : undefined
}
