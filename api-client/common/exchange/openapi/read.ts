// OpenAPI 3.0 and 3.1, and Swagger 2: a request per operation, an environment per server, a folder per tag.
import type { Environment } from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import type { CollectionTree, TreeItem } from '../../collection-tree.ts'
import { newCollection, newDefaults, newFolder, newHttpRequest } from '../../new-request.ts'
import type { Fields } from '../loose.ts'
import { header } from '../media.ts'
import type { Problems, Report } from '../problems.ts'
import { pathParameter } from '../url.ts'
import { readRequestBody } from './bodies.ts'
import { documentOf, type Document, type Operation } from './operations.ts'
import { readParameters } from './parameters.ts'
import { acceptedType, readAssertions, readExamples } from './responses.ts'
import { securityOf, type Security } from './security.ts'

/** What the address of each request begins with. */
const BASE_URL = 'baseUrl'

export function readOpenApi(
  value: unknown,
  { name, problems }: { name: string; problems: Problems },
): CollectionTree {
  const document = documentOf(value, problems)
  const { root, references } = document
  const report = problems.of('')
  const security = securityOf(document.securitySchemes, references)
  const info = root.record('info')
  const auth = security.read(root.raw('security'), report) ?? { type: 'none' }
  const items = inFolders(document, (operation) => readOperation(operation, document, security))
  const environments = document.servers.map((server, index) => environment(server, index, report))
  for (const [key, words] of [
    ['webhooks', 'What the API calls by itself is not a request.'],
    ['x-webhooks', 'What the API calls by itself is not a request.'],
  ] as const)
    if (root.has(key)) report(key, words)
  const base = environments[0]?.variables ?? [variable(BASE_URL, '')]
  if (environments.length === 0)
    report('servers', 'The document names no server: give baseUrl a value.', 'note')
  return {
    collection: newCollection(info.text('title') || name || 'Imported from OpenAPI', {
      version: info.text('version'),
      docs: [info.text('description'), contact(info), externalDocs(root)]
        .filter((text) => text !== '')
        .join('\n\n'),
      defaults: newDefaults({ auth, variables: [...base, ...security.variables()] }),
    }),
    environments: unique(environments),
    items,
  }
}

function variable(name: string, value: string, description = ''): Variable {
  return { name, value, type: 'string', isSecret: false, isEnabled: true, description }
}

