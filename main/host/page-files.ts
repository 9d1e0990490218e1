// The built page's files, found by a listing made beforehand: a path that is not in the list does not exist, so none leads outside.
import { createReadStream, readdirSync, statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pageHeaders } from './page-headers.ts'

export interface PageFiles {
  /** Sends the file of a URL path; false when there is none. */
  send(path: string, response: ServerResponse, options: { readonly headOnly: boolean }): boolean
}

interface PageFile {
  readonly file: string
  readonly headers: Record<string, string>
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
}
/** Vite puts a hash of the content into the names of assets: what has such a name never changes. */
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/

/** Lists the files below `directory`; again whenever a path is asked for that was not there (a build may have come in between). */
export function createPageFiles(directory: string): PageFiles {
  let files = list(directory)
  return {
    send(path, response, { headOnly }) {
      const name = path === '/' ? '/index.html' : path
      const found = files.get(name) ?? (files = list(directory)).get(name)
      if (found === undefined) return false
      const size = statSync(found.file, { throwIfNoEntry: false })?.size
      if (size === undefined) return false
      response.writeHead(200, { ...found.headers, 'content-length': size })
      if (headOnly) response.end()
      else
        createReadStream(found.file)
          .on('error', () => response.destroy())
          .pipe(response)
      return true
    },
  }
}

function list(directory: string): Map<string, PageFile> {
  const files = new Map<string, PageFile>()
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return files
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const mediaType = MEDIA_TYPES[extname(entry.name)]
    if (!entry.isFile() || mediaType === undefined) continue
    const file = join(entry.parentPath, entry.name)
    const path = file.slice(directory.length).split(sep).join('/')
    const cacheControl = HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
    files.set(path, { file, headers: pageHeaders(mediaType, cacheControl) })
  }
  return files
}
