// Statements for the rules of migration safety that Postgres runs outside of transactions only.

/** Statements that cannot be in a transaction, and what they are held up by. */
export const OUTSIDE_CASES: readonly {
  readonly rule: string
  readonly sql: string
  readonly blocker: string
}[] = [
  {
    rule: 'create-index-concurrently',
    sql: 'create index concurrently on film (note)',
    blocker: 'update film set length = 1 where id = 1',
  },
  {
    rule: 'drop-index-concurrently',
    sql: 'drop index concurrently film_title',
    blocker: 'update film set length = 1 where id = 1',
  },
  {
    rule: 'reindex-concurrently',
    sql: 'reindex table concurrently film',
    blocker: 'update film set length = 1 where id = 1',
  },
  { rule: 'vacuum', sql: 'vacuum plain', blocker: 'lock table plain in share update exclusive mode' },
  { rule: 'vacuum-full', sql: 'vacuum full plain', blocker: 'lock table plain in access share mode' },
]
