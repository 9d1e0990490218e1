// The requests of a generated folder that write: rows that others refer to are taken from their tables, a row is created, changed, upserted and deleted.
import type { ApiColumn, ApiDescription, ApiTable } from '#contract/requests/api-description.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { compose } from './compose.ts'
import {
  embedName,
  embedOf,
  filterOf,
  NO_PREFERENCES,
  pickColumn,
  type Embed,
  type EndpointForm,
} from './form.ts'
import { assertion, keyColumns, named, tableForm } from './generate-reads.ts'
import {
  checkDeleted,
  checkWritten,
  keepCreated,
  skipAlways,
  skipWithout,
  variableNames,
  type MadeRow,
} from './generate-scripts.ts'
import { familyOf, sampleValue } from './types.ts'

const RETURNED = { ...NO_PREFERENCES, return: 'representation' as const }

/** Nothing for what cannot be written to. */
export function writeRequests(description: ApiDescription, table: ApiTable): HttpRequest[] {
  if (!table.methods.some((method) => method !== 'GET' && method !== 'PUT')) return []
  const reason = whyNot(description, table)
  const requests = [
    ...(table.methods.includes('POST') ? [create(description, table)] : []),
    ...(table.methods.includes('PATCH') ? [update(description, table)] : []),
    ...(table.methods.includes('POST') && table.methods.includes('PATCH')
      ? [upsert(description, table)]
      : []),
    ...(table.methods.includes('DELETE') ? [remove(description, table)] : []),
  ]
  if (reason !== null) return requests.map((request) => skipped(request, reason))
  return [...references(description, table), ...requests]
}

/** Why no row can be created and taken away again; null where it can. */
function whyNot(description: ApiDescription, table: ApiTable): string | null {
  if (table.kind === 'view') return `${table.name} is a view: its rows are those of other tables.`
  if (keyColumns(table).length === 0)
    return `${table.name} has no primary key: a created row could not be found and deleted again.`
  for (const method of ['GET', 'POST', 'DELETE'])
    if (!table.methods.includes(method))
      return `${table.name} does not allow ${method}: a row could not be created, seen and deleted again.`
  const unknown = requiredReferences(table).find(
    ({ references: to }) => to !== null && targetOf(description, table, to.table) === undefined,
  )
  return unknown === undefined
    ? null
    : `${unknown.name} refers to ${unknown.references?.table ?? 'a table'}, which this API does not show.`
}

function skipped(request: HttpRequest, reason: string): HttpRequest {
  return {
    ...request,
    docs: `Skipped in a run: ${reason}`,
    scripts: { ...request.scripts, beforeRequest: skipAlways(reason) },
  }
}

function targetOf({ tables }: ApiDescription, { schema }: ApiTable, name: string): ApiTable | undefined {
  return tables.find((one) => one.name === name && one.schema === schema && one.methods.includes('GET'))
}

/** Columns that a new row must have. */
function required({ columns }: ApiTable): ApiColumn[] {
  return columns.filter(
    ({ isGenerated, isNullable, hasDefault, isPrimaryKey }) =>
      !isGenerated && ((!isNullable && !hasDefault) || (isPrimaryKey && !hasDefault)),
  )
}

function requiredReferences(table: ApiTable): ApiColumn[] {
  return required(table).filter((column) => column.references !== null)
}

