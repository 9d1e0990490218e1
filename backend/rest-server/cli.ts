// The command line of the stand-alone server, as PostgREST's: one configuration file, and a few commands.

export type Command =
  | { readonly kind: 'run'; readonly path: string | undefined }
  | { readonly kind: 'dump-config'; readonly path: string | undefined }
  | { readonly kind: 'dump-schema'; readonly path: string | undefined }
  | { readonly kind: 'ready'; readonly path: string | undefined }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'example' }
  | { readonly kind: 'mistake'; readonly message: string }

const FLAGS: Readonly<Record<string, Exclude<Command['kind'], 'run' | 'mistake'>>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
  '--example': 'example',
  '-e': 'example',
  '--dump-config': 'dump-config',
  '--dump-schema': 'dump-schema',
  '--ready': 'ready',
}

/** Which of PostgREST's releases the wire protocol follows: clients read it from the Server header and the OpenAPI document. */
export const POSTGREST_VERSION = '16.2'

/** Reads the arguments after the program's name. */
export function parseArguments(args: readonly string[]): Command {
  let kind: 'run' | 'dump-config' | 'dump-schema' | 'ready' = 'run'
  let path: string | undefined
  for (const argument of args) {
    const flag = FLAGS[argument]
    if (flag === 'help' || flag === 'version' || flag === 'example') return { kind: flag }
    if (flag !== undefined) {
      if (kind !== 'run') return { kind: 'mistake', message: `Invalid option \`${argument}'` }
      kind = flag
    } else if (argument.startsWith('-')) {
      return { kind: 'mistake', message: `Invalid option \`${argument}'` }
    } else if (path !== undefined) {
      return { kind: 'mistake', message: `Invalid argument \`${argument}'` }
    } else {
      path = argument
    }
  }
  return { kind, path }
}

export const USAGE = `Usage: npm run rest -- [-v|--version] [-e|--example] [--dump-config | --dump-schema | --ready] [FILENAME]

  A REST API for an existing Postgres database, by PostgREST's wire protocol and configuration.

Available options:
  -h,--help        Show this help text
  -v,--version     Show the version information
  -e,--example     Show an example configuration file
  --dump-config    Dump loaded configuration and exit
  --dump-schema    Dump loaded schema as JSON and exit (for debugging, output structure is unstable)
  --ready          Check the health of the server by a request to the /ready endpoint of its admin server
  FILENAME         Path to configuration file
`

/** A configuration file that shows every setting; those with one "#" are off by default. */
export const EXAMPLE = `## Where the database is: a URI, or "host=… port=… user=… dbname=…". What is left out comes from PGHOST, PGUSER, …
## "@filename" reads it from a file.
db-uri = "postgresql://"

## The schemas that get endpoints, the default one first
db-schemas = "public"

## The role of requests without a token; without it they are refused
# db-anon-role = "anon"

## Schemas that endpoints may refer to without getting endpoints themselves
db-extra-search-path = "public"

## Most rows that one answer gives
# db-max-rows = 1000

## Function that is called before each request, with its role and settings in place
# db-pre-request = "schema.function"

## Function whose result is shown at the root instead of the OpenAPI document
# db-root-spec = "schema.function"

## How transactions end: commit, commit-allow-override, rollback, rollback-allow-override
## (with override, "Prefer: tx=rollback" or "Prefer: tx=commit" has its way)
db-tx-end = "commit"

## Settings of functions that hold for the whole transaction when they are called
db-hoisted-tx-settings = "statement_timeout, plan_filter.statement_cost_limit, default_transaction_isolation"

## Whether sum(), avg(), count(), max() and min() may be asked for
db-aggregates-enabled = false

## Whether "Accept: application/vnd.pgrst.plan" shows execution plans
db-plan-enabled = false

## Whether statements stay prepared. Turn it off behind a pooler in transaction mode.
db-prepared-statements = true

## Whether settings are read from the database ("alter role … set pgrst.db_schemas = …"), and the function that may set them
db-config = true
# db-pre-config = "schema.function"

## "notify pgrst, 'reload schema'" and "notify pgrst, 'reload config'"
db-channel = "pgrst"
db-channel-enabled = true

## Connections: how many at most, seconds to wait for a free one, seconds before an idle or an old one is closed
db-pool = 10
db-pool-acquisition-timeout = 10
db-pool-max-idletime = 30
db-pool-max-lifetime = 1800

## Whether a lost connection is opened again, without end; otherwise the server exits
db-pool-automatic-recovery = true

## A secret of 32 characters or more, a JSON Web Key or a set of them; "@filename" reads it from a file
# jwt-secret = "secret_with_at_least_32_characters"
jwt-secret-is-base64 = false

## Where the role stands in a token
jwt-role-claim-key = "$$.role"

## The audience that tokens must name
# jwt-aud = "your_audience_claim"

## How many verified tokens are remembered; 0 for none
jwt-cache-max-entries = 1000

## follow-privileges, ignore-privileges or disabled
openapi-mode = "follow-privileges"
openapi-security-active = false
# openapi-server-proxy-uri = "https://example.com/api"

## Where it listens. !4 is every IPv4 address, * every address. A Unix socket wins over the port.
server-host = "!4"
server-port = 3000
server-reuseport = false
# server-unix-socket = "/run/rest/api.sock"
# server-unix-socket-mode = "660"

## Origins that browsers may call from, with commas; all of them when empty
# server-cors-allowed-origins = ""

## Whether answers tell how long each stage took
server-timing-enabled = false

## Header that is given back as it came
# server-trace-header = "X-Request-Id"

## verbose, or minimal: without details and hint
client-error-verbosity = "verbose"

## Whether filters may name an embed by its table though it has an alias
url-use-legacy-target-names = true

## /live, /ready, /schema_cache, /config and /metrics; off without a port
# admin-server-host = "127.0.0.1"
# admin-server-port = 3001

## crit, error, warn, info or debug; and whether the SQL of requests is logged with them
log-level = "error"
log-query = false

## Settings that functions read by current_setting('app.settings.name')
# app.settings.name = "value"
`
