// Which format a text is in, from a few of its fields: names of files are only a help where texts are alike.
import { isRecord, own, type Loose } from './loose.ts'
import { hasCurlLine } from './curl/lines.ts'
import { isCurl } from './curl/read.ts'
import { parseDocument } from './parse.ts'
import { isFirstVersion } from './postman/first-version.ts'
import type { ImportFormat } from './types.ts'

/** A text with what it was parsed to, so that it is parsed once. */
export interface Detected {
  readonly format: ImportFormat | null
  /** Null for texts that are no JSON and no YAML. */
  readonly document: unknown
  /** What the text has against the rules of YAML. */
  readonly faults: readonly string[]
}

/** The format of a text, and what was parsed. `name` is its file's. */
export function detect(text: string, name: string): Detected {
  if (isCurl(text)) return { format: 'curl', document: null, faults: [] }
  if (
    /\.bru$/i.test(name) ||
    /^\s*(meta|auth|headers|vars(:[\w-]+)?|get|post|put|delete|patch|docs)\s*\{\s*$/m.test(firstLine(text))
  )
    return { format: 'bruno', document: null, faults: [] }
  const faults: string[] = []
  const document = parseDocument(text, (message) => faults.push(message))
  const format = isRecord(document) ? formatOf(document) : null
  // A script: what stands before its first command of curl may be anything.
  if (format === null && !/^\s*[{[]/.test(text) && hasCurlLine(text))
    return { format: 'curl', document: null, faults: [] }
  return { format, document, faults }
}

function firstLine(text: string): string {
  return /^\s*(\S.*)$/m.exec(text.slice(0, 2_000))?.[1] ?? ''
}

function formatOf(document: Loose): ImportFormat | null {
  const text = (key: string): string => {
    const value = own(document, key)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  if (text('openapi') !== '') return text('openapi').startsWith('3.0') ? 'openapi-3.0' : 'openapi-3.1'
  if (text('swagger') !== '') return 'swagger-2.0'
  const log = own(document, 'log')
  if (isRecord(log) && Array.isArray(log['entries'])) return 'har'
  if (text('opencollection') !== '') return 'opencollection'
  if (
    text('type').startsWith('collection.insomnia.rest/') ||
    text('type').startsWith('environment.insomnia.rest/') ||
    text('type').startsWith('spec.insomnia.rest/') ||
    text('type').startsWith('mock.insomnia.rest/')
  )
    return 'insomnia-5'
  if (isFirstVersion(document)) return 'postman-1.0'
  if (text('_type') === 'export' || Array.isArray(own(document, 'resources'))) return 'insomnia-4'
  // A single request, as code generators take it.
  if (text('method') !== '' && /^(https?|wss?):|^\{\{/i.test(text('url'))) return 'har'
  if (Array.isArray(own(document, 'values')) && !Array.isArray(own(document, 'item')))
    return 'postman-environment'
  const inner = own(document, 'collection')
  const root = isRecord(inner) ? inner : document
  const info = own(root, 'info')
  const schema = isRecord(info) && typeof info['schema'] === 'string' ? info['schema'] : ''
  if (Array.isArray(own(root, 'item')) || schema.includes('getpostman.com') || schema.includes('postman.com'))
    return schema.includes('v2.0') ? 'postman-2.0' : 'postman-2.1'
  if (
    Array.isArray(own(document, 'items')) &&
    (own(document, 'name') !== undefined || own(document, 'version') !== undefined)
  )
    return 'bruno'
  return null
}
