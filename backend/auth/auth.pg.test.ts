import { decodeJwt, decodeProtectedHeader, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Role } from '#contract/capabilities/organisations.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { type AuthBench, createAuthBench, EMAIL, PASSWORD } from '#testing/auth-bench.ts'
import { REFRESH_IDLE_MS, RETRY_MS, SESSION_MS } from './sessions.ts'

const MINUTE = 60_000
let bench: AuthBench
beforeEach(async () => void (bench = await createAuthBench()))
afterEach(() => bench.close())

const code = (expected: string) => expect.objectContaining({ code: expected })
const caller = { address: '203.0.113.9' }
const rows = async (statement: ReturnType<typeof sql>) =>
  bench.control.db.query<Record<string, unknown>>(statement)

test('sign-up makes an account, a session and a personal organisation with its owner, each audited', async () => {
  const { account, tokens } = await bench.signUp()
  expect(account).toMatchObject({ email: EMAIL, name: 'Mara' })
  const actor = await bench.authenticate(tokens.accessToken)
  expect(actor.accountId).toBe(account.id)
  expect(
    await rows(sql`select role, name from membership join organisation on id = organisation_id`),
  ).toEqual([{ role: Role.enum.owner, name: 'Mara' }])
  const actions = await rows(sql`select action, account_id, session_id from audit_entry order by id`)
  expect(actions.map((row) => row['action'])).toEqual(['account.create', 'organisation.create'])
  expect(
    actions.every((row) => row['account_id'] === account.id && row['session_id'] === actor.sessionId),
  ).toBe(true)
})

test('the password is stored as an Argon2id hash, tokens as hashes, the signing key sealed', async () => {
  const { tokens } = await bench.signUp()
  const dump = JSON.stringify([
    await rows(sql`select * from account`),
    await rows(sql`select encode(hash, 'escape') as hash from refresh_token`),
    await rows(sql`select kid, public_jwk, encode(private_sealed, 'escape') as sealed from signing_key`),
    await rows(sql`select * from audit_entry`),
  ])
  expect(dump).toContain('$argon2id$')
  expect(dump).not.toContain(PASSWORD)
  expect(dump).not.toContain(tokens.refreshToken)
  expect(dump).not.toContain('"d":')
})

test('an address can sign up once', async () => {
  await bench.signUp()
  await expect(bench.signUp()).rejects.toEqual(code('ALREADY_EXISTS'))
  expect(await rows(sql`select 1 from account`)).toHaveLength(1)
})

