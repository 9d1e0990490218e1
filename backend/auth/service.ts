// The rules of accounts: sign up, log in, passwords, deletion.
import { AppError } from '#contract/errors.ts'
import type { Account, SignedIn } from '#contract/capabilities/auth.ts'
import type { AccountId } from '#contract/capabilities/ids.ts'
import type { Actor } from '../actor.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import { hashOpaqueToken } from './opaque-tokens.ts'
import type { Passwords } from './passwords.ts'
import { MAIL_PASSWORD_RESET } from './password-reset-mail.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Sessions } from './sessions.ts'
import * as store from './store.ts'

/** What auth needs of organisations; the composition passes it in. */
export interface AccountOrganisations {
  /** Makes the personal organisation of a new account. */
  createPersonal(tx: Tx, actor: Actor, name: string): Promise<void>
  /**
   * Takes the account out of everything before it is deleted: its personal organisation and organisations where it is alone go, with their
   * projects. Throws CONFLICT while it is the only owner of an organisation with other members.
   */
  removeAccount(tx: Tx, actor: Actor): Promise<void>
}

/** Where a call came from, for the rate limits. */
export interface Caller {
  readonly address: string
}

export interface AuthService {
  signUp(input: { email: string; password: string; name: string }, caller: Caller): Promise<SignedIn>
  logIn(input: { email: string; password: string }, caller: Caller): Promise<SignedIn>
  refresh(refreshToken: string, caller: Caller): Promise<SignedIn>
  logOut(refreshToken: string, caller: Caller): Promise<void>
  whoAmI(actor: Actor): Promise<Account>
  changePassword(
    actor: Actor,
    input: { currentPassword: string; newPassword: string },
    caller: Caller,
  ): Promise<SignedIn>
  requestPasswordReset(email: string, caller: Caller): Promise<void>
  resetPassword(input: { token: string; newPassword: string }, caller: Caller): Promise<void>
  deleteAccount(actor: Actor, password: string, caller: Caller): Promise<void>
}

interface AuthDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly jobs: Jobs
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly limits: RateLimits
  readonly organisations: AccountOrganisations
}

