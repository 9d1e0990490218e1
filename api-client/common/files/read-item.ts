// Reads a file of a collection: a request, a folder, the collection itself, or an environment. A file that cannot be read says why, and where.
import type { z } from 'zod'
import type { Auth } from '#contract/requests/auth.ts'
import type { ClientCertificate, ProxySettings } from '#contract/requests/collection.ts'
import {
  Collection,
  CollectionSource,
  Environment,
  Folder,
  type RequestDefaults,
} from '#contract/requests/collection.ts'
import { ApiRequest } from '#contract/requests/request.ts'
import { readAuth } from './auth.ts'
import { readBody, readExamples, bodyOf } from './body.ts'
import { readAssertions, readOff, readPairs, readScripts, readSettings, readVariables } from './parts.ts'
import { type At, elements, field, flag, has, isFields, number, text, word } from './reading.ts'
import { type ParsedText, parseYaml, Unreadable } from './yaml.ts'

/** What a file is, by its name: `opencollection.yml`, `folder.yml`, any other, or one in `environments`. */
export type FileKind = 'collection' | 'folder' | 'request' | 'environment'

export interface ItemOfKind {
  readonly collection: Collection
  readonly folder: Folder
  readonly request: ApiRequest
  readonly environment: Environment
}

export type ReadResult<T> =
  | { readonly ok: true; readonly item: T }
  /** A sentence that begins with the line, where one is known: `Line 4: …`. */
  | { readonly ok: false; readonly problem: string }

const SCHEMAS = {
  collection: Collection,
  folder: Folder,
  request: ApiRequest,
  environment: Environment,
}

/** Reads the text of a file. `name` is what the item is called where the file does not say. Never throws. */
export function readItem<K extends FileKind>(
  content: string,
  kind: K,
  name = 'Untitled',
): ReadResult<ItemOfKind[K]> {
  let parsed: ParsedText | undefined
  try {
    parsed = parseYaml(withoutMark(content))
    return { ok: true, item: readParsed(parsed.value, kind, name) }
  } catch (error) {
    if (error instanceof Unreadable)
      return { ok: false, problem: `${parsed?.place(error.path) ?? ''}${error.message}` }
    return { ok: false, problem: 'It could not be read: it is nested too deeply.' }
  }
}

export function withoutMark(content: string): string {
  return content.startsWith('\ufeff') ? content.slice(1) : content
}

/** The item in a value that YAML gave. Throws Unreadable. */
function readParsed<K extends FileKind>(value: unknown, kind: K, name: string): ItemOfKind[K] {
  const root: At = { value: value ?? {}, path: [] }
  if (!isFields(root.value) && has(root))
    throw new Unreadable([], 'A collection’s file has fields: `info: …`.')
  const readers: { [P in FileKind]: () => unknown } = {
    collection: () => readCollection(root, name),
    folder: () => readFolder(root, name),
    request: () => readRequest(root, name),
    environment: () => readEnvironment(root, name),
  }
  const schemas: { [P in FileKind]: z.ZodType<ItemOfKind[P]> } = SCHEMAS
  const checked = schemas[kind].safeParse(readers[kind]())
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw new Unreadable([], `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is not valid'}.`)
}

/** Kinds of items that are kept as they are. */
const KEPT: Readonly<Record<string, string>> = {
  script: 'Script files are kept, but cannot be opened here.',
  grpc: 'gRPC requests are kept, but cannot be opened here.',
  app: 'Apps are kept, but cannot be opened here.',
}

/** `http`, `graphql`, `websocket`, `script`, `grpc`, … */
export function kindOf(root: At): string {
  const said = text(field(root, 'info', 'type')) || text(field(root, 'type'))
  if (said !== '') return said
  return ['http', 'graphql', 'websocket', 'grpc'].find((one) => has(field(root, one))) ?? 'http'
}

export function keptProblem(kind: string): string | null {
  return KEPT[kind] ?? null
}

function readRequest(root: At, name: string): unknown {
  const kind = kindOf(root)
  if (kind !== 'http' && kind !== 'graphql' && kind !== 'websocket')
    throw new Unreadable(
      ['info', 'type'],
      keptProblem(kind) ?? `Items of the type \`${kind.slice(0, 50)}\` are not known.`,
    )
  const details = field(root, kind)
  const runtime = field(root, 'runtime')
  const ours = field(root, 'nebuladb')
  const common = {
    kind,
    ...readInfo(root, name),
    tags: elements(field(root, 'info', 'tags')).map((one) => text(one)),
    docs: text(field(root, 'docs')),
    url: text(field(details, 'url')),
    headers: readPairs(field(details, 'headers')),
    parameters: readParameters(kind === 'websocket' ? field(ours, 'params') : field(details, 'params')),
    auth: readAuth(field(details, 'auth'), field(ours, 'auth'), { type: 'none' }),
    variables: readVariables(field(runtime, 'variables')),
    scripts: readScripts(field(runtime, 'scripts')),
    settings: readSettings(field(root, 'settings'), field(ours, 'settings')),
  }
  if (kind === 'websocket')
    return {
      ...common,
      protocols: elements(field(ours, 'protocols')).map((one) => text(one)),
      messages: readMessages(field(details, 'message')),
    }
  const assertions = readAssertions(field(runtime, 'assertions'))
  const method = text(field(details, 'method'), kind === 'http' ? 'GET' : 'POST').toUpperCase()
  if (kind === 'http')
    return {
      ...common,
      // Methods are case-sensitive: only what is a known one in small letters is meant as that.
      method: isStandard(method) ? method : text(field(details, 'method'), 'GET'),
      body: readBody(field(details, 'body')),
      assertions,
      examples: readExamples(field(root, 'examples')),
    }
  const body = bodyOf(field(details, 'body'))
  return {
    ...common,
    method: method === 'GET' ? 'GET' : 'POST',
    query: text(field(body, 'query')),
    graphqlVariables: text(field(body, 'variables')),
    operationName: text(field(ours, 'operationName')),
    assertions,
  }
}