test('of two sign-ups of one address at once exactly one wins', async () => {
  const results = await Promise.allSettled([bench.signUp(), bench.signUp()])
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('log-in takes the right password; a wrong one and an unknown address get the same answer', async () => {
  const { account } = await bench.signUp()
  expect((await bench.service.logIn({ email: EMAIL, password: PASSWORD }, caller)).account.id).toBe(
    account.id,
  )
  const wrong = await bench.service.logIn({ email: EMAIL, password: 'wrong password' }, caller).catch(asWire)
  const unknown = await bench.service
    .logIn({ email: 'no@example.com', password: PASSWORD }, caller)
    .catch(asWire)
  expect(wrong).toEqual(unknown)
  expect(wrong).toMatchObject({ code: 'CREDENTIALS_REJECTED' })
})

test('the access token names algorithm, key, issuer, audience and type, and lives ten minutes', async () => {
  const { tokens, account } = await bench.signUp()
  expect(decodeProtectedHeader(tokens.accessToken)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' })
  const claims = decodeJwt(tokens.accessToken)
  expect(claims).toMatchObject({ iss: 'nebuladb', aud: 'nebuladb-service', sub: account.id })
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600)
  bench.clock.advance(10 * MINUTE + 1000)
  await expect(bench.authenticate(tokens.accessToken)).rejects.toEqual(code('UNAUTHENTICATED'))
})

test('the published keys verify a token without us', async () => {
  const { tokens } = await bench.signUp()
  const { keys } = await bench.signingKeys.jwks()
  expect(JSON.stringify(keys)).not.toContain('"d"')
  const key = await importJWK({ ...keys[0] }, 'EdDSA')
  await expect(jwtVerify(tokens.accessToken, key, { currentDate: bench.clock.now() })).resolves.toMatchObject(
    { payload: { iss: 'nebuladb' } },
  )
})

test('a token with another signature, algorithm, issuer, audience, type or no session is refused', async () => {
  const { tokens } = await bench.signUp()
  const { kid = '' } = decodeProtectedHeader(tokens.accessToken)
  const claims = decodeJwt(tokens.accessToken)
  const { privateKey } = await bench.signingKeys.current()
  const stranger = await generateKeyPair('EdDSA')
  const sign = (change: object, header: object = {}, key: CryptoKey = stranger.privateKey) =>
    new SignJWT({ ...claims, ...change })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt', ...header })
      .sign(key)
  const ours = z.instanceof(CryptoKey).parse(privateKey)
  await expect(bench.authenticate(await sign({}, {}, ours))).resolves.toBeDefined()
  const [head = '', body = ''] = tokens.accessToken.split('.')
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none', kid, typ: 'at+jwt' })).toString('base64url')
  const forged = [
    await sign({}),
    await sign({}, { kid: 'unknown' }, ours),
    await sign({ iss: 'somebody' }, {}, ours),
    await sign({ aud: 'somebody' }, {}, ours),
    await sign({}, { typ: 'JWT' }, ours),
    await sign({ sid: undefined }, {}, ours),
    await sign({ exp: undefined }, {}, ours),
    await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid, typ: 'at+jwt' }).sign(Buffer.from(kid)),
    `${unsigned}.${body}.`,
    `${head}.${body}.`,
    'nonsense',
  ]
  for (const token of forged) await expect(bench.authenticate(token)).rejects.toEqual(code('UNAUTHENTICATED'))
})

test.each(['', 'Basic abc', 'Bearer', 'Bearer a b'])(
  'the header %j is no access token',
  async (authorization) => {
    await expect(bench.auth.authenticate({ metadata: { authorization } })).rejects.toEqual(
      code('UNAUTHENTICATED'),
    )
  },
)

test('while keys rotate two are live: old tokens go on, new ones use the new key, and the old one ends after a day', async () => {
  const before = await bench.signUp()
  await bench.signingKeys.rotate(true)
  const after = await bench.service.logIn({ email: EMAIL, password: PASSWORD }, caller)
  expect(decodeProtectedHeader(after.tokens.accessToken).kid).not.toBe(
    decodeProtectedHeader(before.tokens.accessToken).kid,
  )
  expect((await bench.signingKeys.jwks()).keys).toHaveLength(2)
  await bench.authenticate(before.tokens.accessToken)
  await bench.authenticate(after.tokens.accessToken)
  bench.clock.advance(25 * 60 * MINUTE)
  expect((await bench.signingKeys.jwks()).keys).toHaveLength(1)
  await bench.signingKeys.rotate()
  expect(await rows(sql`select 1 from signing_key`)).toHaveLength(1)
  bench.clock.advance(31 * 24 * 60 * MINUTE)
  await bench.signingKeys.rotate()
  expect(await rows(sql`select 1 from signing_key where published_until is null`)).toHaveLength(1)
  expect(await rows(sql`select 1 from signing_key`)).toHaveLength(2)
})

test('two processes that start at once share one signing key', async () => {
  const other = await bench.secondProcess()
  await Promise.all([bench.signingKeys.current(), other.signingKeys.current()])
  expect(await rows(sql`select 1 from signing_key`)).toHaveLength(1)
  const { tokens } = await bench.signUp()
  await expect(
    other.authenticate({ metadata: { authorization: `Bearer ${tokens.accessToken}` } }),
  ).resolves.toBeDefined()
})

test('a refresh token is exchanged once; the new one works', async () => {
  const first = await bench.signUp()
  const second = await bench.service.refresh(first.tokens.refreshToken, caller)
  expect(second.tokens.refreshToken).not.toBe(first.tokens.refreshToken)
  const third = await bench.service.refresh(second.tokens.refreshToken, caller)
  await expect(bench.authenticate(third.tokens.accessToken)).resolves.toBeDefined()
})

