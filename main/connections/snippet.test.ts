import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CopyFormat } from '#contract/capabilities/connections.ts'
import { PASSWORD_MASK, renderSnippet, shellQuote } from './snippet.ts'

const address = {
  host: 'db.example.com',
  port: 6543,
  database: 'shop',
  user: 'ada',
  sslMode: 'require',
} as const
const uri = 'postgresql://ada:pw@db.example.com:6543/shop?sslmode=require'

describe('renderSnippet', () => {
  test.each([
    ['uri', uri],
    ['psql', `psql '${uri}'`],
    [
      'env',
      'PGHOST=db.example.com\nPGPORT=6543\nPGDATABASE=shop\nPGUSER=ada\nPGPASSWORD=pw\nPGSSLMODE=require',
    ],
    [
      'node',
      `import pg from 'pg'\n\nconst client = new pg.Client({ connectionString: '${uri}' })\nawait client.connect()`,
    ],
    ['python', `import psycopg\n\nconnection = psycopg.connect("${uri}")`],
    ['go', `import "github.com/jackc/pgx/v5"\n\nconnection, err := pgx.Connect(ctx, "${uri}")`],
    ['jdbc', 'jdbc:postgresql://db.example.com:6543/shop?user=ada&password=pw&sslmode=require'],
  ] as const)('writes %s', (format, expected) => {
    expect(renderSnippet(format, address, 'pw')).toBe(expected)
  })

  test('leaves the password out where there is none', () => {
    for (const format of CopyFormat.options)
      expect(renderSnippet(format, address, undefined)).not.toMatch(/password=|PGPASSWORD|ada:/i)
  })

  test('shows the mask as it is', () => {
    expect(renderSnippet('uri', address, PASSWORD_MASK)).toContain(`ada:${PASSWORD_MASK}@`)
  })

  test('quotes a password for where it is pasted: no quote, backslash, dollar or newline of it survives bare', () => {
    const hostile = `'"\\$(id)\`x\`\n; rm -rf / # é@:/?`
    for (const format of ['uri', 'psql', 'node', 'python', 'go', 'jdbc'] as const)
      expect(renderSnippet(format, address, hostile)).not.toMatch(/\$\(id\)|rm -rf/)
  })

  test('brackets an IPv6 address and escapes the directory of a socket', () => {
    expect(renderSnippet('uri', { ...address, host: '::1' }, undefined)).toContain('@[::1]:6543/')
    expect(renderSnippet('uri', { ...address, host: '/run/pg' }, undefined)).toContain('@%2Frun%2Fpg:6543/')
  })
})

test('a shell reads a quoted word back as it was', () => {
  const word = fc
    .string({ unit: 'binary', maxLength: 30 })
    .filter((text) => !text.includes('\0') && !/[\ud800-\udfff]/.test(text))
  const words = fc.sample(word, 60)
  const script = words.map((text) => `printf '%s\\001' ${shellQuote(text)}`).join('\n')
  const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' })
  expect(printed.split('\u0001').slice(0, -1)).toEqual(
    words
      .map((text) => text.replaceAll('\u0001', '\u0001'))
      .join('\u0001')
      .split('\u0001'),
  )
})
