// Names that the API does not know: tables, functions and columns that are somewhere else, or called otherwise.
import { z } from 'zod'
import type { Explanation } from '#contract/capabilities/insight.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { readAll } from '../../database/index.ts'
import { inWords, sentence, withRemedy, type AskDatabase, type Failure, type Rule } from './rule.ts'

const TABLE = /^Could not find the table '(.+?)\.(.+)' in the schema cache$/
const FUNCTION = /^Could not find the function ([^.]+)\.([^(\s]+)/
const NO_COLUMN = /^Could not find the '(.+)' column of '(.+)' in the schema cache$/
const UNDEFINED_COLUMN = /^column (?:"?(.+?)"?\.)?"?([^".]+)"? does not exist$/

export const NAME_RULES: readonly Rule[] = [
  { codes: ['PGRST205'], explain: (failure, ask) => explainName(failure, ask, 'table') },
  { codes: ['PGRST202'], explain: (failure, ask) => explainName(failure, ask, 'function') },
  {
    codes: ['PGRST204', '42703'],
    explain: (failure, ask) => explainColumn(failure, ask),
  },
  {
    codes: ['PGRST200'],
    explain: ({ error }) => [
      inWords(
        'no-relationship',
        `${sentence(error.message)} An embed follows a foreign key between the two tables${error.hint === null ? '.' : `. ${sentence(error.hint)}`} If you have just made the key, wait a moment and send the request again.`,
      ),
    ],
  },
  {
    codes: ['PGRST201', 'PGRST203'],
    explain: ({ error }) => [
      inWords(
        error.code === 'PGRST201' ? 'ambiguous-embed' : 'ambiguous-function',
        [error.message, error.hint ?? '']
          .filter((text) => text !== '')
          .map(sentence)
          .join(' '),
      ),
    ],
  },
  {
    codes: ['42883', '42P01'],
    explain: ({ error }) => [
      inWords(
        'missing-in-database',
        `${sentence(error.message)} The request came as far as Postgres, so this is about something that a view, a policy, a function or an operator of the filter uses.`,
      ),
    ],
  },
]

const Place = z.object({ schema: z.string() })

async function explainName(
  { recording, error }: Failure,
  ask: AskDatabase,
  what: 'table' | 'function',
): Promise<readonly Explanation[]> {
  const [, schema, wanted] = (what === 'table' ? TABLE : FUNCTION).exec(error.message) ?? []
  if (schema === undefined || wanted === undefined) return []
  const places = (await ask((session) => findPlaces(session, what, wanted))).map((one) => one.schema)
  const exposed: readonly string[] = recording.config?.schemas ?? []
  if (places.includes(schema)) {
    // A function that is there takes other parameters; a table that is there came after the snapshot, or is a partition.
    if (what === 'function')
      return [
        inWords(
          'other-parameters',
          `The function ${schema}.${wanted} exists, but takes other parameters. ${near(error.hint)}`,
        ),
      ]
    return [
      withRemedy(
        'schema-cache-stale',
        `The table ${schema}.${wanted} exists, but the API’s picture of the schema does not have it: it was made after that was read, or is a partition.`,
        {
          sql: sql`notify pgrst, 'reload schema'`,
          effect: 'The API reads the schema again. It changes nothing.',
        },
      ),
    ]
  }
  const open = places.find((one) => exposed.includes(one))
  if (open !== undefined)
    return [
      inWords(
        'other-schema',
        `The ${what} ${wanted} is in the schema ${open}, but ${schema} was asked for. Send ${recording.method === 'GET' || recording.method === 'HEAD' ? 'Accept-Profile' : 'Content-Profile'}: ${open}.`,
      ),
    ]
  if (places[0] !== undefined)
    return [
      inWords(
        'not-exposed',
        `The ${what} ${wanted} is in the schema ${places.join(', ')}, which the API does not expose (it exposes ${exposed.join(', ')}). Expose the schema in the API’s settings, or make a view of it in one that is exposed.`,
      ),
    ]
  return [
    inWords(
      `unknown-${what}`,
      `There is no ${what} ${wanted} in any schema of the database. ${near(error.hint)}`,
    ),
  ]
}

function near(hint: string | null): string {
  return hint === null ? 'Check its name.' : sentence(hint)
}

function findPlaces(
  session: Session,
  what: 'table' | 'function',
  wanted: string,
): Promise<z.infer<typeof Place>[]> {
  const own = sql`nspname !~ '^pg_' and nspname <> 'information_schema'`
  return readAll(
    session,
    Place,
    what === 'table'
      ? sql`select nspname as schema from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
             where ${own} and relname = ${wanted} and relkind in ('r', 'p', 'v', 'm', 'f') order by nspname`
      : sql`select distinct nspname as schema from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = pronamespace
             where ${own} and proname = ${wanted} order by nspname`,
  )
}

const Column = z.object({ name: z.string() })

async function explainColumn(
  { recording, error }: Failure,
  ask: AskDatabase,
): Promise<readonly Explanation[]> {
  const known = NO_COLUMN.exec(error.message)
  const [, first, second] = known ?? UNDEFINED_COLUMN.exec(error.message) ?? []
  const column = known === null ? second : first
  const table = known === null ? first : second
  if (column === undefined) return [inWords('unknown-column', sentence(error.message))]
  const schemas = recording.config?.schemas ?? []
  const columns = await ask((session) =>
    readAll(
      session,
      Column,
      sql`select a.attname as name from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
           where c.relname = ${(table ?? '').split('.').at(-1) ?? ''} and n.nspname = any (${[...schemas]}::text[])
             and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    ),
  )
  const closest = closestTo(
    column,
    columns.map(({ name }) => name),
  )
  const of = table === undefined ? '' : ` of ${table}`
  const advice =
    closest === null
      ? columns.length === 0
        ? 'Check its name.'
        : `It has: ${columns.map(({ name }) => name).join(', ')}.`
      : `Perhaps you meant ${closest}.`
  return [inWords('unknown-column', `There is no column ${column}${of}. ${advice}`)]
}

const NEAR_ENOUGH = 3

/** The name that differs in the fewest letters, where these are few. */
function closestTo(wanted: string, names: readonly string[]): string | null {
  const [best] = names
    .map((one) => ({ one, distance: distance(wanted.toLowerCase(), one.toLowerCase()) }))
    .filter((each) => each.distance <= Math.min(NEAR_ENOUGH, wanted.length / 2))
    .sort((left, right) => left.distance - right.distance)
  return best?.one ?? null
}

/** Letters to put in, take out or change (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let index = 0; index < one.length; index += 1) {
    const next = [index + 1]
    for (let place = 0; place < other.length; place += 1) {
      const changed = (row[place] ?? 0) + (one[index] === other[place] ? 0 : 1)
      next.push(Math.min(changed, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