test('a refresh token that was used before ends the whole session, with an audit row', async () => {
  const first = await bench.signUp()
  const second = await bench.service.refresh(first.tokens.refreshToken, caller)
  const third = await bench.service.refresh(second.tokens.refreshToken, caller)
  await expect(bench.service.refresh(first.tokens.refreshToken, caller)).rejects.toEqual(code('TOKEN_REUSED'))
  await expect(bench.service.refresh(third.tokens.refreshToken, caller)).rejects.toEqual(code('TOKEN_REUSED'))
  await expect(bench.authenticate(third.tokens.accessToken)).rejects.toEqual(code('UNAUTHENTICATED'))
  expect(await rows(sql`select details from audit_entry where action = 'session.end'`)).toEqual([
    { details: { reason: 'token-reused' } },
  ])
})

test('after a lost response the last token may be shown again within ten seconds', async () => {
  const first = await bench.signUp()
  await bench.service.refresh(first.tokens.refreshToken, caller)
  bench.clock.advance(RETRY_MS - 1)
  const again = await bench.service.refresh(first.tokens.refreshToken, caller)
  await expect(bench.service.refresh(again.tokens.refreshToken, caller)).resolves.toBeDefined()
})

test('later than that it counts as reuse', async () => {
  const first = await bench.signUp()
  await bench.service.refresh(first.tokens.refreshToken, caller)
  bench.clock.advance(RETRY_MS + 1)
  await expect(bench.service.refresh(first.tokens.refreshToken, caller)).rejects.toEqual(code('TOKEN_REUSED'))
})

test('a token whose exchange was voided by a retry is an intruder: it ends the session', async () => {
  const first = await bench.signUp()
  const stolen = await bench.service.refresh(first.tokens.refreshToken, caller)
  const retried = await bench.service.refresh(first.tokens.refreshToken, caller)
  await expect(bench.service.refresh(stolen.tokens.refreshToken, caller)).rejects.toEqual(
    code('TOKEN_REUSED'),
  )
  await expect(bench.service.refresh(retried.tokens.refreshToken, caller)).rejects.toEqual(
    code('TOKEN_REUSED'),
  )
})

test('of two refreshes with one token at once, at most one chain stays alive', async () => {
  const first = await bench.signUp()
  const [a, b] = await Promise.all([
    bench.service.refresh(first.tokens.refreshToken, caller),
    bench.service.refresh(first.tokens.refreshToken, caller),
  ])
  const results = await Promise.allSettled([
    bench.service.refresh(a.tokens.refreshToken, caller),
    bench.service.refresh(b.tokens.refreshToken, caller),
  ])
  expect(results.filter((result) => result.status === 'rejected').length).toBeGreaterThan(0)
})

test('a refresh token ends when it lies idle for 30 days, and the session after 180', async () => {
  const idle = await bench.signUp()
  bench.clock.advance(REFRESH_IDLE_MS + 1)
  await expect(bench.service.refresh(idle.tokens.refreshToken, caller)).rejects.toEqual(
    code('UNAUTHENTICATED'),
  )
  let { tokens } = await bench.service.logIn({ email: EMAIL, password: PASSWORD }, caller)
  const step = REFRESH_IDLE_MS - MINUTE
  for (let spent = 0; spent + step < SESSION_MS; spent += step) {
    bench.clock.advance(step)
    tokens = (await bench.service.refresh(tokens.refreshToken, caller)).tokens
  }
  bench.clock.advance(step)
  await expect(bench.service.refresh(tokens.refreshToken, caller)).rejects.toEqual(code('UNAUTHENTICATED'))
})

test('an unknown refresh token is refused, and logging it out does nothing', async () => {
  await expect(bench.service.refresh('unknown', caller)).rejects.toEqual(code('UNAUTHENTICATED'))
  await expect(bench.service.logOut('unknown', caller)).resolves.toBeUndefined()
})

