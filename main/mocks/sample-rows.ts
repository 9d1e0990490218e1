// Rows for a mock server: a sample of each table, asked of the API itself as somebody of it, so that nothing is seen that they may not see.
import { parseExact } from '#api-client/common/assert/exact-json.ts'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { resolveRequest } from '#api-client/common/resolve/resolve-request.ts'
import { createLookup } from '#api-client/common/resolve/scopes.ts'
import type { MockTable } from '#api-client/node/mock/server.ts'
import type { Sender } from '#api-client/node/send/types.ts'
import type { MockSource } from '#contract/capabilities/mocks.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { ApiDescription, ApiTable } from '#contract/requests/api-description.ts'
import type { Auth } from '#contract/requests/auth.ts'
import { isJwt, type Describer } from '../explorer/index.ts'
import { fetchText } from '../requests/index.ts'

const AT_ONCE = 4
const MOST_TABLES = 500
/** Letters of all answers together. */
const MOST_TEXT = 100_000_000

type RowsSource = Extract<MockSource, { readonly type: 'rows' }>

export interface Sample {
  readonly name: string
  readonly tables: readonly MockTable[]
  /** What could not be taken, in words. */
  readonly notes: readonly string[]
}

/** Asks for the rows. Throws what describing the API throws; a table that cannot be read is there without rows, and noted. */
export async function sampleRows(
  { describer, sender }: { readonly describer: Describer; readonly sender: Sender },
  source: RowsSource,
  signal: AbortSignal,
): Promise<Sample> {
  const { description, cachedAt } = await describer.describe(source.source, signal)
  if (cachedAt !== null)
    throw new AppError('CONNECTION_FAILED', 'The API is out of reach, so no rows can be taken of it.', {
      hint: 'Start the mock server when the API answers. One from examples needs no network.',
    })
  const readable = description.tables.filter(({ methods }) => methods.includes('GET'))
  const tables = readable.slice(0, MOST_TABLES).filter(isFirstOfName)
  const samples = new Map<ApiTable, MockTable>()
  const notes: string[] = []
  let letters = 0
  const waiting = [...tables]
  const work = async (): Promise<void> => {
    for (let table = waiting.shift(); table !== undefined; table = waiting.shift()) {
      const asked = { description, table, source, auth: authOf(source) }
      const sample = await (letters > MOST_TEXT
        ? Promise.resolve({ problem: 'there are too many rows already' })
        : rowsOf(sender, asked, signal))
      if ('problem' in sample) notes.push(`${table.name} has no rows: ${sample.problem}.`)
      else letters += sample.letters
      samples.set(table, mockTable(table, 'rows' in sample ? sample.rows : []))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  if (readable.length > tables.length)
    notes.push(`${readable.length - tables.length} tables are left out: of another schema, or too many.`)
  return {
    name: description.title,
    tables: tables.flatMap((table) => samples.get(table) ?? []),
    notes: notes.toSorted(),
  }
}

type Row = Readonly<Record<string, unknown>>

interface Asked {
  readonly description: ApiDescription
  readonly table: ApiTable
  readonly source: RowsSource
  readonly auth: Auth
}

async function rowsOf(
  sender: Sender,
  { description, table, source, auth }: Asked,
  signal: AbortSignal,
): Promise<{ readonly rows: readonly Row[]; readonly letters: number } | { readonly problem: string }> {
  const url = `${description.baseUrl.replace(/\/$/, '')}/${encodeURIComponent(table.name)}`
  const key = table.columns.filter(({ isPrimaryKey }) => isPrimaryKey).map(({ name }) => `"${name}"`)
  const query = new URLSearchParams({ limit: String(source.rowsPerTable) })
  if (key.length > 0) query.set('order', key.join(','))
  const { token } = source.source.type === 'url' ? source.source : { token: '' }
  const request = newHttpRequest(table.name, {
    url: `${url}?${query.toString()}`,
    headers: [
      ...(description.schemas[0] === table.schema ? [] : [header('Accept-Profile', table.schema)]),
      ...(token === '' || source.auth !== null ? [] : [header('apikey', token)]),
    ],
    auth,
  })
  try {
    const resolved = resolveRequest({
      request,
      inherited: [],
      lookup: createLookup([]),
      dynamic: null,
      directory: null,
    })
    const { status, text } = await fetchText(sender, { request: resolved, cookies: null, signal })
    if (status >= 300) return { problem: `the API answered with status ${status}` }
    const rows = parseExact(text)
    return Array.isArray(rows)
      ? { rows: rows.filter(isRow), letters: text.length }
      : { problem: 'the API did not answer with rows' }
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error
    return { problem: error.message.replace(/\.$/, '') }
  }
}

function authOf({ source, auth }: RowsSource): Auth {
  if (auth !== null) return auth
  if (source.type === 'project')
    return { type: 'project', projectId: ProjectId.parse(source.projectId), as: 'authenticated', claims: '' }
  return isJwt(source.token) ? { type: 'bearer', token: source.token } : { type: 'none' }
}

function mockTable(table: ApiTable, rows: readonly Row[]): MockTable {
  return {
    name: table.name,
    columns: table.columns.map(({ name, type }) => ({ name, type })),
    primaryKey: table.columns.filter(({ isPrimaryKey }) => isPrimaryKey).map(({ name }) => name),
    rows,
  }
}

/** A mock server knows no schemas: of two tables of one name the default schema's counts. */
function isFirstOfName(table: ApiTable, at: number, all: readonly ApiTable[]): boolean {
  return all.findIndex(({ name }) => name === table.name) === at
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function header(name: string, value: string) {
  return { name, value, isEnabled: true, description: '' }
}
