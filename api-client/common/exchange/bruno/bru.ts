// A `.bru` file in the words of Bruno's JSON, so that files and exports have one reader.
import type { Loose } from '../loose.ts'
import type { Report } from '../problems.ts'
import { bruBlocks, bruNames, bruPairs, type BruBlock, type BruPair } from './grammar.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace', 'connect', 'query']

/** A request, a folder or the settings of a collection. */
export function bruItem(source: string, report: Report): Loose {
  const blocks = bruBlocks(source, report)
  const text = (name: string): string => blocks.find((one) => one.name === name)?.text ?? ''
  const pairs = (name: string): BruPair[] =>
    blocks.filter((one) => one.name === name).flatMap((one) => bruPairs(one.text, report))
  const line = blocks.find(
    (one) => METHODS.includes(one.name) || one.name === 'http' || one.name === 'ws' || one.name === 'grpc',
  )
  const address = record(line === undefined ? [] : bruPairs(line.text, report))
  const meta = record(pairs('meta'))
  const tags = pairs('meta').find((one) => one.name === 'tags')?.list ?? []
  const mode = record(pairs('auth'))
  const auth = Object.fromEntries(
    blocks
      .filter((one) => /^auth:[\w-]+$/.test(one.name))
      .map((one) => [one.name.slice('auth:'.length), record(bruPairs(one.text, report))]),
  )
  const bodies = Object.fromEntries(
    blocks
      .filter((one) => one.name === 'body' || one.name.startsWith('body:'))
      .map((one) => [one.name, one.text]),
  )
  for (const one of blocks) if (!isKnown(one.name)) report(`block ${one.name}`, 'It is not kept.')
  reportUnused(blocks, { auth: address['auth'] ?? mode['mode'], body: address['body'], report })
  const listed = (name: string): object[] => pairs(name).map(pair)
  return {
    type:
      line?.name === 'ws' ? 'ws-request' : line?.name === 'grpc' ? 'grpc-request' : (meta['type'] ?? 'http'),
    name: meta['name'] ?? '',
    seq: meta['seq'],
    tags,
    settings: record(pairs('settings')),
    examples: blocks.filter((one) => one.name === 'example').map((one) => exampleOf(one, report)),
    request: {
      url: address['url'] ?? '',
      method: (line === undefined
        ? ''
        : METHODS.includes(line.name)
          ? line.name
          : (address['method'] ?? 'get')
      ).toUpperCase(),
      headers: listed('headers'),
      params: [
        ...listed('params:query').map(withType('query')),
        ...listed('query').map(withType('query')),
        ...listed('params:path').map(withType('path')),
      ],
      auth: {
        mode:
          address['auth'] ??
          mode['mode'] ??
          Object.keys(auth)[0] ??
          (line === undefined ? 'inherit' : 'none'),
        ...auth,
      },
      body: {
        mode: address['body'] ?? bodyMode(bodies),
        json: bodies['body:json'] ?? bodies['body'],
        text: bodies['body:text'],
        xml: bodies['body:xml'],
        sparql: bodies['body:sparql'],
        graphql: { query: bodies['body:graphql'] ?? '', variables: bodies['body:graphql:vars'] ?? '' },
        formUrlEncoded: listed('body:form-urlencoded'),
        multipartForm: pairs('body:multipart-form').map(multipart),
        file: pairs('body:file').map(file),
        ws: blocks.filter((one) => one.name === 'body:ws').map((one) => record(bruPairs(one.text, report))),
      },
      vars: { req: listed('vars:pre-request'), res: listed('vars:post-response') },
      assertions: listed('assert'),
      script: { req: text('script:pre-request'), res: text('script:post-response') },
      tests: text('tests'),
      docs: text('docs'),
    },
  }
}

/** A file may hold bodies and auths that are not chosen: a request of ours has one of each. */
function reportUnused(
  blocks: readonly BruBlock[],
  { auth, body, report }: { auth: string | undefined; body: string | undefined; report: Report },
): void {
  const chosen = {
    formUrlEncoded: 'body:form-urlencoded',
    multipartForm: 'body:multipart-form',
    graphql: 'body:graphql',
  }
  const name = Object.entries(chosen).find(([key]) => key === body)?.[1] ?? `body:${body ?? ''}`
  for (const one of blocks) {
    if (one.text.trim() === '') continue
    const isOther =
      (body !== undefined &&
        one.name.startsWith('body') &&
        !(one.name === 'body' && body === 'json') &&
        !one.name.startsWith(name)) ||
      (auth !== undefined && /^auth:[\w-]+$/.test(one.name) && one.name !== `auth:${auth}`)
    if (isOther) report(one.name, 'It is not the chosen one, and is left out.')
  }
}

function bodyMode(bodies: Readonly<Record<string, string>>): string {
  const [first] = Object.keys(bodies)
  if (first === undefined) return 'none'
  return (
    { body: 'json', 'body:form-urlencoded': 'formUrlEncoded', 'body:multipart-form': 'multipartForm' }[
      first
    ] ?? first.slice('body:'.length)
  )
}

