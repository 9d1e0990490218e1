// Insomnia 5 in the words of Insomnia 4: a flat list of resources with parents, so that both have one reader.
import { fieldsOf, isRecord, own, type Fields, type Loose } from '../loose.ts'
import type { Report } from '../problems.ts'

const WORKSPACE = 'workspace'

/** The resources of a document of version 5. */
export function resourcesOf(document: unknown, report: Report): Loose[] {
  const root = fieldsOf(document, report)
  const found: Loose[] = [
    { _id: WORKSPACE, _type: 'workspace', name: root.text('name'), description: description(root) },
  ]
  const waiting: { readonly list: readonly unknown[]; readonly parentId: string }[] = [
    { list: root.list('collection'), parentId: WORKSPACE },
  ]
  let count = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const value of next.list) {
      if (!isRecord(value)) {
        report('collection', 'An item is not an object, and is left out.')
        continue
      }
      const item = fieldsOf(value, report)
      const id = `item_${++count}`
      found.push(resource(item, id, next.parentId))
      if (item.has('children')) waiting.push({ list: item.list('children'), parentId: id })
      for (const payload of item.has('payloads') ? item.records('payloads') : [])
        found.push({ ...payload.value, _id: `payload_${++count}`, _type: 'websocket_payload', parentId: id })
    }
  found.push(...environments(root))
  for (const [key, words] of [
    ['testSuites', 'Test suites are not kept: write tests in the scripts of requests.'],
    ['cookieJar', 'Cookies are not kept.'],
  ] as const) {
    const part = root.raw(key)
    const isEmpty = isRecord(part) && Array.isArray(part['cookies']) && part['cookies'].length === 0
    if (root.has(key) && !isEmpty && !(Array.isArray(part) && part.length === 0)) report(key, words)
  }
  if (root.list('certificates').length > 0)
    report('certificates', 'Client certificates are not kept: set them for the collection.')
  const spec = root.record('spec')
  if (spec.has('contents')) report('spec', 'The document of the API is not kept: import it by itself.')
  return found
}

function description(item: Fields): string {
  return item.record('meta').text('description') || item.text('description')
}

function resource(item: Fields, id: string, parentId: string): Loose {
  const meta = item.record('meta')
  const kind = meta.text('id')
  const settings = item.record('settings')
  const cookies = settings.record('cookies')
  const scripts = item.record('scripts')
  const type =
    item.has('children') || kind.startsWith('fld_')
      ? 'request_group'
      : kind.startsWith('ws-req') || /^wss?:/i.test(item.text('url'))
        ? 'websocket_request'
        : kind.startsWith('greq') || item.has('protoMethodName') || item.has('protoFileId')
          ? 'grpc_request'
          : kind.startsWith('socketio')
            ? 'socketio_request'
            : 'request'
  return {
    ...item.value,
    _id: id,
    _type: type,
    parentId,
    description: description(item),
    metaSortKey: meta.raw('sortKey'),
    preRequestScript: scripts.raw('preRequest'),
    afterResponseScript: scripts.raw('afterResponse'),
    settingEncodeUrl: settings.raw('encodeUrl'),
    settingFollowRedirects: settings.raw('followRedirects'),
    settingSendCookies: cookies.raw('send'),
    settingStoreCookies: cookies.raw('store'),
  }
}

function environments(root: Fields): Loose[] {
  const value = root.raw('environments')
  const found: Loose[] = []
  const list: unknown[] = Array.isArray(value) ? value : isRecord(value) ? [value] : []
  list.forEach((one, index) => {
    if (!isRecord(one)) return
    // A single one is the base that others build on; in a list each is by itself.
    const isBase = !Array.isArray(value)
    const id = `env_${index}`
    found.push({ ...one, _id: id, _type: 'environment', parentId: isBase ? WORKSPACE : 'none' })
    const below = own(one, 'subEnvironments')
    if (Array.isArray(below))
      for (const sub of below.filter(isRecord))
        found.push({ ...sub, _id: `${id}_${found.length}`, _type: 'environment', parentId: id })
  })
  return found
}
