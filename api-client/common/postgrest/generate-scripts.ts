// The scripts of a generated collection. Names of columns stand in them as JSON, so that no name can end a string.
import type { ApiTable } from '#contract/requests/api-description.ts'

/** What the requests of one table keep for each other. A name of a variable has only plain signs. */
export function variableNames({ schema, name }: Pick<ApiTable, 'schema' | 'name'>) {
  const stem = plain(`${schema}_${name}`)
  return {
    row: `${stem}__first_row`,
    first: (column: string) => `${stem}__first_${plain(column)}`,
    created: (column: string) => `${stem}__created_${plain(column)}`,
    createdRow: `${stem}__created`,
    newRow: `${stem}__new_row`,
    changes: `${stem}__changes`,
    reference: (column: string) => `${stem}__refers_${plain(column)}`,
  }
}

/** Different names stay different. */
function plain(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, (sign) => `_x${(sign.codePointAt(0) ?? 0).toString(16)}_`)
}

/** As a value of a query: what is encoded here is not encoded again. */
const QUERY_VALUE = `const asQueryValue = (value) => encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value));`

function text(value: string | readonly string[]): string {
  return JSON.stringify(value)
}

/** Keeps the values of the first row for the requests after it. */
export function keepFirstRow(table: ApiTable): string {
  const names = variableNames(table)
  const pairs = Object.fromEntries(table.columns.map(({ name }) => [name, names.first(name)]))
  return `${QUERY_VALUE}
const names = ${JSON.stringify(pairs)};
Object.values(names).forEach((name) => pm.variables.unset(name));
const first = pm.response.code === 200 ? pm.response.json()[0] : undefined;
if (first !== undefined) {
  pm.variables.set(${text(names.row)}, JSON.stringify(first));
  Object.entries(names).forEach(([column, name]) => {
    if (first[column] !== null && first[column] !== undefined) pm.variables.set(name, asQueryValue(first[column]));
  });
}`
}

/** No two rows have the same key. */
export function uniqueKeys(keys: readonly string[]): string {
  if (keys.length === 0) return ''
  return `pm.test('primary key is unique', () => {
  const keys = pm.response.json().map((row) => JSON.stringify(${text(keys)}.map((column) => row[column])));
  pm.expect(new Set(keys).size).to.equal(keys.length);
});`
}

/** Does not send the request where an earlier one left nothing for it. */
export function skipWithout(variable: string, reason: string): string {
  return `if (!pm.variables.has(${text(variable)})) {
  console.log(${text(`Skipped: ${reason}`)});
  pm.execution.skipRequest();
}`
}

/** Never sends the request, and says why. */
export function skipAlways(reason: string): string {
  return `console.log(${text(`Skipped: ${reason}`)});
pm.execution.skipRequest();`
}

export function skipUnlessAllowed(name: string): string {
  return `if (pm.variables.get('callWritingFunctions') !== 'true') {
  console.log(${text(`Skipped: ${name} may write. Set callWritingFunctions to true to call it.`)});
  pm.execution.skipRequest();
}`
}

/** All rows have the value that the first one has. */
export function onlyMatching(column: string): string {
  return `pm.test(${text(`every row has the same ${column}`)}, () => {
  const values = new Set(pm.response.json().map((row) => JSON.stringify(row[${text(column)}])));
  pm.expect(values.size).to.equal(1);
});`
}

/** SQLSTATEs of a function that say no more than that a made-up argument does not suit what it does. */
const DOES_NOT_SUIT = `const problem = pm.response.code >= 400 ? pm.response.json() : null;
const doesNotSuit = problem !== null && /^(?:22|23|44|P0001|P0002)/.test(String(problem.code));`

/** What is known of the values that a row was made of. */
export interface MadeRow {
  /** Columns that were given a value no other row has. */
  readonly unique: readonly string[]
  /** Columns of types that no sample is known of. */
  readonly guessed: readonly string[]
  /** Columns that were left to their defaults, which may need more than a test knows: a setting of the session. */
  readonly defaulted: readonly string[]
}

