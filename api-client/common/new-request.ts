// What a new request, folder or collection is before anything is typed: one place, so that importers, generators and the page agree.
import type { Collection, Folder, RequestDefaults } from '#contract/requests/collection.ts'
import type {
  GraphqlRequest,
  HttpRequest,
  RequestSettings,
  WebSocketRequest,
} from '#contract/requests/request.ts'

/** All as the folder or the collection says. */
export const INHERITED_SETTINGS: RequestSettings = {
  timeoutMs: null,
  followsRedirects: null,
  maxRedirects: null,
  keepsAuthorization: null,
  encodesUrl: null,
  httpVersion: null,
  verifiesCertificates: null,
  minTlsVersion: null,
  sendsCookies: null,
  keepsCookies: null,
}

const NO_SCRIPTS = { beforeRequest: '', afterResponse: '', tests: '' }

/** A GET of nothing yet, authorised as its folder is. */
export function newHttpRequest(name: string, fields: Partial<HttpRequest> = {}): HttpRequest {
  return {
    kind: 'http',
    ...newCommon(name),
    method: 'GET',
    body: { type: 'none' },
    assertions: [],
    examples: [],
    ...fields,
  }
}

/** A GraphQL query of nothing yet. */
export function newGraphqlRequest(name: string, fields: Partial<GraphqlRequest> = {}): GraphqlRequest {
  return {
    kind: 'graphql',
    ...newCommon(name),
    method: 'POST',
    query: '',
    graphqlVariables: '',
    operationName: '',
    assertions: [],
    ...fields,
  }
}

/** A WebSocket to nowhere yet. */
export function newWebSocketRequest(name: string, fields: Partial<WebSocketRequest> = {}): WebSocketRequest {
  return { kind: 'websocket', ...newCommon(name), protocols: [], messages: [], ...fields }
}

function newCommon(name: string) {
  return {
    name,
    sequence: null,
    tags: [],
    docs: '',
    url: '',
    headers: [],
    parameters: [],
    auth: { type: 'inherit' as const },
    variables: [],
    scripts: NO_SCRIPTS,
    settings: INHERITED_SETTINGS,
  }
}

/** Gives nothing to what is in it. */
export function newDefaults(fields: Partial<RequestDefaults> = {}): RequestDefaults {
  return {
    headers: [],
    auth: { type: 'inherit' },
    variables: [],
    scripts: NO_SCRIPTS,
    settings: INHERITED_SETTINGS,
    ...fields,
  }
}

/** An empty folder. */
export function newFolder(name: string, fields: Partial<Folder> = {}): Folder {
  return { kind: 'folder', name, sequence: null, docs: '', defaults: newDefaults(), ...fields }
}

/** An empty collection. Its requests ask as nobody. */
export function newCollection(name: string, fields: Partial<Collection> = {}): Collection {
  return {
    kind: 'collection',
    name,
    version: '',
    docs: '',
    defaults: newDefaults({ auth: { type: 'none' } }),
    proxy: { mode: 'inherit' },
    clientCertificates: [],
    source: null,
    ...fields,
  }
}