function isKnown(name: string): boolean {
  return (
    [
      ...METHODS,
      'http',
      'ws',
      'grpc',
      'meta',
      'auth',
      'headers',
      'query',
      'params:query',
      'params:path',
      'vars',
      'vars:secret',
      'vars:pre-request',
      'vars:post-response',
      'assert',
      'script:pre-request',
      'script:post-response',
      'tests',
      'docs',
      'settings',
      'example',
      'body',
      'color',
    ].includes(name) ||
    /^auth:[\w-]+$/.test(name) ||
    /^body:(json|text|xml|sparql|graphql|graphql:vars|form-urlencoded|multipart-form|file|ws)$/.test(name)
  )
}

function record(pairs: readonly BruPair[]): Record<string, string> {
  return Object.fromEntries(pairs.map((one) => [one.name, one.value]))
}

function pair(one: BruPair): object {
  return {
    ...(one.type === '' ? {} : { datatype: one.type }),
    name: one.name,
    value: one.value,
    enabled: one.isEnabled,
    local: one.isLocal,
    description: one.description,
  }
}

function withType(type: string): (one: object) => object {
  return (one) => ({ ...one, type })
}

const CONTENT_TYPE = /\s*(?:@contentType\(|\(Content-Type=)([^)]*)\)\s*$/

function multipart(one: BruPair): object {
  const contentType = CONTENT_TYPE.exec(one.value)?.[1] ?? ''
  const value = one.value.replace(CONTENT_TYPE, '')
  const files = /^@file\(([\s\S]*)\)$/.exec(value)?.[1]
  return {
    ...pair(one),
    contentType,
    ...(files === undefined
      ? { type: 'text', value }
      : { type: 'file', value: files.split('|').filter((path) => path !== '') }),
  }
}

function file(one: BruPair): object {
  const contentType = CONTENT_TYPE.exec(one.value)?.[1] ?? ''
  const value = one.value.replace(CONTENT_TYPE, '')
  return { filePath: /^@file\(([\s\S]*)\)$/.exec(value)?.[1] ?? value, contentType, selected: one.isEnabled }
}

/** `example { name: …  request: { … }  response: { headers: { … } status: { … } body: { … } } }`, by its indentation. */
function exampleOf(block: BruBlock, report: Report): object {
  const outer = nested(block.text)
  const request = nested(outer.blocks.get('request') ?? '')
  const response = nested(outer.blocks.get('response') ?? '')
  const head = record(bruPairs(outer.plain, report))
  const asked = record(bruPairs(request.plain, report))
  const status = record(bruPairs(response.blocks.get('status') ?? response.plain, report))
  const bodyBlock = nested(response.blocks.get('body') ?? '')
  const body = record(bruPairs(bodyBlock.plain, report))
  const requestBody = [...request.blocks].find(([name]) => name.startsWith('body'))
  return {
    name: head['name'] ?? 'Example',
    description: head['description'] ?? '',
    request: {
      url: asked['url'] ?? '',
      method: (asked['method'] ?? 'get').toUpperCase(),
      headers: bruPairs(request.blocks.get('headers') ?? '', report).map(pair),
      body: {
        mode: asked['mode'] ?? requestBody?.[0].replace(/^body:?/, '') ?? 'none',
        json: requestBody?.[1],
        text: requestBody?.[1],
        xml: requestBody?.[1],
      },
    },
    response: {
      headers: bruPairs(response.blocks.get('headers') ?? '', report).map(pair),
      status: status['code'] ?? status['status'] ?? '200',
      statusText: status['text'] ?? status['statusText'] ?? '',
      body: {
        type: body['type'] ?? 'text',
        content: body['content'] ?? bodyBlock.blocks.get('content') ?? '',
      },
    },
  }
}

/** Blocks inside a block (`name: {` or `name {`), and the lines that are in none. */
function nested(text: string): { blocks: Map<string, string>; plain: string } {
  const blocks = new Map<string, string>()
  const plain: string[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const open = /^([\w:-]+)\s*:?\s*\{\s*$/.exec(line)
    if (open === null) {
      plain.push(line)
      continue
    }
    const inside: string[] = []
    while (++at < lines.length && !/^\}\s*$/.test(lines[at] ?? '')) inside.push(lines[at] ?? '')
    blocks.set((open[1] ?? '').replace(/:$/, ''), outdent(inside))
  }
  return { blocks, plain: plain.join('\n') }
}

function outdent(lines: readonly string[]): string {
  return lines.map((line) => (line.startsWith('  ') ? line.slice(2) : line)).join('\n')
}

/** `environments/NAME.bru`. */
export function bruEnvironment(source: string, name: string, report: Report): Loose {
  const blocks = bruBlocks(source, report)
  return {
    name,
    color: /^color:\s*(\S+)/m.exec(source)?.[1] ?? '',
    variables: blocks.flatMap((one): object[] => {
      if (one.name === 'vars')
        return bruPairs(one.text, report).map((variable) => ({ ...pair(variable), secret: false }))
      if (one.name === 'vars:secret')
        return bruNames(one.text).map(({ name: secret, isEnabled }) => ({
          name: secret,
          value: '',
          enabled: isEnabled,
          secret: true,
        }))
      report(`block ${one.name}`, 'It is not kept.')
      return []
    }),
  }
}
