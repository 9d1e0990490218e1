// TLS as libpq's sslmode means it, on a server of its own: the run's shared one has none.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from '#testing/certificate.ts'
import { startTestServer } from '#testing/postgres-global-setup.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createPool } from './pool.ts'
import { openSession, type Session, type SessionTarget } from './session.ts'

let target: SessionTarget
let stop: () => Promise<void>

beforeAll(async () => {
  const { server, close } = await startTestServer()
  stop = close
  target = {
    host: server.host,
    port: server.port,
    database: 'postgres',
    user: server.user,
    password: server.password,
  }
  const session = await openSession({ ...target, sslMode: 'disable' })
  await writeFile(session, 'server.crt', TEST_CERTIFICATE)
  await writeFile(session, 'server.key', TEST_CERTIFICATE_KEY)
  await session.query('alter system set ssl = on')
  await session.query('select pg_reload_conf()')
  await session.close()
  for (;;) {
    const encrypted = await openSession({ ...target, sslMode: 'require' }).catch(() => undefined)
    if (encrypted === undefined) continue
    await encrypted.close()
    break
  }
})
afterAll(() => stop())

/** Writes into the data directory as the server's own user, readable by nobody else. */
async function writeFile(session: Session, name: 'server.crt' | 'server.key', text: string): Promise<void> {
  await session.query('create temp table if not exists line (n int, text text)')
  await session.query('truncate line')
  await session.query(
    'insert into line select n, text from unnest($1::text[]) with ordinality as l (text, n)',
    [text.trim().split('\n')],
  )
  await session.query(`copy (select text from line order by n) to program 'umask 077; cat > ${name}'`)
}

const isEncrypted = async (session: Session): Promise<boolean> => {
  const { rows } = await session.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
  return rows[0]?.[0] === 't'
}

describe('sessions', () => {
  test.each([
    ['disable', false],
    ['prefer', true],
    ['require', true],
  ] as const)('%s', async (sslMode, expected) => {
    const session = await openSession({ ...target, sslMode })
    expect(session.usesTls).toBe(expected)
    expect(await isEncrypted(session)).toBe(expected)
    await session.close()
  })

  test('verify-full refuses a certificate that nobody vouches for, and says so', async () => {
    await expect(openSession({ ...target, sslMode: 'verify-full' })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('certificate'),
    })
  })

  test('verify-full accepts it with its authority', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      const session = await openSession(
        { ...target, host, sslMode: 'verify-full' },
        { caPem: TEST_CERTIFICATE },
      )
      expect(await isEncrypted(session)).toBe(true)
      await session.close()
    }
  })

  test('verify-full refuses a host that the certificate does not name', async () => {
    await expect(
      openSession({ ...target, host: '127.1', sslMode: 'verify-full' }, { caPem: TEST_CERTIFICATE }),
    ).rejects.toMatchObject({ code: 'CONNECTION_FAILED', message: expect.stringContaining('certificate') })
  })

  test('cancelling goes over TLS too', async () => {
    const session = await openSession({ ...target, sslMode: 'require' })
    const sleeping = session.query('select pg_sleep(60)').catch((error: unknown) => error)
    let isOver = false
    void sleeping.then(() => (isOver = true))
    while (!isOver) await session.cancel()
    expect(await sleeping).toMatchObject({ code: 'QUERY_CANCELLED' })
    await session.close()
  })

  test('large results come whole', async () => {
    const session = await openSession({ ...target, sslMode: 'require' })
    const cursor = await session.openCursor(`select repeat('é', 1000), generate_series(1, 20000)`)
    let rows = 0
    for (;;) {
      const batch = await cursor.readBatch({ maxRows: 2000, maxBytes: 100_000 })
      if (batch === undefined) break
      rows += batch.rowCount
    }
    expect(rows).toBe(20_000)
    await session.close()
  })

  test('prefer goes on without TLS where the server takes this user only so', async () => {
    const admin = await openSession(target)
    await admin.query(`create role plain_only login password 'x'`)
    const { rows } = await admin.query(`select setting from pg_settings where name = 'hba_file'`)
    const file = rows[0]?.[0] ?? ''
    await admin.query('create temp table line (text text)')
    await admin.query(
      `insert into line select unnest(array['hostnossl all plain_only 127.0.0.1/32 scram-sha-256', 'hostssl all plain_only 127.0.0.1/32 reject'])`,
    )
    await admin.query(
      `insert into line select unnest(string_to_array(rtrim(pg_read_file('${file}'), E'\\n'), E'\\n'))`,
    )
    await admin.query(`copy line to program 'cat > ${file}.new && mv ${file}.new ${file}'`)
    await admin.query('select pg_reload_conf()')
    for (;;) {
      const { rows: rules } = await admin.query(
        `select 1 from pg_hba_file_rules where user_name = '{plain_only}'`,
      )
      if (rules.length === 2) break
    }
    await admin.close()
    let session: Session | undefined
    while (session === undefined || session.usesTls) {
      await session?.close()
      session = await openSession({ ...target, user: 'plain_only', password: 'x', sslMode: 'prefer' })
    }
    expect(await isEncrypted(session)).toBe(false)
    await session.close()
    await expect(
      openSession({ ...target, user: 'plain_only', password: 'x', sslMode: 'require' }),
    ).rejects.toMatchObject({ code: 'CONNECTION_FAILED', details: { sqlstate: '28000' } })
  })
})

test.each([
  ['disable', false],
  ['prefer', true],
  ['require', true],
] as const)('pools: %s', async (sslMode, expected) => {
  const pool = createPool({ ...target, sslMode }, { max: 1 })
  const { rows } = await pool.query(sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`)
  expect(rows).toEqual([{ ssl: expected }])
  await pool.close()
})

test('a pool with verify-full refuses a certificate that nobody vouches for', async () => {
  const pool = createPool({ ...target, sslMode: 'verify-full' }, { max: 1 })
  await expect(pool.query(sql`select 1`)).rejects.toMatchObject({
    code: 'CONNECTION_FAILED',
    message: expect.stringContaining('certificate'),
  })
  await pool.close()
})
