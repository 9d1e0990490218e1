// Scripts read without a server make the model that the server has after it ran them.
import { expect, test } from 'vitest'
import { compareModels, type ModelDiff, type PartDiff } from '#postgres/common/diff/model-diff.ts'
import { importSql } from '#postgres/common/exchange/sql/import-sql.ts'
import { loadSchema, schemaSql, testSchemas } from '#testing/schemas/index.ts'
import { serverVersion } from '#testing/server-version.ts'
import { createTempDatabase } from '#testing/temp-database.ts'
import { introspectModel } from './introspect-model.ts'
import { parseSql } from './parser/parse-sql.ts'
import { openSession } from './session.ts'

/**
 * What no text says: versions and comments of extensions. And what is kept in the words of the person where Postgres prints its own: rules, bodies of
 * SQL-standard functions, operators, text search, queries of kinds that the printer does not know.
 */
const AS_WRITTEN = /^extension|^other|rule|definition|viewColumns/

function linesOf(diff: ModelDiff): string[] {
  return diff.objects.flatMap((object) => {
    const name = `${object.kind} ${object.before?.name ?? object.after?.name ?? ''}`
    if (object.before === null) return [`${name}: only in the text`]
    if (object.after === null) return [`${name}: not in the text`]
    const lists: Readonly<Record<string, readonly PartDiff<{ readonly id: string }>[]>> = { ...object.parts }
    return [
      ...object.differences.map(({ field, before, after }) => `${name} ${field}: ${before} => ${after}`),
      ...Object.entries(lists).flatMap(([list, parts]) =>
        parts.flatMap((part) => {
          const own = `${name} ${list} ${part.before?.id === undefined ? 'only in the text' : part.after === null ? 'not in the text' : ''}`
          return part.differences.length === 0
            ? [own]
            : part.differences.map(({ field, before, after }) => `${own} ${field}: ${before} => ${after}`)
        }),
      ),
    ]
  })
}

/** Differences besides those of AS_WRITTEN, and problems: what there may be at most. None where nothing is said. */
const KNOWN: Readonly<Record<string, number>> = {
  '03-tenants': 1,
  '04-event-store': 1,
  '08-bookings': 4,
  '12-analytics': 1,
  '13-accounting': 1,
  '14-messaging': 3,
  '15-feature-flags': 1,
  '16-rails': 1,
  '20-operators': 1,
  '27-tables-of-all-sorts': 5,
  '28-extensions-and-odd-objects': 1,
  '29-needs-of-all-sorts': 12,
  '30-forge': 2,
  '31-forum': 2,
  '32-auth': 1,
  '33-workflow': 2,
  // What their DO blocks make cannot be seen in the text.
  '35-music': 68,
  '36-erp': 122,
}
/** Postgres 13 prints AT TIME ZONE and TRIM as calls of functions. */
const ALSO_BEFORE_14: Readonly<Record<string, number>> = { '15-feature-flags': 2, '32-auth': 1 }

test.each(testSchemas)('$name', async ({ name }) => {
  const text = await schemaSql(name, serverVersion())
  const database = await createTempDatabase()
  const session = await openSession(database.target)
  try {
    await loadSchema(session, name)
    const live = await introspectModel(session)
    const owner = live.objects.find(({ kind }) => kind === 'table')?.owner ?? ''
    const { model, problems } = await importSql(text, parseSql, { owner, serverVersion: serverVersion() })
    const lines = linesOf(compareModels(live, model, { matchBy: 'name' }))
    const unexpected = [
      ...problems.map(({ message }) => message),
      ...lines.filter((line) => !AS_WRITTEN.test(line)),
    ]
    const known = (KNOWN[name] ?? 0) + (serverVersion() < 140000 ? (ALSO_BEFORE_14[name] ?? 0) : 0)
    if (known === 0) expect(unexpected).toEqual([])
    else expect(unexpected.length, unexpected.join('\n')).toBeLessThanOrEqual(known)
  } finally {
    await session.close()
    await database.drop()
  }
})
