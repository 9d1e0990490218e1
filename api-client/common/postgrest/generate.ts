// A collection made from what an API offers: a folder per table with a request per operation, and one of the functions. It can be run from top to bottom:
// what it creates it deletes again.
import type { ApiDescription, ApiFunction, ApiTable } from '#contract/requests/api-description.ts'
import type { Auth } from '#contract/requests/auth.ts'
import type { CollectionSource } from '#contract/requests/collection.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import type { CollectionTree, TreeFolder, TreeRequest } from '../collection-tree.ts'
import { newCollection, newDefaults, newFolder } from '../new-request.ts'
import { compose } from './compose.ts'
import { emptyForm, type EndpointForm } from './form.ts'
import { readRequests } from './generate-reads.ts'
import { writeRequests } from './generate-writes.ts'
import { functionChecks, skipAlways, skipUnlessAllowed } from './generate-scripts.ts'
import { sampleValue } from './types.ts'

export interface GenerateOptions {
  readonly name: string
  /** Who asks; nobody where not given. */
  readonly auth?: Auth
  readonly source?: CollectionSource | null
  /** Names of the tables that are wanted, and of the functions with `rpc/` before them; null for all. */
  readonly tables?: readonly string[] | null
}

/** How requests of a generated collection call the API's address. */
export const BASE = '{{baseUrl}}'

/** The tree, ready to be written as a folder. */
export function generateCollection(description: ApiDescription, options: GenerateOptions): CollectionTree {
  const { name, auth = { type: 'none' }, source = null, tables = null } = options
  const isWanted = (one: string) => tables === null || tables.includes(one)
  const folders = description.tables
    .filter((table) => isWanted(table.name))
    .map((table, index) => tableFolder(description, table, index))
  const functions = description.functions.filter(
    (one) => tables === null || tables.includes(`rpc/${one.name}`),
  )
  return {
    collection: newCollection(name, {
      docs: docsOf(description),
      source,
      defaults: newDefaults({
        auth,
        variables: [
          variable('baseUrl', description.baseUrl, 'Address of the API'),
          variable('callWritingFunctions', 'false', '`true` calls functions that may write, too'),
        ],
      }),
    }),
    environments: [],
    items:
      functions.length === 0 ? folders : [...folders, functionFolder(description, functions, folders.length)],
  }
}

function variable(name: string, value: string, description: string) {
  return { name, value, type: 'string' as const, isSecret: false, isEnabled: true, description }
}

function docsOf({ title, docs }: ApiDescription): string {
  return [
    title === '' ? '' : `# ${title}`,
    docs,
    'Generated from the schema. Run from top to bottom, each folder reads its table, creates a row, changes it and deletes it again. What cannot be tried that way is skipped, and says why.',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function tableFolder(description: ApiDescription, table: ApiTable, index: number): TreeFolder {
  const requests = [...readRequests(description, table), ...writeRequests(description, table)]
  return {
    type: 'folder',
    folder: newFolder(folderName(description, table), { sequence: index + 1, docs: table.docs }),
    items: requests.map(numbered),
  }
}

/** Tables of another schema than the default one carry its name. */
function folderName({ schemas }: ApiDescription, { schema, name }: ApiTable): string {
  return schema === schemas[0] ? name : `${schema}.${name}`
}

function numbered(request: HttpRequest, index: number): TreeRequest {
  return { type: 'request', request: { ...request, sequence: index + 1 } }
}

function functionFolder(
  description: ApiDescription,
  functions: readonly ApiFunction[],
  index: number,
): TreeFolder {
  return {
    type: 'folder',
    folder: newFolder('Functions', { sequence: index + 1 }),
    items: functions.map((one) => callRequest(description, one)).map(numbered),
  }
}

function callRequest(description: ApiDescription, one: ApiFunction): HttpRequest {
  const refusal = whyNotCalled(one)
  const writes = !one.methods.includes('GET')
  const request = compose(description, { ...callForm(one), base: BASE })
  return {
    ...request,
    name: one.name,
    docs: [
      one.docs,
      writes ? 'It may write, so it is skipped unless the variable callWritingFunctions is true.' : '',
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    scripts: {
      tests: '',
      beforeRequest: refusal !== null ? skipAlways(refusal) : writes ? skipUnlessAllowed(one.name) : '',
      afterResponse: functionChecks(one.name),
    },
  }
}

/** Why the API cannot call it at all; null where it can. */
function whyNotCalled({ name, parameters }: ApiFunction): string | null {
  const unnamed = parameters.filter((one) => one.name === '')
  if (unnamed.length === 0) return null
  const [first] = parameters
  return parameters.length === 1 && /^(?:jsonb?|text)$/.test(first?.type ?? '')
    ? null
    : `the parameters of ${name} have no names, so that a request cannot give them.`
}

/** A call with a value for each argument that must be given; by GET where it writes nothing. */
export function callForm(one: ApiFunction): EndpointForm {
  const form = emptyForm('call', one.schema, one.name)
  const given = one.parameters.filter(({ isRequired }) => isRequired)
  const [first] = one.parameters
  const values = given.map(
    ({ name, type }) => [name, sampleValue({ type, values: [], maxLength: null })] as const,
  )
  // A parameter without a name takes the whole body: JSON, or text as it stands.
  if (first?.name === '') {
    const sample = values[0]?.[1] ?? null
    return /^jsonb?$/.test(first.type)
      ? { ...form, body: JSON.stringify(sample) }
      : { ...form, body: argumentText(sample), bodyFormat: 'text' }
  }
  if (one.methods.includes('GET'))
    return {
      ...form,
      method: 'GET',
      arguments: values.map(([name, value]) => ({ name, value: argumentText(value) })),
    }
  return { ...form, body: JSON.stringify(Object.fromEntries(values), null, 2) }
}

function argumentText(value: unknown): string {
  if (typeof value === 'string') return value
  // Arrays stand in braces in a query.
  return Array.isArray(value) ? `{${value.map(argumentText).join(',')}}` : JSON.stringify(value)
}