export function isStandard(method: string): boolean {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'].includes(method)
}

function readInfo(root: At, name: string): { name: string; sequence: number | null } {
  const said = text(field(root, 'info', 'name'))
  return { name: said === '' ? name : said, sequence: number(field(root, 'info', 'seq')) }
}

function readParameters(list: At): unknown[] {
  return elements(list).map((one) => ({
    name: text(field(one, 'name')),
    value: text(field(one, 'value')),
    ...readOff(one),
    place: word(field(one, 'type'), ['query', 'path'], 'query'),
  }))
}

function readMessages(at: At): unknown[] {
  if (!has(at)) return []
  const one = (message: At, title: string): unknown => ({
    title,
    type: word(field(message, 'type'), ['text', 'json', 'xml', 'binary'], 'text'),
    data: text(field(message, 'data')),
  })
  if (isFields(at.value)) return [one(at, '')]
  return elements(at).map((variant) => one(field(variant, 'message'), text(field(variant, 'title'))))
}

function readDefaults(root: At, ours: At, otherwise: Auth): RequestDefaults {
  const request = field(root, 'request')
  return {
    headers: readPairs(field(request, 'headers')),
    auth: readAuth(field(request, 'auth'), field(ours, 'auth'), otherwise),
    variables: readVariables(field(request, 'variables')),
    scripts: readScripts(field(request, 'scripts')),
    settings: readSettings(field(request, 'settings', 'http'), field(ours, 'settings')),
  }
}

function readFolder(root: At, name: string): unknown {
  return {
    kind: 'folder',
    ...readInfo(root, name),
    docs: text(field(root, 'docs')),
    defaults: readDefaults(root, field(root, 'nebuladb'), { type: 'inherit' }),
  }
}

function readCollection(root: At, name: string): unknown {
  const ours = field(root, 'extensions', 'nebuladb')
  const said = text(field(root, 'info', 'name'))
  const source = CollectionSource.safeParse(field(ours, 'source').value)
  return {
    kind: 'collection',
    name: said === '' ? name : said,
    version: text(field(root, 'info', 'version')),
    docs: text(field(root, 'docs')),
    defaults: readDefaults(root, ours, { type: 'none' }),
    proxy: readProxy(field(root, 'config', 'proxy')),
    clientCertificates: elements(field(root, 'config', 'clientCertificates')).map(readCertificate),
    source: source.success ? source.data : null,
  }
}

function readProxy(at: At): ProxySettings {
  if (!has(at) || at.value === 'inherit') return { mode: 'inherit' }
  if (flag(field(at, 'disabled'))) return { mode: 'off' }
  const config = has(field(at, 'config')) ? field(at, 'config') : at
  if (flag(field(at, 'inherit')) || !has(field(config, 'hostname'))) return { mode: 'inherit' }
  const auth = field(config, 'auth')
  const isAuthOff = flag(field(auth, 'disabled'))
  return {
    mode: 'on',
    protocol: word(field(config, 'protocol'), ['http', 'https', 'socks4', 'socks5'], 'http'),
    host: text(field(config, 'hostname')),
    port: number(field(config, 'port')) ?? 8080,
    username: isAuthOff ? '' : text(field(auth, 'username')),
    password: isAuthOff ? '' : text(field(auth, 'password')),
    bypass: text(field(config, 'bypassProxy')),
  }
}

function readCertificate(at: At): ClientCertificate {
  const common = {
    domain: text(field(at, 'domain')),
    passphrase: text(field(at, 'passphrase')),
    isEnabled: !flag(field(at, 'disabled')),
  }
  if (word(field(at, 'type'), ['pem', 'pkcs12'], 'pem') === 'pkcs12')
    return { type: 'pkcs12', ...common, path: text(field(at, 'pkcs12FilePath')) }
  return {
    type: 'pem',
    ...common,
    certificatePath: text(field(at, 'certificateFilePath')),
    keyPath: text(field(at, 'privateKeyFilePath')),
  }
}

function readEnvironment(root: At, name: string): unknown {
  const said = text(field(root, 'name'))
  const base = text(field(root, 'extends'))
  return {
    name: said === '' ? name : said,
    color: text(field(root, 'color')),
    description: text(field(root, 'description')),
    extends: base === '' ? null : base,
    variables: readVariables(field(root, 'variables')),
  }
}