/** Makes the service of accounts. */
export function createAuthService(deps: AuthDependencies): AuthService {
  const { db, clock, jobs, passwords, sessions, limits, organisations } = deps

  /** Checks the password of a logged-in person. The attempts are limited as log-ins are. */
  async function confirmPassword(actor: Actor, password: string, caller: Caller): Promise<store.AccountRow> {
    const attempt = { address: caller.address, account: actor.accountId }
    await limits.consume('confirm', attempt)
    const account = await existingAccount(db, actor.accountId)
    if (!(await passwords.verify(password, account.passwordHash)))
      throw new AppError('CREDENTIALS_REJECTED', 'That is not your current password.')
    await limits.reset('confirm', attempt)
    return account
  }

  return {
    async signUp(input, caller) {
      await limits.consume('signUp', { address: caller.address, account: input.email })
      const passwordHash = await passwords.hash(input.password)
      return db.transaction(async (tx) => {
        const { email, name } = input
        const account = await store.insertAccount(tx, { email, name, passwordHash, at: clock.now() })
        if (account === undefined)
          throw new AppError('ALREADY_EXISTS', 'There is an account with this e-mail address.', {
            hint: 'Log in, or reset the password if you no longer know it.',
          })
        const { actor, tokens } = await sessions.start(tx, account.id)
        await auditAccount(tx, actor, 'account.create')
        await organisations.createPersonal(tx, actor, personalName(account))
        return { account: toAccount(account), tokens }
      })
    },

    async logIn(input, caller) {
      const attempt = { address: caller.address, account: input.email }
      await limits.consume('logIn', attempt)
      const account = await store.findAccountByEmail(db, input.email)
      const matches = await passwords.verify(input.password, account?.passwordHash)
      if (account === undefined || !matches)
        throw new AppError('CREDENTIALS_REJECTED', 'The e-mail address and password do not match an account.')
      await limits.reset('logIn', attempt)
      return db.transaction(async (tx) => {
        // The password may have been changed, or the account deleted, while the hash was computed.
        const current = await store.lockAccount(tx, account.id)
        if (current === undefined || current.passwordHash !== account.passwordHash)
          throw new AppError(
            'CREDENTIALS_REJECTED',
            'The e-mail address and password do not match an account.',
          )
        const { actor, tokens } = await sessions.start(tx, account.id)
        await audit(tx, {
          actor,
          organisationId: null,
          action: 'session.start',
          subjectKind: 'session',
          subjectId: actor.sessionId,
        })
        return { account: toAccount(account), tokens }
      })
    },

    async refresh(refreshToken, caller) {
      await limits.consume('refresh', { address: caller.address, account: nameOf(refreshToken) })
      const { actor, tokens } = await sessions.refresh(refreshToken)
      return { account: toAccount(await existingAccount(db, actor.accountId)), tokens }
    },

    async logOut(refreshToken, caller) {
      await limits.consume('refresh', { address: caller.address, account: nameOf(refreshToken) })
      await sessions.end(refreshToken)
    },

    async whoAmI(actor) {
      return toAccount(await existingAccount(db, actor.accountId))
    },

    async changePassword(actor, input, caller) {
      const account = await confirmPassword(actor, input.currentPassword, caller)
      const passwordHash = await passwords.hash(input.newPassword)
      const tokens = await db.transaction(async (tx) => {
        const current = await store.lockAccount(tx, account.id)
        if (current?.passwordHash !== account.passwordHash)
          throw new AppError('CONFLICT', 'The password was changed somewhere else in the meantime.', {
            hint: 'Log in again with the new password.',
          })
        await store.updatePassword(tx, account.id, passwordHash)
        const at = clock.now()
        await store.endSessionsOf(tx, account.id, { at, reason: 'password-changed', except: actor.sessionId })
        await store.deletePasswordResetsOf(tx, account.id)
        await auditAccount(tx, actor, 'account.change-password')
        return sessions.renew(tx, actor)
      })
      return { account: toAccount(account), tokens }
    },

    async requestPasswordReset(email, caller) {
      await limits.consume('requestReset', { address: caller.address, account: email })
      // Whether the address is known is found out by the job: the answer takes as long for any address.
      await db.transaction((tx) => jobs.enqueue(tx, MAIL_PASSWORD_RESET, { email }, { maxAttempts: 5 }))
    },

    async resetPassword(input, caller) {
      await limits.consume('reset', { address: caller.address, account: nameOf(input.token) })
      const passwordHash = await passwords.hash(input.newPassword)
      await db.transaction(async (tx) => {
        const at = clock.now()
        const accountId = await store.takePasswordReset(tx, hashOpaqueToken(input.token), at)
        if (accountId === undefined)
          throw new AppError('NOT_FOUND', 'This reset link was used before or has expired.', {
            hint: 'Request a new one.',
          })
        await store.updatePassword(tx, accountId, passwordHash)
        await store.endSessionsOf(tx, accountId, { at, reason: 'password-reset' })
        await store.deletePasswordResetsOf(tx, accountId)
        await auditAccount(tx, { accountId }, 'account.reset-password')
      })
    },

    async deleteAccount(actor, password, caller) {
      const account = await confirmPassword(actor, password, caller)
      await db.transaction(async (tx) => {
        await store.lockAccount(tx, account.id)
        await organisations.removeAccount(tx, actor)
        await auditAccount(tx, actor, 'account.delete')
        await store.deleteAccount(tx, account.id)
      })
    },
  }
}

async function existingAccount(db: Database, id: AccountId): Promise<store.AccountRow> {
  const account = await store.findAccount(db, id)
  if (account === undefined) throw new AppError('UNAUTHENTICATED', 'The account no longer exists.')
  return account
}

async function auditAccount(
  tx: Tx,
  actor: { accountId: AccountId; sessionId?: string },
  action: string,
): Promise<void> {
  await audit(tx, {
    actor,
    organisationId: null,
    action,
    subjectKind: 'account',
    subjectId: actor.accountId,
  })
}

function toAccount(row: store.AccountRow): Account {
  return { id: row.id, email: row.email, name: row.name, createdAt: row.createdAt.toISOString() }
}

/** `Mara's organisation` reads well in a list; the part before the @ stands in for a missing name. */
function personalName(account: store.AccountRow): string {
  const name = account.name === '' ? (account.email.split('@')[0] ?? account.email) : account.name
  return name.slice(0, 80)
}

/** What a token is called in the rate limits: never itself. */
function nameOf(token: string): string {
  return hashOpaqueToken(token).toString('base64url')
}