function environment(server: Fields, index: number, report: Report): Environment {
  const url = serverUrl(server)
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url) && !url.startsWith('{{'))
    report('servers', `The address “${url}” is relative to the document's own: complete baseUrl.`, 'note')
  return {
    name:
      (server.text('description').split('\n')[0] || url || `Server ${index + 1}`)
        .replace(/[/\\:*?"<>|]+/g, ' ')
        .trim()
        .slice(0, 200) || `Server ${index + 1}`,
    color: '',
    description: server.text('description'),
    extends: null,
    variables: [variable(BASE_URL, url), ...serverVariables(server)],
  }
}

function serverUrl(server: Fields): string {
  return server
    .text('url')
    .replace(/\{([^{}]+)\}/g, '{{$1}}')
    .replace(/\/$/, '')
}

function serverVariables(server: Fields): Variable[] {
  const variables = server.record('variables')
  return variables.keys().map((name) => {
    const one = variables.record(name)
    const values = one.list('enum').map(String).join(', ')
    return variable(
      name,
      one.text('default'),
      [one.text('description'), values === '' ? '' : `One of: ${values}.`].filter(Boolean).join(' '),
    )
  })
}

function unique(environments: readonly Environment[]): Environment[] {
  const names = new Set<string>()
  return environments.map((one) => {
    let name = one.name
    for (let count = 2; names.has(name); count++) name = `${one.name} ${count}`
    names.add(name)
    return { ...one, name }
  })
}

function contact(info: Fields): string {
  const one = info.record('contact')
  const licence = info.record('license')
  const words = [one.text('name'), one.text('email'), one.text('url')].filter((text) => text !== '')
  return [
    words.length === 0 ? '' : `Contact: ${words.join(', ')}`,
    licence.text('name') === ''
      ? ''
      : `Licence: ${[licence.text('name'), licence.text('url')].filter(Boolean).join(', ')}`,
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

function externalDocs(fields: Fields): string {
  const docs = fields.record('externalDocs')
  const url = docs.text('url')
  return url === '' ? '' : `[${docs.text('description') || url}](${url})`
}

/** By the first tag of each, in the order that the document lists tags in. */
function inFolders(document: Document, read: (operation: Operation) => HttpRequest): TreeItem[] {
  const folders = new Map<string, TreeItem[]>()
  const tags = document.root.records('tags')
  for (const tag of tags) folders.set(tag.text('name'), [])
  const top: TreeItem[] = []
  for (const operation of document.operations) {
    const [tag] = operation.fields.list('tags').map(String)
    const item: TreeItem = { type: 'request', request: read(operation) }
    if (tag === undefined || tag === '') top.push(item)
    else if (folders.has(tag)) folders.get(tag)?.push(item)
    else folders.set(tag, [item])
  }
  const docsOf = (name: string): string => {
    const tag = tags.find((one) => one.text('name') === name)
    return tag === undefined
      ? ''
      : [tag.text('description'), externalDocs(tag)].filter((text) => text !== '').join('\n\n')
  }
  return [
    ...[...folders].flatMap(([name, items]): TreeItem[] =>
      items.length === 0 ? [] : [{ type: 'folder', folder: newFolder(name, { docs: docsOf(name) }), items }],
    ),
    ...top,
  ]
}

function readOperation(operation: Operation, { references }: Document, security: Security): HttpRequest {
  const { fields, method, path, report } = operation
  const { parameters, headers } = readParameters(operation.parameters, references, report)
  const address = pathOf(path, report)
  const declared = new Set(parameters.filter((one) => one.place === 'path').map((one) => one.name))
  for (const name of address.names)
    if (!declared.has(name))
      report(`parameter ${name}`, 'It stands in the path and is not described.', 'note')
  const body = readRequestBody(references.fields(fields.raw('requestBody')), references, report)
  const responses = fields.record('responses')
  const accept = acceptedType(responses, references)
  if (fields.has('callbacks')) report('callbacks', 'What the API calls by itself is not a request.')
  const tags = fields.list('tags').map(String).slice(1)
  const inPath = parameters.filter((one) => one.place === 'path' && !address.segments.includes(one.name))
  const request: HttpRequest = newHttpRequest(operation.name, {
    docs: [fields.text('description'), externalDocs(fields), fields.flag('deprecated') ? 'Deprecated.' : '']
      .filter((text) => text !== '')
      .join('\n\n'),
    tags: fields.flag('deprecated') ? [...tags, 'deprecated'] : tags,
    method,
    url: `{{${BASE_URL}}}${address.url}`,
    parameters: [
      ...parameters.filter((one) => !inPath.includes(one)),
      ...address.segments.filter((name) => !declared.has(name)).map((name) => pathParameter(name, '')),
    ],
    headers: [...(accept === null ? [] : [header('Accept', accept)]), ...body.headers, ...headers],
    body: body.body,
    auth: security.read(fields.raw('security'), report) ?? { type: 'inherit' },
    variables: [
      ...serverVariable(operation),
      ...inPath.map((one) => variable(one.name, one.value, one.description)),
    ],
    assertions: readAssertions(responses, references, report),
  })
  return { ...request, examples: readExamples(responses, request, { references, report }) }
}

function serverVariable({ servers, report }: Operation): Variable[] {
  const [server, ...others] = servers
  if (server === undefined) return []
  if (others.length > 0) report('servers', 'Of its own servers the first is kept.', 'changed')
  return [variable(BASE_URL, serverUrl(server)), ...serverVariables(server)]
}

/** `/film/{id}` as `/film/:id`; a parameter that is a part of a segment is a variable. */
function pathOf(path: string, report: Report): { url: string; names: string[]; segments: string[] } {
  const names: string[] = []
  const segments: string[] = []
  const url = path
    .split('/')
    .map((segment) => {
      const whole = /^\{([^{}]+)\}$/.exec(segment)?.[1]
      for (const match of segment.matchAll(/\{([^{}]+)\}/g)) names.push(match[1] ?? '')
      if (whole !== undefined) {
        segments.push(whole)
        return `:${whole}`
      }
      if (segment.includes('{'))
        report('path', `In “${segment}” parameters are a part of a segment: they are variables.`, 'changed')
      return segment.replace(/\{([^{}]+)\}/g, '{{$1}}')
    })
    .join('/')
  return { url: url.startsWith('/') || url === '' ? url : `/${url}`, names, segments }
}