test('log-out ends the session: its access token stops working at once', async () => {
  const { tokens } = await bench.signUp()
  await bench.service.logOut(tokens.refreshToken, caller)
  await expect(bench.authenticate(tokens.accessToken)).rejects.toEqual(code('UNAUTHENTICATED'))
  await expect(bench.service.refresh(tokens.refreshToken, caller)).rejects.toEqual(code('UNAUTHENTICATED'))
  await bench.service.logOut(tokens.refreshToken, caller)
})

test('a new password ends the other sessions, keeps this one, and is asked for from then on', async () => {
  const here = await bench.signUp()
  const there = await bench.service.logIn({ email: EMAIL, password: PASSWORD }, caller)
  const actor = await bench.authenticate(here.tokens.accessToken)
  const newPassword = 'another long one'
  await expect(
    bench.service.changePassword(actor, { currentPassword: 'wrong', newPassword }, caller),
  ).rejects.toEqual(code('CREDENTIALS_REJECTED'))
  const changed = await bench.service.changePassword(
    actor,
    { currentPassword: PASSWORD, newPassword },
    caller,
  )
  await expect(bench.authenticate(here.tokens.accessToken)).resolves.toBeDefined()
  await expect(bench.service.refresh(changed.tokens.refreshToken, caller)).resolves.toBeDefined()
  await expect(bench.authenticate(there.tokens.accessToken)).rejects.toEqual(code('UNAUTHENTICATED'))
  await expect(bench.service.refresh(there.tokens.refreshToken, caller)).rejects.toEqual(
    code('UNAUTHENTICATED'),
  )
  await expect(bench.service.logIn({ email: EMAIL, password: PASSWORD }, caller)).rejects.toEqual(
    code('CREDENTIALS_REJECTED'),
  )
  await bench.service.logIn({ email: EMAIL, password: newPassword }, caller)
})

test('a forgotten password is reset once by the mailed token, and every session ends', async () => {
  const { tokens } = await bench.signUp()
  await bench.service.requestPasswordReset(EMAIL, caller)
  await bench.runJobs()
  const [mail] = bench.mails
  expect(mail).toMatchObject({ to: EMAIL })
  const link = new URL(/http\S+/.exec(mail?.text ?? '')?.[0] ?? '')
  expect(link.origin + link.pathname).toBe('https://nebuladb.example/reset')
  const token = link.searchParams.get('token') ?? ''
  expect(JSON.stringify(await rows(sql`select encode(hash, 'escape') from password_reset`))).not.toContain(
    token,
  )
  await bench.service.resetPassword({ token, newPassword: 'a new long password' }, caller)
  await bench.service.logIn({ email: EMAIL, password: 'a new long password' }, caller)
  await expect(bench.authenticate(tokens.accessToken)).rejects.toEqual(code('UNAUTHENTICATED'))
  await expect(
    bench.service.resetPassword({ token, newPassword: 'a third password' }, caller),
  ).rejects.toEqual(code('NOT_FOUND'))
})

test('a reset token is over after half an hour, and using one takes the others away', async () => {
  await bench.signUp()
  for (let round = 0; round < 3; round += 1) await bench.service.requestPasswordReset(EMAIL, caller)
  await bench.runJobs()
  const [first = '', second = '', third = ''] = bench.mails.map(
    (mail) => /token=(\S+)/.exec(mail.text)?.[1] ?? '',
  )
  await bench.service.resetPassword({ token: first, newPassword: 'a new long password' }, caller)
  await expect(
    bench.service.resetPassword({ token: second, newPassword: 'a new long password' }, caller),
  ).rejects.toEqual(code('NOT_FOUND'))
  await bench.service.requestPasswordReset(EMAIL, caller)
  await bench.runJobs()
  bench.clock.advance(31 * MINUTE)
  const late = /token=(\S+)/.exec(bench.mails.at(-1)?.text ?? '')?.[1] ?? ''
  expect(late).not.toBe(third)
  await expect(
    bench.service.resetPassword({ token: late, newPassword: 'a new long password' }, caller),
  ).rejects.toEqual(code('NOT_FOUND'))
})

