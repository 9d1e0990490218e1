// Collections of Postman's first version said in the words of the second, so that both have one reader: requests in one list, folders name theirs by id.
import { fieldsOf, isRecord, type Fields, type Loose } from '../loose.ts'
import type { Report } from '../problems.ts'

/** Whether a document is a collection of the first version. */
export function isFirstVersion(document: Loose): boolean {
  return Array.isArray(document['requests']) && Array.isArray(document['order']) && !('item' in document)
}

const HELPERS = new Map([
  ['basicAuth', 'basic'],
  ['bearerAuth', 'bearer'],
  ['digestAuth', 'digest'],
  ['oAuth1', 'oauth1'],
  ['oAuth2', 'oauth2'],
  ['hawkAuth', 'hawk'],
  ['awsSigV4', 'awsv4'],
  ['ntlmAuth', 'ntlm'],
])

/** Folders in folders deeper than any app makes them. */
const DEEPEST = 40

/** The document as Postman 2.0 would have written it. */
export function asSecondVersion(document: unknown, report: Report): Loose {
  const root = fieldsOf(document, report)
  const requests = byId(root.has('requests') ? root.records('requests') : [])
  const folders = byId(root.has('folders') ? root.records('folders') : [])
  const left = new Set([...requests.keys(), ...folders.keys()])
  const items = (parent: Fields, depth: number): Loose[] => [
    ...idsOf(parent, 'folders_order').flatMap((id) => folder(id, depth)),
    ...idsOf(parent, 'order').flatMap((id) => request(id)),
  ]
  const folder = (id: string, depth: number): Loose[] => {
    const found = folders.get(id)
    if (found === undefined || depth > DEEPEST || !left.delete(id)) return []
    return [{ ...entity(found), item: items(found, depth + 1) }]
  }
  const request = (id: string): Loose[] => {
    const found = requests.get(id)
    return found !== undefined && left.delete(id) ? [item(found)] : []
  }
  const top = items(root, 0)
  // Those that no order names stand behind; a folder that no other names is one of the top.
  for (const id of folders.keys()) top.push(...folder(id, 1))
  for (const id of requests.keys()) top.push(...request(id))
  return {
    ...entity(root),
    info: { name: root.text('name'), description: root.raw('description') },
    item: top,
  }
}

function item(one: Fields): Loose {
  const responses = one.has('responses') ? one.records('responses') : []
  return { ...entity(one), request: requestOf(one), response: responses.map((known) => response(known, one)) }
}

function byId(list: readonly Fields[]): Map<string, Fields> {
  return new Map(list.map((one, index) => [one.text('id') || `${index}`, one]))
}

function idsOf(parent: Fields, key: string): string[] {
  return parent.has(key) ? parent.list(key).map(String) : []
}

/** What collections, folders and requests have in common. */
function entity(one: Fields): Loose {
  const written = one.has('events') ? one.list('events') : []
  const events =
    written.length > 0
      ? written
      : [
          { listen: 'prerequest', script: one.raw('preRequestScript') },
          { listen: 'test', script: one.raw('tests') },
        ]
  return {
    name: one.text('name'),
    description: one.raw('description'),
    event: events,
    ...(one.has('variables') ? { variable: one.raw('variables') } : {}),
    ...(one.has('auth') ? { auth: one.raw('auth') } : {}),
    ...(one.has('protocolProfileBehavior')
      ? { protocolProfileBehavior: one.raw('protocolProfileBehavior') }
      : {}),
  }
}

function requestOf(one: Fields): Loose {
  const listed = one.has('headerData') ? one.list('headerData') : []
  const values = one.has('pathVariableData')
    ? one.list('pathVariableData')
    : Object.entries(one.record('pathVariables').value).map(([key, value]) => ({ key, value }))
  const query = one.has('queryParams') ? one.list('queryParams') : []
  return {
    method: one.raw('method'),
    header: listed.length > 0 ? listed : one.raw('headers'),
    url: {
      raw: one.text('url'),
      variable: values,
      ...(query.length > 0 ? { query } : {}),
    },
    body: bodyOf(one),
    auth: authOf(one),
  }
}

function bodyOf(one: Fields): Loose | null {
  const data = one.raw('data')
  const raw = one.has('rawModeData') ? one.raw('rawModeData') : typeof data === 'string' ? data : ''
  switch (one.text('dataMode')) {
    case 'raw':
      return { mode: 'raw', raw: Array.isArray(raw) ? raw.join('') : raw, options: one.raw('dataOptions') }
    case 'urlencoded':
      return { mode: 'urlencoded', urlencoded: Array.isArray(data) ? data : [] }
    case 'binary':
      return raw === '' ? null : { mode: 'file', file: { src: raw } }
    case 'graphql':
      return { mode: 'graphql', graphql: one.raw('graphqlModeData') }
    default:
      return Array.isArray(data) && data.length > 0 ? { mode: 'formdata', formdata: data } : null
  }
}

function authOf(one: Fields): unknown {
  if (one.has('auth')) return one.raw('auth')
  const type = HELPERS.get(one.text('currentHelper'))
  if (type === undefined) return null
  const fields = one.raw('helperAttributes')
  const { id: _id, ...kept } = isRecord(fields) ? fields : {}
  return { type, [type]: kept }
}

function response(one: Fields, ofRequest: Fields): Loose {
  const code = one.maybeRecord('responseCode')
  const given = one.raw('request')
  const original = isRecord(given) ? fieldsOf(given, () => undefined) : ofRequest
  return {
    name: one.raw('name'),
    code: code === null ? one.raw('status') : code.raw('code'),
    status: code === null ? '' : code.raw('name'),
    header: one.raw('headers'),
    body: one.raw('text'),
    _postman_previewlanguage: one.raw('language'),
    originalRequest: requestOf(original),
  }
}
