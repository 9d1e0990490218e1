// The data API of a project: where it is, how it is set up, who may sign tokens for it, and its documentation.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { ProjectId, Timestamp } from './ids.ts'

/** A body is held in the memory that all projects share, and read at once: longer ones would keep everybody else waiting. */
export const MOST_BODY_BYTES = 50_000_000

const SchemaName = z.string().min(1).max(63)

export const ApiSettings = z.object({
  /** The first is the default. */
  schemas: z.array(SchemaName).min(1).max(50),
  extraSearchPath: z.array(SchemaName).max(50),
  maxRows: z.number().int().positive().max(1_000_000).nullable(),
  aggregatesEnabled: z.boolean(),
  planEnabled: z.boolean(),
  maxBodyBytes: z.number().int().positive().max(MOST_BODY_BYTES, 'A body may have 50,000,000 bytes at most.'),
  statementTimeoutMs: z.number().int().positive().max(600_000),
  maxPlanCost: z.number().positive().nullable(),
  /** Requests per second and burst; null for no limit. */
  rateLimit: z.object({
    perKey: z.number().int().positive().nullable(),
    perProject: z.number().int().positive().nullable(),
    perAddress: z.number().int().positive().nullable(),
  }),
  corsAllowedOrigins: z.array(z.string().max(300)).max(100),
})
export type ApiSettings = z.infer<typeof ApiSettings>

export const ApiState = z.object({
  projectId: ProjectId,
  /** What supabase-js takes as its URL: `https://host/<ref>`. */
  url: z.url(),
  /** `<url>/rest/v1` */
  restUrl: z.url(),
  settings: ApiSettings,
  /** Schemas of the database that could be exposed; null while the project is not awake. */
  availableSchemas: z.array(z.string()).nullable(),
})
export type ApiState = z.infer<typeof ApiState>

/** The project's own key for signing tokens (HS256). After a rotation the older one is accepted until `acceptedUntil`. */
export const JwtSecretInfo = z.object({
  id: z.string(),
  createdAt: Timestamp,
  acceptedUntil: Timestamp.nullable(),
})
export type JwtSecretInfo = z.infer<typeof JwtSecretInfo>

/** Somebody else who may sign tokens: their keys are read from their JWKS. */
export const TokenIssuer = z.object({
  id: z.uuid(),
  issuer: z.url({ protocol: /^https?$/ }),
  jwksUrl: z.url({ protocol: /^https?$/ }),
  audience: z.string().max(300).nullable(),
  /** Where the role stands in the claims, as a JSON path of PostgREST; `$.role`. */
  roleClaim: z.string().max(300),
  createdAt: Timestamp,
})
export type TokenIssuer = z.infer<typeof TokenIssuer>

const project = z.object({ projectId: ProjectId })
const path = '/projects/{projectId}/api'

export const api = capability('api', {
  get: call({
    input: project,
    output: ApiState,
    http: { method: 'GET', path, summary: 'Address and settings of the data API' },
  }),
  update: call({
    input: project.extend({ settings: ApiSettings.partial() }),
    output: ApiState,
    http: { method: 'PATCH', path, summary: 'Change settings of the data API' },
  }),
  /** OpenAPI as the role sees it, from the live schema. */
  document: call({
    input: project.extend({
      format: z.enum(['openapi-3.1', 'swagger-2.0']).default('openapi-3.1'),
      schema: SchemaName.optional(),
      /** Whose privileges count; `all` shows everything that is exposed. */
      as: z.enum(['anon', 'authenticated', 'service_role', 'all']).default('all'),
    }),
    output: z.record(z.string(), z.unknown()),
    http: { method: 'GET', path: `${path}/openapi`, summary: 'OpenAPI description of the data API' },
  }),
  jwtSecrets: call({
    input: project,
    output: z.array(JwtSecretInfo),
    http: { method: 'GET', path: `${path}/jwt-secrets`, summary: 'Signing secrets, without their values' },
  }),
  revealJwtSecret: call({
    input: project,
    output: z.object({ id: z.string(), secret: z.string() }),
    http: {
      method: 'POST',
      path: `${path}/jwt-secrets/reveal`,
      summary: 'The current signing secret, for a server that signs tokens',
    },
  }),
  rotateJwtSecret: call({
    input: project.extend({
      overlapSeconds: z
        .number()
        .int()
        .min(0)
        .max(30 * 86_400)
        .default(86_400),
    }),
    output: z.object({ id: z.string(), secret: z.string() }),
    http: { method: 'POST', path: `${path}/jwt-secrets/rotate`, summary: 'Make a new signing secret' },
  }),
  issuers: call({
    input: project,
    output: z.array(TokenIssuer),
    http: { method: 'GET', path: `${path}/issuers`, summary: 'Third parties whose tokens are accepted' },
  }),
  addIssuer: call({
    input: project.extend({
      issuer: TokenIssuer.shape.issuer,
      jwksUrl: TokenIssuer.shape.jwksUrl,
      audience: z.string().max(300).nullable().default(null),
      roleClaim: z.string().max(300).default('$.role'),
    }),
    output: TokenIssuer,
    http: { method: 'POST', path: `${path}/issuers`, summary: 'Accept the tokens of a third party' },
  }),
  removeIssuer: call({
    input: project.extend({ issuerId: z.uuid() }),
    output: z.void(),
    http: {
      method: 'DELETE',
      path: `${path}/issuers/{issuerId}`,
      summary: 'Stop accepting the tokens of a third party',
    },
  }),
})