test('a reset of an unknown address answers the same, does the same work at once, and mails nothing', async () => {
  await bench.signUp()
  await bench.service.requestPasswordReset(EMAIL, caller)
  await bench.service.requestPasswordReset('no@example.com', caller)
  const queued = await rows(sql`select task_identifier, attempts from graphile_worker.jobs`)
  expect(queued).toHaveLength(2)
  expect(queued[0]).toEqual(queued[1])
  await bench.runJobs()
  expect(bench.mails).toHaveLength(1)
})

test('the eleventh attempt on one account from one address is refused, before the password is looked at', async () => {
  await bench.signUp()
  for (let round = 0; round < 10; round += 1)
    await expect(bench.service.logIn({ email: EMAIL, password: 'wrong' }, caller)).rejects.toEqual(
      code('CREDENTIALS_REJECTED'),
    )
  const refused = await bench.service.logIn({ email: EMAIL, password: PASSWORD }, caller).catch(asWire)
  expect(refused).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } })
  await bench.service.logIn({ email: EMAIL, password: PASSWORD }, { address: '198.51.100.1' })
  const other = await bench.secondProcess()
  await expect(other.service.logIn({ email: EMAIL, password: PASSWORD }, caller)).rejects.toEqual(
    code('RATE_LIMITED'),
  )
})

test('the right password clears the count of its address and account', async () => {
  await bench.signUp()
  for (let round = 0; round < 3; round += 1) {
    for (let wrong = 0; wrong < 9; wrong += 1)
      await expect(bench.service.logIn({ email: EMAIL, password: 'wrong' }, caller)).rejects.toEqual(
        code('CREDENTIALS_REJECTED'),
      )
    await bench.service.logIn({ email: EMAIL, password: PASSWORD }, caller)
  }
})

test('when attempts cannot be counted nobody gets in', async () => {
  await bench.signUp()
  await bench.control.db.query(sql`alter table rate_limit rename to rate_limit_gone`)
  await expect(bench.service.logIn({ email: EMAIL, password: PASSWORD }, caller)).rejects.toEqual(
    code('QUERY_FAILED'),
  )
})

test('deleting an account asks for the password, then removes it, its sessions and its personal organisation', async () => {
  const { tokens } = await bench.signUp()
  const actor = await bench.authenticate(tokens.accessToken)
  await expect(bench.service.deleteAccount(actor, 'wrong', caller)).rejects.toEqual(
    code('CREDENTIALS_REJECTED'),
  )
  await bench.service.deleteAccount(actor, PASSWORD, caller)
  await expect(bench.authenticate(tokens.accessToken)).rejects.toEqual(code('UNAUTHENTICATED'))
  await expect(bench.service.logIn({ email: EMAIL, password: PASSWORD }, caller)).rejects.toEqual(
    code('CREDENTIALS_REJECTED'),
  )
  expect(await rows(sql`select 1 from organisation where deleted_at is null`)).toEqual([])
  expect(bench.deletedProjectsOf).toHaveLength(1)
  const actions = await rows(
    sql`select action from audit_entry where account_id = ${actor.accountId} order by id`,
  )
  expect(actions.map((row) => row['action']).slice(-2)).toEqual(['organisation.delete', 'account.delete'])
  await bench.signUp()
})

test('what can never be used again is pruned, what may be stays', async () => {
  const { tokens } = await bench.signUp()
  await bench.service.refresh(tokens.refreshToken, caller)
  await bench.prune()
  expect(await rows(sql`select 1 from refresh_token`)).toHaveLength(2)
  bench.clock.advance(SESSION_MS + MINUTE)
  await bench.prune()
  expect(await rows(sql`select 1 from session`)).toEqual([])
  expect(await rows(sql`select 1 from rate_limit`)).toEqual([])
})

function asWire(error: unknown): unknown {
  return error instanceof Error ? { ...error, message: error.message } : error
}