/** A request per foreign key that a new row needs: it takes a row that is there. */
function references(description: ApiDescription, table: ApiTable): HttpRequest[] {
  const names = variableNames(table)
  return requiredReferences(table).flatMap(({ name, references: to }) => {
    const target = to === null ? undefined : targetOf(description, table, to.table)
    if (to === null || target === undefined) return []
    const free = freeRelation(table, target, name)
    const form: EndpointForm = {
      ...tableForm(target, 'read'),
      select: [pickColumn(to.column), ...(free === null ? [] : [free])],
      where: [
        filterOf(to.column, 'is', 'null', { isNegated: true }),
        ...(free === null ? [] : [filterOf(embedName(free), 'is', 'null')]),
      ],
      limit: '1',
    }
    const variable = JSON.stringify(names.reference(name))
    return [
      named(compose(description, form), `Take a row of ${target.name} for ${name}`, {
        assertions: [assertion('res.status', 'eq', '200')],
        scripts: {
          tests: '',
          beforeRequest: '',
          afterResponse: `pm.variables.unset(${variable});
const [row] = pm.response.code === 200 ? pm.response.json() : [];
if (row !== undefined) pm.variables.set(${variable}, JSON.stringify(row[${JSON.stringify(to.column)}]));`,
        },
      }),
    ]
  })
}

/** The relation back from the other table, where each of its rows may be referred to once: only rows without one are free. */
function freeRelation(table: ApiTable, target: ApiTable, name: string): Embed | null {
  const keys = keyColumns(table)
  if (keys.length !== 1 || keys[0] !== name || table.name === target.name) return null
  const back = target.relations.filter((one) => one.target === table.name)
  const [only] = back
  return only === undefined || back.length > 1 || only.name !== table.name
    ? null
    : embedOf(table.name, { select: [pickColumn(name)] })
}

/** Whether a made value is another one each time: long enough to be unlike all that is there. */
function isMadeUnique(column: ApiColumn): boolean {
  if (column.references !== null) return false
  const family = familyOf(column)
  return family === 'uuid' || (family === 'text' && (column.maxLength ?? 30) >= 6) || isKeyNumber(column)
}

function isKeyNumber(column: ApiColumn): boolean {
  return (
    familyOf(column) === 'number' &&
    column.isPrimaryKey &&
    !/^(?:smallint|int2|real|double|float|numeric|decimal)/.test(column.type)
  )
}

function madeOf(table: ApiTable, columns: readonly ApiColumn[]): MadeRow {
  return {
    unique: columns.filter(isMadeUnique).map(({ name }) => name),
    guessed: columns.filter((column) => familyOf(column) === 'other').map(({ name }) => name),
    defaulted: table.columns.filter(({ hasDefault }) => hasDefault).map(({ name }) => name),
  }
}

/**
 * How a script makes a column's value: an expression that is another one each time where it may have to be unique; else what the first row has,
 * which the table's checks let through, and a sample where there is no row.
 */
function valueExpression(table: ApiTable, column: ApiColumn): string {
  if (column.references !== null)
    return `JSON.parse(pm.variables.get(${JSON.stringify(variableNames(table).reference(column.name))}))`
  const like = `like(${JSON.stringify(column.name)}, ${JSON.stringify(sampleValue(column))})`
  switch (familyOf(column)) {
    case 'uuid':
      return `pm.variables.replaceIn('{{$guid}}')`
    case 'text':
      return `unique.slice(0, ${String(column.maxLength ?? 30)})`
    case 'number':
      if (isKeyNumber(column)) return 'uniqueNumber % 2000000000'
      return column.isPrimaryKey && /^(?:smallint|int2)/.test(column.type) ? 'uniqueNumber % 32000' : like
    default:
      return like
  }
}

