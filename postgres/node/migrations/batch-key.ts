// By which columns a batch back-fill goes through its table.
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { name } from '#postgres/common/sql/sql.ts'
import { ownStatements } from '../own-statements.ts'
import type { Session } from '../session.ts'
import type { Batch, KeyColumn } from './batch.ts'

const Names = z.array(z.string())

/**
 * The columns that the mark names, or the primary key. Together they must be a unique index without a condition, and none may be null: else rows
 * would be passed over. Rejects with INVALID_INPUT where they are not.
 */
export async function keyColumns(session: Session, batch: Batch): Promise<readonly KeyColumn[]> {
  const relation = name(...batch.relation).text
  const [oid] =
    (await session.query('select pg_catalog.to_regclass($1)::pg_catalog.oid', [relation])).rows[0] ?? []
  const { rows } = await ownStatements(session, () => session.query(KEYS, [oid]))
  const indexes = rows.map(([isPrimary, names, types]) => ({
    isPrimary: isPrimary === 't',
    columns: zip(Names.parse(JSON.parse(names ?? '[]')), Names.parse(JSON.parse(types ?? '[]'))),
  }))
  const found = indexes.find(({ isPrimary, columns }) =>
    batch.by.length === 0
      ? isPrimary
      : columns.length === batch.by.length &&
        columns.every((column, index) => column.name === batch.by[index]),
  )
  if (found !== undefined) return found.columns
  const wanted =
    batch.by.length === 0 ? 'no primary key' : `no unique index of NOT NULL columns (${batch.by.join(', ')})`
  throw new AppError('INVALID_INPUT', `${relation} has ${wanted} to go through it in batches.`, {
    hint: 'Name the columns of a unique index: -- nebula:batch by column rows 1000',
  })
}

const KEYS = `
  select i.indisprimary, json_agg(a.attname order by k.place)::text, json_agg(format_type(a.atttypid, a.atttypmod) order by k.place)::text
  from pg_index i cross join unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality k(attnum, place)
  left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum > 0
  where i.indrelid = $1::oid and i.indisunique and i.indisvalid and i.indpred is null
  group by i.indexrelid, i.indisprimary
  having bool_and(coalesce(a.attnotnull, false))`

function zip(names: readonly string[], types: readonly string[]): KeyColumn[] {
  return names.map((column, index) => ({ name: column, type: types[index] ?? 'text' }))
}
