// OpenCollection in one file: the items of a folder under `items`, as `bundled` documents have them.
import type { Auth } from '#contract/requests/auth.ts'
import type { Environment, RequestDefaults } from '#contract/requests/collection.ts'
import type { Scripts } from '#contract/requests/parts.ts'
import type { CollectionTree, TreeItem } from '../collection-tree.ts'
import { newCollection, newFolder } from '../new-request.ts'
import { readBrunoAuth } from './bruno/auth.ts'
import { readBrunoDefaults, readBrunoEnvironment, readBrunoRequest } from './bruno/read.ts'
import { anyText, fieldsOf, isRecord, type Fields, type Loose } from './loose.ts'
import { SILENT, type Problems, type Report } from './problems.ts'
import type { ImportedSecret } from './types.ts'

interface Reading {
  readonly name: string
  readonly problems: Problems
  readonly secrets: ImportedSecret[]
}

/** Reads a document; items are turned into the words of Bruno's JSON, which says the same in another shape. */
export function readOpenCollection(document: unknown, { name, problems, secrets }: Reading): CollectionTree {
  const report = problems.of('')
  const root = fieldsOf(document, report)
  const info = root.record('info')
  const config = root.record('config')
  for (const key of ['protobuf', 'proxy', 'clientCertificates', 'scripts'])
    if (config.has(key)) report(`config ${key}`, 'It is not kept: set it in the collection.')
  return {
    collection: newCollection(info.text('name') || name || 'Imported', {
      version: info.text('version'),
      docs: docsOf(root) || info.text('summary'),
      defaults: defaultsOf(root.record('request'), { type: 'none' }, report),
    }),
    environments: config.records('environments').map((one) => environmentOf(one, secrets)),
    items: itemsOf(root, problems),
  }
}

function itemsOf(root: Fields, problems: Problems): TreeItem[] {
  const top: TreeItem[] = []
  const waiting: { readonly from: Fields; readonly into: TreeItem[] }[] = [{ from: root, into: top }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const plain of next.from.records('items')) {
      const info = plain.record('info')
      const title = info.text('name') || 'Untitled'
      const report = problems.of(title)
      const item = fieldsOf(plain.value, report)
      if (info.text('type') === 'folder' || item.has('items')) {
        const items: TreeItem[] = []
        next.into.push({
          type: 'folder',
          folder: newFolder(title, {
            sequence: info.number('seq'),
            docs: docsOf(item),
            defaults: defaultsOf(item.record('request'), { type: 'inherit' }, report),
          }),
          items,
        })
        waiting.push({ from: item, into: items })
        continue
      }
      const request = readBrunoRequest(fieldsOf(inBrunosWords(item, report), report), title, report)
      if (request !== null) next.into.push({ type: 'request', request })
    }
  return top
}

function docsOf(one: Fields): string {
  const docs = one.raw('docs')
  return isRecord(docs) ? anyText(docs['content']) : anyText(docs)
}

function authOf(value: unknown, absent: Auth): Loose {
  if (typeof value === 'string') return { mode: value }
  if (!isRecord(value)) return { mode: absent.type === 'inherit' ? 'inherit' : 'none' }
  const type = anyText(value['type'])
  return { mode: type, [type]: value }
}

function pairs(list: readonly Fields[]): Loose[] {
  return list.map((one) => ({
    ...one.value,
    enabled: !one.flag('disabled'),
    description: docText(one.raw('description')),
  }))
}

function docText(value: unknown): string {
  return isRecord(value) ? anyText(value['content']) : anyText(value)
}

function variables(list: readonly Fields[]): Loose[] {
  return pairs(list).map((one) => {
    const value = one['value']
    return isRecord(value) && 'data' in value
      ? { ...one, value: anyText(value['data']), datatype: value['type'] }
      : one
  })
}

function scripts(list: readonly Fields[]): { req: string; res: string; tests: string } {
  const code = (...types: string[]): string =>
    list
      .filter((one) => types.includes(one.text('type')))
      .map((one) => one.text('code'))
      .filter((text) => text !== '')
      .join('\n')
  return { req: code('before-request'), res: code('after-response'), tests: code('tests') }
}