function create(description: ApiDescription, table: ApiTable): HttpRequest {
  const names = variableNames(table)
  const columns = required(table)
  const needed = requiredReferences(table).map(({ name, references: to }) => [
    names.reference(name),
    `${to?.table ?? 'the other table'} has no row that ${name} could refer to.`,
  ])
  const members = columns.map(
    (column) => `  ${JSON.stringify(column.name)}: ${valueExpression(table, column)},`,
  )
  const form = { ...tableForm(table, 'insert'), body: `{{${names.newRow}}}`, prefer: RETURNED }
  return named(compose(description, form), `Create one of ${table.name}`, {
    scripts: {
      tests: '',
      beforeRequest: `pm.variables.unset(${JSON.stringify(names.createdRow)});
const missing = ${JSON.stringify(needed)}.find(([name]) => !pm.variables.has(name));
if (missing !== undefined) {
  console.log('Skipped: ' + missing[1]);
  pm.variables.set(${JSON.stringify(names.newRow)}, '{}');
  pm.execution.skipRequest();
} else {
const uniqueNumber = Math.floor(Math.random() * 1e9) + 1e9;
const unique = uniqueNumber.toString(36) + ' made by a test';
const first = pm.variables.has(${JSON.stringify(names.row)}) ? JSON.parse(pm.variables.get(${JSON.stringify(names.row)})) : {};
const like = (column, sample) => first[column] ?? sample;
pm.variables.set(${JSON.stringify(names.newRow)}, JSON.stringify({
${members.join('\n')}
}));
}`,
      afterResponse: keepCreated(table, keyColumns(table), madeOf(table, columns)),
    },
  })
}

/** The filter on the created row. */
function onCreated(table: ApiTable) {
  const { created } = variableNames(table)
  return keyColumns(table).map((name) => filterOf(name, 'eq', `{{${created(name)}}}`))
}

function needsCreated(table: ApiTable): string {
  return skipWithout(variableNames(table).createdRow, `no row of ${table.name} was created.`)
}

/** Keeps those columns of the created row that may be written; the value stays what it is. */
function fromCreated(table: ApiTable, columns: readonly ApiColumn[]): string {
  const names = variableNames(table)
  return `${needsCreated(table)}
pm.variables.set(${JSON.stringify(names.changes)}, '{}');
if (pm.variables.has(${JSON.stringify(names.createdRow)})) {
  const row = JSON.parse(pm.variables.get(${JSON.stringify(names.createdRow)}));
  pm.variables.set(${JSON.stringify(names.changes)}, JSON.stringify(Object.fromEntries(${JSON.stringify(columns.map(({ name }) => name))}.map((column) => [column, row[column]]))));
}`
}

function update(description: ApiDescription, table: ApiTable): HttpRequest {
  const names = variableNames(table)
  const writable = table.columns.filter(({ isGenerated }) => !isGenerated)
  const changed =
    writable.find(({ isPrimaryKey, references: to }) => !isPrimaryKey && to === null) ?? writable[0]
  const form = {
    ...tableForm(table, 'update'),
    where: onCreated(table),
    body: `{{${names.changes}}}`,
    prefer: RETURNED,
  }
  return named(compose(description, form), `Update the created one of ${table.name}`, {
    scripts: {
      tests: '',
      beforeRequest: fromCreated(table, changed === undefined ? [] : [changed]),
      afterResponse: checkWritten(table, 'the update'),
    },
  })
}

function upsert(description: ApiDescription, table: ApiTable): HttpRequest {
  const names = variableNames(table)
  const form: EndpointForm = {
    ...tableForm(table, 'upsert'),
    body: `{{${names.changes}}}`,
    onConflict: keyColumns(table),
    prefer: { ...RETURNED, resolution: 'merge-duplicates' },
  }
  const request = named(compose(description, form), `Upsert the created one of ${table.name}`, {
    scripts: {
      tests: '',
      beforeRequest: fromCreated(
        table,
        table.columns.filter(({ isGenerated }) => !isGenerated),
      ),
      afterResponse: checkWritten(table, 'the upsert'),
    },
  })
  const made = table.columns.find(({ isPrimaryKey, isGenerated }) => isPrimaryKey && isGenerated)
  return made === undefined
    ? request
    : skipped(
        request,
        `${made.name} is made by Postgres and cannot be written, so no row can be named by it.`,
      )
}

function remove(description: ApiDescription, table: ApiTable): HttpRequest {
  const form = { ...tableForm(table, 'delete'), where: onCreated(table), prefer: RETURNED }
  return named(compose(description, form), `Delete the created one of ${table.name}`, {
    scripts: { tests: '', beforeRequest: needsCreated(table), afterResponse: checkDeleted(table) },
  })
}