/**
 * Why the database refused a row, where the schema that the API shows could not have told: a check, an exclusion, a trigger, a rule; a value that must be
 * unique and was not made so; a type without a known sample. Null for all else, which is a failure: a missing value, a reference to nothing, a value of the wrong shape.
 */
function explained(table: Pick<ApiTable, 'name'>, { unique, guessed, defaulted }: MadeRow): string {
  return `const problem = pm.response.code >= 400 ? pm.response.json() : null;
const explain = ({ code, message, details }) => {
  if (/^(?:23514|23P01|44000|P0001|P0002)$/.test(code)) return 'a check, a trigger or a rule refuses it';
  const empty = code === '23502' ? ${text(defaulted)}.find((name) => String(message).includes('column "' + name + '"')) : undefined;
  if (empty !== undefined) return 'the default of ' + empty + ' gives no value here';
  if (/^(?:23502|23503)$/.test(code))
    return String(message).includes(${text(`"${table.name}"`)}) ? null : 'a trigger writes to another table';
  if (code === '23505') {
    const columns = (/^Key \\((.*?)\\)=/.exec(String(details))?.[1] ?? '').split(', ').map((name) => name.replace(/^"|"$/g, ''));
    return columns.some((name) => ${text(unique)}.includes(name)) ? null : columns.join(', ') + ' must be unique, and no free value is known';
  }
  if (/^22/.test(code) && ${text(guessed)}.length > 0) return 'no sample is known for the type of ' + ${text(guessed)}.join(', ');
  return null;
};
const reason = problem === null ? null : explain(problem);`
}

export function functionChecks(name: string): string {
  return `${DOES_NOT_SUIT}
if (doesNotSuit) pm.test.skip(${text(`${name}: refuses the sample arguments`)} + ' (' + problem.message + ')');
else pm.test('status is 200 or 204', () => pm.expect(pm.response.code).to.be.oneOf([200, 204]));`
}

/** Checks what was created and keeps its key; a row that rules refuse which the API does not show is no failure. */
export function keepCreated(table: ApiTable, keys: readonly string[], made: MadeRow): string {
  const names = variableNames(table)
  const pairs = Object.fromEntries(keys.map((key) => [key, names.created(key)]))
  return `${QUERY_VALUE}
${explained(table, made)}
if (reason !== null) pm.test.skip('the made-up row: ' + reason + ' (' + problem.message + ')');
else {
  pm.test('status is 201', () => pm.expect(pm.response.code).to.equal(201));
  const [row] = pm.response.code === 201 ? pm.response.json() : [];
  if (row !== undefined) {
    pm.variables.set(${text(names.createdRow)}, JSON.stringify(row));
    Object.entries(${JSON.stringify(pairs)}).forEach(([column, name]) => pm.variables.set(name, asQueryValue(row[column])));
    pm.test('what was sent is what is there', () => {
      const sent = JSON.parse(pm.variables.get(${text(names.newRow)}));
      Object.keys(sent).forEach((column) => pm.expect(row).to.have.property(column));
    });
  }
}`
}

/** The created row answers with the values that it has; only a trigger or a rule may refuse them now. */
export function checkWritten(table: ApiTable, what: string): string {
  const known = table.columns.map(({ name }) => name)
  return `${explained(table, { unique: known, guessed: [], defaulted: [] })}
if (reason !== null) pm.test.skip(${text(`${what}: `)} + reason + ' (' + problem.message + ')');
else {
  pm.test('status is 200', () => pm.expect(pm.response.code).to.equal(200));
  pm.test('one row is written', () => pm.expect(pm.response.json()).to.have.lengthOf(1));
}`
}

/** Forgets the row, so that nothing after it works on what is gone. */
export function checkDeleted(table: ApiTable): string {
  const names = variableNames(table)
  return `pm.test('status is 200', () => pm.expect(pm.response.code).to.equal(200));
pm.test('one row is deleted', () => pm.expect(pm.response.json()).to.have.lengthOf(1));
if (pm.response.code === 200) pm.variables.unset(${text(names.createdRow)});`
}
