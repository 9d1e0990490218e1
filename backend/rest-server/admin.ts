// The admin server: whether the API lives and is ready, what it knows of the schema, its settings and its metrics. Not for the public.
import { createServer, type Server } from 'node:http'

export interface AdminSources {
  /** Whether the API server listens. */
  readonly isLive: () => boolean
  /** `pending` while the database or the schema cache is being waited for. */
  readonly readiness: () => 'ready' | 'pending' | 'failed'
  /** The snapshot as JSON, '' while there is none. */
  readonly schemaCache: () => string
  /** The settings without secrets. */
  readonly config: () => string
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

interface Answer {
  readonly status: number
  readonly contentType?: string
  readonly body?: string
}

/** Makes the admin server without listening. */
export function createAdminServer(sources: AdminSources): Server {
  return createServer((request, response) => {
    void answer(sources, request.method ?? '', request.url ?? '')
      .catch((): Answer => ({ status: 500 }))
      .then(({ status, contentType, body = '' }) => {
        const headers = { 'content-length': Buffer.byteLength(body) }
        response.writeHead(
          status,
          contentType === undefined ? headers : { ...headers, 'content-type': contentType },
        )
        response.end(request.method === 'HEAD' ? undefined : body)
      })
  })
}

async function answer(sources: AdminSources, method: string, url: string): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405 }
  switch (url.split('?')[0]) {
    case '/live':
      return { status: sources.isLive() ? 200 : 500 }
    case '/ready': {
      const readiness = sources.readiness()
      if (readiness === 'pending') return { status: 503 }
      return { status: readiness === 'ready' && sources.isLive() ? 200 : 500 }
    }
    case '/schema_cache':
      return { status: 200, contentType: 'application/json; charset=utf-8', body: sources.schemaCache() }
    case '/config':
      return { status: 200, contentType: 'text/plain; charset=utf-8', body: sources.config() }
    case '/metrics': {
      const { contentType, text } = await sources.metrics()
      return { status: 200, contentType, body: text }
    }
    default:
      return { status: 404 }
  }
}
