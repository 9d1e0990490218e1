// An item as its file has it: what the format has words for, in the order that files keep.
import type { Collection, Environment, Folder, RequestDefaults } from '#contract/requests/collection.ts'
import type { ApiRequest, WebSocketRequest } from '#contract/requests/request.ts'
import { writeAuth } from './auth.ts'
import { writeBody, writeExamples } from './body.ts'
import {
  some,
  someFields,
  textOrNothing,
  writeAssertions,
  writeOff,
  writePairs,
  writeScripts,
  writeSettings,
  writeVariables,
} from './parts.ts'
import type { FileItem } from './file-item.ts'
import type { FileMap, FileValue } from './yaml.ts'

/** Plain data without undefined. */
export function toFile(item: FileItem): FileMap {
  if (!('kind' in item)) return clean(environmentToFile(item))
  switch (item.kind) {
    case 'folder':
      return clean(folderToFile(item))
    case 'collection':
      return clean(collectionToFile(item))
    default:
      return clean(requestToFile(item))
  }
}

function requestToFile(item: ApiRequest): FileMap {
  const { auth, ours } = writeAuth(item.auth, 'none')
  const settings = writeSettings(item.settings)
  const parameters = some(
    item.parameters.map((one) => ({
      name: one.name,
      value: one.value,
      type: one.place,
      ...writeOff(one),
    })),
  )
  const isSocket = item.kind === 'websocket'
  return {
    info: { name: item.name, type: item.kind, seq: item.sequence ?? undefined, tags: some(item.tags) },
    [item.kind]: {
      method: isSocket ? undefined : item.method,
      url: item.url,
      headers: writePairs(item.headers),
      params: isSocket ? undefined : parameters,
      ...detailsOf(item),
      auth,
    },
    runtime: someFields({
      variables: writeVariables(item.variables),
      scripts: writeScripts(item.scripts),
      assertions: isSocket ? undefined : writeAssertions(item.assertions),
    }),
    settings: settings.settings,
    examples: item.kind === 'http' ? writeExamples(item.examples) : undefined,
    docs: textOrNothing(item.docs),
    nebuladb: someFields({
      auth: ours,
      settings: settings.ours,
      params: isSocket ? parameters : undefined,
      protocols: isSocket ? some(item.protocols) : undefined,
      operationName: item.kind === 'graphql' ? textOrNothing(item.operationName) : undefined,
    }),
  }
}

function detailsOf(item: ApiRequest): FileMap {
  if (item.kind === 'http') return { body: writeBody(item.body) }
  if (item.kind === 'websocket') return { message: messagesOf(item) }
  return {
    body: someFields({ query: textOrNothing(item.query), variables: textOrNothing(item.graphqlVariables) }),
  }
}

function messagesOf({ messages }: WebSocketRequest): FileValue | undefined {
  const [first] = messages
  if (first === undefined) return undefined
  if (messages.length === 1 && first.title === '') return { type: first.type, data: first.data }
  return messages.map(({ title, type, data }) => ({ title, message: { type, data } }))
}

function defaultsOf(defaults: RequestDefaults, auth: FileValue | undefined): FileMap | undefined {
  const { settings } = writeSettings(defaults.settings)
  return someFields({
    headers: writePairs(defaults.headers),
    auth,
    variables: writeVariables(defaults.variables),
    scripts: writeScripts(defaults.scripts),
    settings: settings === undefined ? undefined : { http: settings },
  })
}

function folderToFile({ name, sequence, docs, defaults }: Folder): FileMap {
  const { auth, ours } = writeAuth(defaults.auth, 'inherit')
  return {
    info: { name, type: 'folder', seq: sequence ?? undefined },
    request: defaultsOf(defaults, auth),
    docs: textOrNothing(docs),
    nebuladb: someFields({ auth: ours, settings: writeSettings(defaults.settings).ours }),
  }
}

function collectionToFile(item: Collection): FileMap {
  const { auth, ours } = writeAuth(item.defaults.auth, 'none')
  const nebuladb = someFields({
    auth: ours,
    settings: writeSettings(item.defaults.settings).ours,
    source: item.source === null ? undefined : { ...item.source },
  })
  return {
    opencollection: '1.0.0',
    info: { name: item.name, version: textOrNothing(item.version) },
    config: someFields({ proxy: proxyToFile(item), clientCertificates: certificatesToFile(item) }),
    request: defaultsOf(item.defaults, auth),
    docs: textOrNothing(item.docs),
    bundled: false,
    extensions: nebuladb === undefined ? undefined : { nebuladb },
  }
}

function proxyToFile({ proxy }: Collection): FileMap | undefined {
  if (proxy.mode === 'inherit') return undefined
  if (proxy.mode === 'off') return { disabled: true }
  return {
    inherit: false,
    config: {
      protocol: proxy.protocol,
      hostname: proxy.host,
      port: proxy.port,
      auth: someFields({
        username: textOrNothing(proxy.username),
        password: textOrNothing(proxy.password),
      }),
      bypassProxy: textOrNothing(proxy.bypass),
    },
  }
}

function certificatesToFile({ clientCertificates }: Collection): FileValue | undefined {
  return some(
    clientCertificates.map((one) => ({
      domain: one.domain,
      type: one.type,
      ...(one.type === 'pem'
        ? { certificateFilePath: one.certificatePath, privateKeyFilePath: one.keyPath }
        : { pkcs12FilePath: one.path }),
      ...(one.passphrase === '' ? {} : { passphrase: one.passphrase }),
      ...(one.isEnabled ? {} : { disabled: true }),
    })),
  )
}

function environmentToFile(item: Environment): FileMap {
  return {
    name: item.name,
    color: textOrNothing(item.color),
    description: textOrNothing(item.description),
    extends: item.extends ?? undefined,
    variables: writeVariables(item.variables),
  }
}

function clean(fields: FileMap): FileMap {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, cleanValue(value)]])),
  )
}

function cleanValue(value: FileValue): FileValue {
  if (isList(value)) return value.map(cleanValue)
  return typeof value === 'object' ? clean(value) : value
}

/** Array.isArray does not know read-only lists. */
export function isList(value: FileValue | undefined): value is readonly FileValue[] {
  return Array.isArray(value)
}

export function isMap(value: FileValue | undefined): value is FileMap {
  return typeof value === 'object' && !Array.isArray(value)
}
