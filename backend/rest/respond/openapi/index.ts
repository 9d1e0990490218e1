// The document of the API's root, and our own description of the API.
import type { ApiRequest, MediaType } from '../../parse/api-request.ts'
import type { RestConfig, RestResponse, SchemaCache } from '../../types.ts'
import { contentType, VARY } from '../headers.ts'
import { readPrivileges } from './input.ts'
import { swagger } from './swagger.ts'

export { openApi31, type OpenApiInput } from './openapi31.ts'
export { readPrivileges, type DocumentInput, type Privileges } from './input.ts'
export { swagger } from './swagger.ts'
export type { JsonObject } from './json.ts'

export interface RespondOpenApiInput {
  readonly plan: { readonly headersOnly: boolean; readonly mediaType: MediaType }
  readonly request: ApiRequest
  readonly cache: SchemaCache
  readonly config: RestConfig
  /** The body of the main statement (`privilegesSql`); null where everything is shown. */
  readonly privileges: string | null
}

/** Answers the root with the Swagger 2.0 document of the request's schema. */
export function respondOpenApi({
  plan,
  request,
  cache,
  config,
  privileges,
}: RespondOpenApiInput): RestResponse {
  const document = swagger({
    cache,
    schema: request.schema,
    extraSearchPath: config.extraSearchPath,
    privileges: privileges === null ? null : readPrivileges(privileges),
    serverUrl: serverUrl(config.openApiServerProxyUri, request.http.headers['host']),
    hasSecurity: config.openApiSecurityActive,
  })
  return {
    status: 200,
    statusText: null,
    headers: [
      ['Content-Type', contentType(plan.mediaType)],
      ...(request.negotiatedByProfile ? [['Content-Profile', request.schema] as const] : []),
      VARY,
    ],
    body: plan.headersOnly
      ? null
      : { kind: 'bytes', bytes: new TextEncoder().encode(JSON.stringify(document)) },
  }
}

/** Where clients find the API: as configured, or else as this one found it. */
export function serverUrl(configured: string | null, host: string | undefined): URL {
  const url = configured ?? `http://${host ?? 'localhost'}/`
  return URL.parse(url) ?? new URL('http://localhost/')
}
