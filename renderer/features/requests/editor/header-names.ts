// Names and values of headers that are offered while one is typed.
const NAMES =
  'Accept Accept-Charset Accept-Encoding Accept-Language Accept-Profile Access-Control-Request-Headers Access-Control-Request-Method Authorization Cache-Control Connection Content-Disposition Content-Encoding Content-Language Content-Length Content-Profile Content-Type Cookie Date DNT ETag Expect Forwarded From Host Idempotency-Key If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since Link Max-Forwards Origin Pragma Prefer Proxy-Authorization Range Range-Unit Referer Sec-Fetch-Mode Sec-WebSocket-Protocol TE Trailer Transfer-Encoding Upgrade User-Agent Via Warning X-API-Key X-Client-Info X-Correlation-ID X-CSRF-Token X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Request-ID X-Requested-With apikey traceparent tracestate'.split(
    ' ',
  )

const MEDIA = [
  'application/json',
  'application/vnd.pgrst.object+json',
  'application/geo+json',
  'application/x-www-form-urlencoded',
  'application/xml',
  'application/octet-stream',
  'multipart/form-data',
  'text/csv',
  'text/event-stream',
  'text/html',
  'text/plain',
] as const

const VALUES: Readonly<Record<string, readonly string[]>> = {
  accept: ['*/*', ...MEDIA],
  'content-type': MEDIA,
  'accept-encoding': ['gzip, deflate, br', 'identity'],
  'cache-control': ['no-cache', 'no-store', 'max-age=0'],
  connection: ['keep-alive', 'close'],
  authorization: ['Bearer ', 'Basic '],
  prefer: [
    'return=representation',
    'return=minimal',
    'return=headers-only',
    'count=exact',
    'count=planned',
    'count=estimated',
    'resolution=merge-duplicates',
    'resolution=ignore-duplicates',
    'missing=default',
    'tx=rollback',
    'handling=strict',
    'max-affected=1',
  ],
}

/** Names that begin with the text, then those that hold it. */
export function headerNames(text: string): readonly string[] {
  return matching(NAMES, text)
}

/** Values that a header often has. */
export function headerValues(name: string, text: string): readonly string[] {
  return matching(VALUES[name.toLowerCase()] ?? [], text)
}

function matching(words: readonly string[], text: string): readonly string[] {
  const typed = text.toLowerCase()
  const starts = words.filter((word) => word.toLowerCase().startsWith(typed))
  return [...starts, ...words.filter((word) => !starts.includes(word) && word.toLowerCase().includes(typed))]
}
