// The one place where the service reads the environment.
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { OperatorLimits } from '#contract/billing/operator-limits.ts'

const port = z.coerce.number().int().min(0).max(65_535)
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )

/** JSON in a variable, checked by a schema. */
function json<Schema extends z.ZodType>(
  schema: Schema,
): z.ZodPipe<z.ZodString, z.ZodTransform<z.output<Schema>, string>> {
  return z.string().transform((text, context): z.output<Schema> => {
    try {
      return schema.parse(JSON.parse(text))
    } catch {
      context.addIssue({ code: 'custom', message: 'It must be JSON of the described form.' })
      return z.NEVER
    }
  })
}

const Environment = z.object({
  NEBULADB_DATA_DIR: z.string().min(1).optional(),
  NEBULADB_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  NEBULADB_SERVICE_HOST: z.string().min(1).default('127.0.0.1'),
  NEBULADB_SERVICE_PORT: port.default(7400),
  NEBULADB_POSTGRES_HOST: z.string().min(1).default('127.0.0.1'),
  NEBULADB_POSTGRES_PORT: port.default(7432),
  NEBULADB_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  NEBULADB_SECRET_KEY: z
    .base64()
    .refine((text) => Buffer.from(text, 'base64').byteLength === 32, 'It must be 32 bytes in base64.')
    .optional(),
  NEBULADB_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  NEBULADB_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  NEBULADB_MAIL_FROM: z.string().min(3).default('NebulaDB <no-reply@localhost>'),
  NEBULADB_ALLOWED_ORIGINS: list,
  NEBULADB_TRUSTED_PROXIES: list,
  NEBULADB_API_DOMAIN: z
    .string()
    .toLowerCase()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/, 'It must be a domain, with a port if it has one.')
    .optional(),
  NEBULADB_PRIVATE_ISSUERS: z.stringbool().default(false),
  NEBULADB_REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  NEBULADB_STRIPE_KEY: z.string().min(8).optional(),
  NEBULADB_STRIPE_WEBHOOK_SECRETS: list,
  NEBULADB_STRIPE_URL: z.url({ protocol: /^https?$/ }).optional(),
  NEBULADB_STRIPE_TAX: z.stringbool().default(true),
  NEBULADB_LIMITS: json(OperatorLimits).optional(),
})

export interface Config {
  /** Everything the service keeps: `<data>/service`. Made with mode 0700 on start. */
  readonly directory: string
  /** A Postgres for the service's own records; undefined runs an embedded one. */
  readonly databaseUrl: string | undefined
  readonly http: {
    readonly host: string
    /** 0 takes any free port. */
    readonly port: number
    /** How others reach the service, for links in mails; undefined uses the address it listens on. */
    readonly publicUrl: string | undefined
    /** Browser origins that may call; none by default. */
    readonly allowedOrigins: readonly string[]
    /** Addresses whose X-Forwarded-For is believed; none by default. */
    readonly trustedProxies: readonly string[]
  }
  readonly api: {
    /** Projects are found at `<ref>.<domain>` too; undefined where they have no host names of their own. With a port only if clients must name it. */
    readonly domain: string | undefined
    /** Where rate limits are counted for several processes together; undefined counts in memory. */
    readonly redisUrl: string | undefined
    /** Whether projects may trust issuers whose keys are on private networks: right where everybody who may make a project belongs to the house. */
    readonly privateIssuers: boolean
  }
  /** Where the proxy to the projects' databases listens. */
  readonly postgres: { readonly host: string; readonly port: number }
  /** 32 bytes in base64; undefined uses a key file in the directory. */
  readonly secretKey: string | undefined
  readonly logLevel: z.infer<typeof Environment>['NEBULADB_LOG_LEVEL']
  readonly billing: {
    /** Undefined: self-hosted, nothing is sold. */
    readonly stripe:
      | {
          readonly apiKey: string
          /** The newest first; two while one is being replaced. */
          readonly webhookSecrets: readonly string[]
          /** Another server that speaks Stripe's API; undefined is Stripe's own. */
          readonly url: string | undefined
          /** Whether Stripe calculates tax. */
          readonly automaticTax: boolean
        }
      | undefined
    /** What the operator of a self-hosted service allows each organisation; all by default. */
    readonly limits: OperatorLimits
  }
  readonly mail: { readonly smtpUrl: string | undefined; readonly from: string }
}

/** Reads the configuration. Throws INVALID_INPUT naming the variables that are wrong, never their values. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = Environment.safeParse(present)
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new AppError('INVALID_INPUT', `The configuration is not valid. ${wrong.join(' ')}`)
  }
  const values = parsed.data
  return {
    directory: join(resolve(values.NEBULADB_DATA_DIR ?? defaultDataDirectory(present)), 'service'),
    databaseUrl: values.NEBULADB_DATABASE_URL,
    http: {
      host: values.NEBULADB_SERVICE_HOST,
      port: values.NEBULADB_SERVICE_PORT,
      publicUrl: values.NEBULADB_PUBLIC_URL,
      allowedOrigins: values.NEBULADB_ALLOWED_ORIGINS,
      trustedProxies: values.NEBULADB_TRUSTED_PROXIES,
    },
    api: {
      domain: values.NEBULADB_API_DOMAIN,
      redisUrl: values.NEBULADB_REDIS_URL,
      privateIssuers: values.NEBULADB_PRIVATE_ISSUERS,
    },
    postgres: { host: values.NEBULADB_POSTGRES_HOST, port: values.NEBULADB_POSTGRES_PORT },
    secretKey: values.NEBULADB_SECRET_KEY,
    logLevel: values.NEBULADB_LOG_LEVEL,
    billing: {
      stripe:
        values.NEBULADB_STRIPE_KEY === undefined
          ? undefined
          : {
              apiKey: values.NEBULADB_STRIPE_KEY,
              webhookSecrets: values.NEBULADB_STRIPE_WEBHOOK_SECRETS,
              url: values.NEBULADB_STRIPE_URL,
              automaticTax: values.NEBULADB_STRIPE_TAX,
            },
      limits: values.NEBULADB_LIMITS ?? OperatorLimits.parse({}),
    },
    mail: { smtpUrl: values.NEBULADB_SMTP_URL, from: values.NEBULADB_MAIL_FROM },
  }
}

function defaultDataDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === 'win32')
    return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'NebulaDB')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'NebulaDB')
  if (environment['XDG_DATA_HOME'] !== undefined) return join(environment['XDG_DATA_HOME'], 'nebuladb')
  return process.getuid?.() === 0 ? '/var/lib/nebuladb' : join(homedir(), '.local', 'share', 'nebuladb')
}
