// SQL of accounts, sessions, refresh tokens, password resets and signing keys.
import { AccountId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'

export interface AccountRow {
  readonly id: AccountId
  readonly email: string
  readonly name: string
  readonly passwordHash: string
  readonly createdAt: Date
}

interface RawAccount {
  id: string
  email: string
  name: string
  password_hash: string
  created_at: Date
}

function toAccount(row: RawAccount | undefined): AccountRow | undefined {
  if (row === undefined) return undefined
  return {
    id: AccountId.parse(row.id),
    email: row.email,
    name: row.name,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
  }
}

/** Makes an account; undefined when the address is taken. */
export async function insertAccount(
  tx: Tx,
  account: { email: string; name: string; passwordHash: string; at: Date },
): Promise<AccountRow | undefined> {
  const rows = await tx.query<RawAccount>(sql`
    insert into account (email, name, password_hash, created_at, updated_at)
    values (${account.email}, ${account.name}, ${account.passwordHash}, ${account.at}, ${account.at})
    on conflict (email) do nothing
    returning id, email, name, password_hash, created_at`)
  return toAccount(rows[0])
}

export async function findAccountByEmail(db: Queryable, email: string): Promise<AccountRow | undefined> {
  const rows = await db.query<RawAccount>(
    sql`select id, email, name, password_hash, created_at from account where email = ${email}`,
  )
  return toAccount(rows[0])
}

export async function findAccount(db: Queryable, id: AccountId): Promise<AccountRow | undefined> {
  const rows = await db.query<RawAccount>(
    sql`select id, email, name, password_hash, created_at from account where id = ${id}`,
  )
  return toAccount(rows[0])
}

/** The account, locked until the transaction ends. */
export async function lockAccount(tx: Tx, id: AccountId): Promise<AccountRow | undefined> {
  const rows = await tx.query<RawAccount>(
    sql`select id, email, name, password_hash, created_at from account where id = ${id} for update`,
  )
  return toAccount(rows[0])
}

export async function updatePassword(tx: Tx, id: AccountId, passwordHash: string): Promise<void> {
  await tx.query(sql`update account set password_hash = ${passwordHash}, updated_at = now() where id = ${id}`)
}

/** Removes the account with its sessions, memberships and resets. */
export async function deleteAccount(tx: Tx, id: AccountId): Promise<void> {
  await tx.query(sql`delete from account where id = ${id}`)
}

export async function insertSession(
  tx: Tx,
  session: { accountId: AccountId; at: Date; expiresAt: Date },
): Promise<string> {
  const rows = await tx.query<{ id: string }>(sql`
    insert into session (account_id, created_at, expires_at)
    values (${session.accountId}, ${session.at}, ${session.expiresAt}) returning id`)
  const row = rows[0]
  if (row === undefined) throw new Error('An inserted session gave no row.')
  return row.id
}

/** Whether the session is neither ended nor expired and its account still there. */
export async function isSessionLive(
  db: Queryable,
  session: { id: string; accountId: AccountId; at: Date },
): Promise<boolean> {
  const rows = await db.query(sql`
    select 1 from session
     where id = ${session.id} and account_id = ${session.accountId} and ended_at is null and expires_at > ${session.at}`)
  return rows.length > 0
}

export type EndReason = 'logged-out' | 'password-changed' | 'password-reset' | 'token-reused'

export async function endSession(
  tx: Tx,
  session: { id: string; at: Date; reason: EndReason },
): Promise<void> {
  await tx.query(sql`
    update session set ended_at = ${session.at}, end_reason = ${session.reason} where id = ${session.id} and ended_at is null`)
}

/** Ends every session of an account, one excepted where it is given. */
export async function endSessionsOf(
  tx: Tx,
  accountId: AccountId,
  how: { at: Date; reason: EndReason; except?: string | undefined },
): Promise<void> {
  await tx.query(sql`
    update session set ended_at = ${how.at}, end_reason = ${how.reason}
     where account_id = ${accountId} and ended_at is null and id is distinct from ${how.except ?? null}::uuid`)
}

export interface RefreshTokenRow {
  readonly hash: Buffer
  readonly createdAt: Date
  readonly replacedAt: Date | null
  readonly successor: Buffer | null
  readonly isSuperseded: boolean
}

export interface RefreshChain {
  readonly sessionId: string
  readonly accountId: AccountId
  readonly expiresAt: Date
  readonly endReason: string | null
  readonly token: RefreshTokenRow
}

/** The session and the state of one of its refresh tokens, the session locked: uses of one chain follow each other. */
export async function lockRefreshChain(tx: Tx, hash: Buffer): Promise<RefreshChain | undefined> {
  const sessions = await tx.query<{
    id: string
    account_id: string
    expires_at: Date
    end_reason: string | null
  }>(
    sql`select session.id, session.account_id, session.expires_at, session.end_reason from session
         where id = (select session_id from refresh_token where hash = ${hash}) for update`,
  )
  const session = sessions[0]
  const token = await findRefreshToken(tx, hash)
  if (session === undefined || token === undefined) return undefined
  return {
    sessionId: session.id,
    accountId: AccountId.parse(session.account_id),
    expiresAt: session.expires_at,
    endReason: session.end_reason,
    token,
  }
}

export async function findRefreshToken(db: Queryable, hash: Buffer): Promise<RefreshTokenRow | undefined> {
  const rows = await db.query<{
    hash: Buffer
    created_at: Date
    replaced_at: Date | null
    successor: Buffer | null
    is_superseded: boolean
  }>(
    sql`select hash, created_at, replaced_at, successor, is_superseded from refresh_token where hash = ${hash}`,
  )
  const row = rows[0]
  if (row === undefined) return undefined
  return {
    hash: row.hash,
    createdAt: row.created_at,
    replacedAt: row.replaced_at,
    successor: row.successor,
    isSuperseded: row.is_superseded,
  }
}

export async function insertRefreshToken(
  tx: Tx,
  token: { hash: Buffer; sessionId: string; at: Date },
): Promise<void> {
  await tx.query(
    sql`insert into refresh_token (hash, session_id, created_at) values (${token.hash}, ${token.sessionId}, ${token.at})`,
  )
}

/** Notes what a token was exchanged for; the moment of a first exchange stays. */
export async function replaceRefreshToken(
  tx: Tx,
  replaced: { hash: Buffer; successor: Buffer; at: Date },
): Promise<void> {
  await tx.query(sql`
    update refresh_token set replaced_at = coalesce(replaced_at, ${replaced.at}), successor = ${replaced.successor}
     where hash = ${replaced.hash}`)
}

export async function supersedeRefreshToken(tx: Tx, hash: Buffer): Promise<void> {
  await tx.query(sql`update refresh_token set is_superseded = true where hash = ${hash}`)
}

export async function deleteRefreshTokensOf(tx: Tx, sessionId: string): Promise<void> {
  await tx.query(sql`delete from refresh_token where session_id = ${sessionId}`)
}

export async function insertPasswordReset(
  tx: Tx,
  reset: { hash: Buffer; accountId: AccountId; at: Date; expiresAt: Date },
): Promise<void> {
  await tx.query(sql`
    insert into password_reset (hash, account_id, created_at, expires_at)
    values (${reset.hash}, ${reset.accountId}, ${reset.at}, ${reset.expiresAt})`)
}

/** Takes a reset away and gives its account: a second use finds nothing. Undefined when there is none or its time is over. */
export async function takePasswordReset(tx: Tx, hash: Buffer, at: Date): Promise<AccountId | undefined> {
  const rows = await tx.query<{ account_id: string; expires_at: Date }>(
    sql`delete from password_reset where hash = ${hash} returning account_id, expires_at`,
  )
  const row = rows[0]
  return row === undefined || row.expires_at <= at ? undefined : AccountId.parse(row.account_id)
}

export async function deletePasswordResetsOf(tx: Tx, accountId: AccountId): Promise<void> {
  await tx.query(sql`delete from password_reset where account_id = ${accountId}`)
}

export interface SigningKeyRow {
  readonly kid: string
  readonly public_jwk: unknown
  readonly private_sealed: Buffer
  readonly created_at: Date
  readonly published_until: Date | null
}

/** Published keys, the newest first. */
export function listSigningKeys(db: Queryable, at: Date): Promise<readonly SigningKeyRow[]> {
  return db.query<SigningKeyRow>(sql`
    select kid, public_jwk, private_sealed, created_at, published_until from signing_key
     where published_until is null or published_until > ${at} order by created_at desc`)
}

/** Lets one process rotate at a time. */
export async function lockSigningKeys(tx: Tx): Promise<void> {
  await tx.query(sql`lock table signing_key in share row exclusive mode`)
}

export async function insertSigningKey(
  tx: Tx,
  key: { kid: string; publicJwk: object; privateSealed: Uint8Array; createdAt: Date },
): Promise<void> {
  await tx.query(sql`
    insert into signing_key (kid, public_jwk, private_sealed, created_at)
    values (${key.kid}, ${JSON.stringify(key.publicJwk)}::jsonb, ${Buffer.from(key.privateSealed)}, ${key.createdAt})`)
}

export async function retireSigningKeys(tx: Tx, publishedUntil: Date): Promise<void> {
  await tx.query(
    sql`update signing_key set published_until = ${publishedUntil} where published_until is null`,
  )
}

export async function pruneSigningKeys(tx: Tx, at: Date): Promise<void> {
  await tx.query(sql`delete from signing_key where published_until <= ${at}`)
}

/** Removes what can never be used again: old sessions, tokens, resets and counters. */
export async function pruneExpired(tx: Tx, limits: { at: Date; keptSince: Date }): Promise<void> {
  await tx.query(sql`delete from session where expires_at < ${limits.at} or ended_at < ${limits.keptSince}`)
  await tx.query(sql`delete from refresh_token where replaced_at < ${limits.keptSince}`)
  await tx.query(sql`delete from password_reset where expires_at < ${limits.at}`)
  await tx.query(sql`delete from rate_limit where expire < ${limits.at.getTime()}`)
}