function defaultsOf(request: Fields, absent: Auth, report: Report): RequestDefaults {
  const { req, res, tests } = scripts(request.records('scripts'))
  const plain = readBrunoDefaults(
    fieldsOf(
      {
        request: {
          headers: pairs(request.records('headers')),
          vars: { req: variables(request.records('variables')) },
        },
      },
      report,
    ),
    absent,
    report,
  )
  const found: Scripts = { beforeRequest: req, afterResponse: res, tests }
  return {
    ...plain,
    auth: request.has('auth') ? readBrunoAuth(authOf(request.raw('auth'), absent), absent, report) : absent,
    scripts: found,
  }
}

function environmentOf(one: Fields, secrets: ImportedSecret[]): Environment {
  const list = variables(one.records('variables'))
  const environment = readBrunoEnvironment(
    fieldsOf({ name: one.text('name'), color: one.text('color'), variables: list }, SILENT),
    secrets,
  )
  return { ...environment, extends: one.maybeText('extends'), description: docText(one.raw('description')) }
}

const MODES = new Map([
  ['form-urlencoded', 'formUrlEncoded'],
  ['multipart-form', 'multipartForm'],
])

function inBrunosWords(item: Fields, report: Report): Loose {
  const info = item.record('info')
  const kind = ['http', 'graphql', 'websocket', 'grpc'].find((one) => item.has(one)) ?? info.text('type')
  const request = item.record(kind)
  const runtime = item.record('runtime')
  const { req, res, tests } = scripts(runtime.records('scripts'))
  if (runtime.list('actions').length > 0)
    report('actions', 'What takes variables from a response is not kept.')
  return {
    type: kind === 'websocket' ? 'ws' : kind === 'script' ? 'js' : kind,
    name: info.raw('name'),
    seq: info.raw('seq'),
    tags: info.list('tags'),
    settings: item.raw('settings') ?? {},
    examples: item.records('examples').map((one) => ({
      ...one.value,
      request: { ...one.record('request').value, body: bodyOf(one.record('request').raw('body'), SILENT) },
    })),
    request: {
      url: request.raw('url'),
      method: request.raw('method'),
      headers: pairs(request.records('headers')),
      params: pairs(request.records('params')),
      auth: authOf(request.raw('auth') ?? runtime.raw('auth'), { type: 'inherit' }),
      body:
        kind === 'graphql'
          ? { mode: 'graphql', graphql: request.raw('body') }
          : kind === 'websocket'
            ? { ws: messagesOf(request.raw('message')) }
            : bodyOf(request.raw('body'), report),
      vars: { req: variables(runtime.records('variables')), res: [] },
      assertions: runtime.records('assertions').map((one) => ({
        name: one.text('expression'),
        value: `${one.text('operator')} ${one.text('value')}`.trim(),
        enabled: !one.flag('disabled'),
        description: docText(one.raw('description')),
      })),
      script: { req, res },
      tests,
      docs: docsOf(item),
    },
  }
}

/** One body, or several of which one is selected. */
function bodyOf(value: unknown, report: Report): Loose {
  if (Array.isArray(value)) {
    const variants = value.filter(isRecord)
    if (variants.length > 1) report('body', 'Of several bodies the selected one is kept.')
    const chosen = variants.find((one) => one['selected'] === true) ?? variants[0]
    return bodyOf(chosen?.['body'], report)
  }
  const body = fieldsOf(value, SILENT)
  const type = body.text('type')
  const mode = MODES.get(type) ?? (type === '' ? 'none' : type)
  const data = body.raw('data')
  return {
    mode,
    [mode]: Array.isArray(data)
      ? data.filter(isRecord).map((one) => ({
          ...one,
          enabled: one['disabled'] !== true,
          description: docText(one['description']),
        }))
      : data,
  }
}

function messagesOf(value: unknown): Loose[] {
  if (Array.isArray(value))
    return value
      .filter(isRecord)
      .map((one) => ({ title: one['title'], ...(isRecord(one['message']) ? one['message'] : one) }))
  return isRecord(value) ? [value] : []
}
