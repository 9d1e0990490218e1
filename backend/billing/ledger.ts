// The ledger: what happened in money, for ever. Only appended to; each transaction sums to zero, which the database checks too (0062-billing-ledger.sql).
import { z } from 'zod'
import { Currency } from '#contract/billing/money.ts'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import { join, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'
import { ACCOUNTS, type Account, type LedgerEntry } from './ledger-entries.ts'

export interface Posting {
  readonly organisationId: OrganisationId
  /** Names what is posted, `invoice:NB-2026-1107`: the same key posts once, for an organisation. */
  readonly key: string
  readonly at: Date
  /** A sentence for who reads the books. */
  readonly description: string
  /** Sum to zero in each currency. */
  readonly entries: readonly LedgerEntry[]
}

/** A posting as it is kept. */
export interface LedgerTransaction extends Posting {
  readonly id: bigint
}

export interface Ledger {
  /**
   * Posts in the caller's transaction. False when the key was posted before with the same entries. Throws LedgerError when the entries do not sum to zero, when
   * there are none, or when the key was posted with others.
   */
  post(tx: Tx, posting: Posting): Promise<boolean>
  /** What stands in each account, in minor units; accounts without entries are left out. */
  accounts(organisationId: OrganisationId, currency: Currency): Promise<ReadonlyMap<Account, bigint>>
  /** What the organisation owes, credits taken off; below zero it is owed. Minor units. */
  balance(organisationId: OrganisationId, currency: Currency): Promise<bigint>
  /** Newest first; `before` is the id of the last one that was seen. */
  transactions(organisationId: OrganisationId, page: LedgerPage): Promise<LedgerTransaction[]>
  /** The one of a key. */
  find(organisationId: OrganisationId, key: string): Promise<LedgerTransaction | undefined>
  /** Transactions that do not sum to zero or have no entries: none, unless somebody went around the triggers. */
  unbalanced(): Promise<readonly bigint[]>
}

export interface LedgerPage {
  readonly before?: bigint
  readonly limit: number
}

/** A posting that contradicts the ledger: a defect of who posts. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError'
}

const AccountName = z.custom<Account>((value) => ACCOUNTS.some((account) => account === value))
const Amount = z.string().transform(BigInt)
const Sum = z.object({ account: AccountName, amount: Amount })
const Row = z.object({
  id: Amount,
  organisationId: OrganisationId,
  key: z.string(),
  at: z.date(),
  description: z.string(),
  entries: z.array(z.object({ account: AccountName, amount: Amount, currency: Currency })),
})

/** The ledger in a database. Reads are of the moment; `post` takes its transaction. */
export function createLedger(db: Queryable): Ledger {
  const accounts: Ledger['accounts'] = async (organisationId, currency) => {
    const rows = await db.query(sql`
      select account, sum(amount)::text as amount from ledger_entry
       where organisation_id = ${organisationId} and currency = ${currency} group by account`)
    return new Map(rows.map((row) => Sum.parse(row)).map(({ account, amount }) => [account, amount]))
  }
  return {
    accounts,
    post,
    async balance(organisationId, currency) {
      const sums = await accounts(organisationId, currency)
      return (sums.get('receivable') ?? 0n) + (sums.get('credits') ?? 0n)
    },
    transactions(organisationId, { before, limit }) {
      const older = before === undefined ? sql`` : sql`and t.id < ${String(before)}`
      return list(
        db,
        sql`where t.organisation_id = ${organisationId} ${older} order by t.id desc limit ${limit}`,
      )
    },
    find: (organisationId, key) => findByKey(db, organisationId, key),
    async unbalanced() {
      const rows = await db.query<{ id: string }>(sql`
        select t.id::text from ledger_transaction t
         where not exists (select from ledger_entry e where e.transaction_id = t.id)
            or exists (select from ledger_entry e where e.transaction_id = t.id group by e.currency having sum(e.amount) <> 0)
         order by t.id`)
      return rows.map(({ id }) => BigInt(id))
    },
  }
}

async function post(tx: Tx, posting: Posting): Promise<boolean> {
  const { organisationId, key, at, description, entries } = posting
  refuseUnbalanced(posting)
  const [made] = await tx.query<{ id: string }>(sql`
    insert into ledger_transaction (organisation_id, key, at, description)
    values (${organisationId}, ${key}, ${at}, ${description})
    on conflict (organisation_id, key) do nothing returning id`)
  if (made === undefined) {
    const before = await findByKey(tx, organisationId, key)
    if (before === undefined || !isSame(before.entries, entries))
      throw new LedgerError(`${key} was posted before with other entries.`)
    return false
  }
  const rows = entries.map(
    ({ account, amount, currency }, position) =>
      sql`(${made.id}, ${position}, ${organisationId}, ${account}, ${currency}, ${String(amount)})`,
  )
  await tx.query(sql`
    insert into ledger_entry (transaction_id, position, organisation_id, account, currency, amount) values ${join(rows)}`)
  return true
}

function refuseUnbalanced({ key, entries }: Posting): void {
  if (entries.length === 0) throw new LedgerError(`${key} has no entries.`)
  const sums = new Map<Currency, bigint>()
  for (const { amount, currency } of entries) sums.set(currency, (sums.get(currency) ?? 0n) + amount)
  for (const [currency, sum] of sums)
    if (sum !== 0n) throw new LedgerError(`${key} does not sum to zero: ${String(sum)} ${currency} are left.`)
}

/** The same money in the same accounts, in any order. */
function isSame(a: readonly LedgerEntry[], b: readonly LedgerEntry[]): boolean {
  const text = (entries: readonly LedgerEntry[]): string =>
    entries
      .map(({ account, amount, currency }) => `${account} ${String(amount)} ${currency}`)
      .toSorted()
      .join('\n')
  return text(a) === text(b)
}

async function findByKey(
  db: Queryable,
  organisationId: OrganisationId,
  key: string,
): Promise<LedgerTransaction | undefined> {
  return (await list(db, sql`where t.organisation_id = ${organisationId} and t.key = ${key}`))[0]
}

async function list(db: Queryable, rest: SqlFragment): Promise<LedgerTransaction[]> {
  const rows = await db.query(sql`
    select t.id::text, t.organisation_id as "organisationId", t.key, t.at, t.description,
           (select coalesce(json_agg(json_build_object('account', e.account, 'amount', e.amount::text, 'currency', e.currency) order by e.position), '[]')
              from ledger_entry e where e.transaction_id = t.id) as entries
      from ledger_transaction t ${rest}`)
  return rows.map((row) => Row.parse(row))
}
