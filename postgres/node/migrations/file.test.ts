import { describe, expect, test } from 'vitest'
import { checksumOf, hasSql, isMisnamed, parseMigration, writeMigration } from './file.ts'
import { splitSteps } from './steps.ts'

const NAME = '20260101000000_film.sql'
const parse = (text: string) => parseMigration(NAME, text)

describe('reading', () => {
  test('parts, with the lines on which they begin', () => {
    expect(
      parse(
        '-- about films\n\n-- migrate:up\n\n\n  create table a ();\n\n-- migrate:down transaction:false\ndrop table a;\n',
      ),
    ).toMatchObject({
      version: '20260101000000',
      name: 'film',
      up: { text: '  create table a ();', line: 6, inTransaction: true },
      down: { text: 'drop table a;', line: 9, inTransaction: false },
    })
  })

  test('a marker inside of a string or a body is none', () => {
    const body = `select $$\n-- migrate:down\n$$, '\n-- migrate:up\n';`
    expect(parse(`-- migrate:up\n${body}`).up.text).toBe(body)
  })

  test('a way back of comments only is none', () => {
    expect(hasSql(parse('-- migrate:up\nselect 1\n-- migrate:down\n-- nothing\n').down)).toBe(false)
    expect(hasSql(parse('-- migrate:up\nselect 1').down)).toBe(false)
  })

  test.each([
    ['select 1', 'line 1: There is no line "-- migrate:up".'],
    ['select 1;\n-- migrate:up', 'line 1: SQL stands above'],
    ['-- migrate:down\n-- migrate:up', 'line 2: migrate:up must stand before'],
    ['-- migrate:up\n\n-- migrate:up', 'line 3: migrate:up stands here a second time.'],
    ['-- migrate:up\n-- migrate:sideways', 'line 2: migrate:sideways is not known'],
    ['-- migrate:up transactions:no', 'line 1: The option "transactions:no" is not known'],
  ])('%j is refused', (text, message) => {
    expect(() => parse(text)).toThrow(`${NAME}, ${message}`)
  })

  test.each(['film.sql', '2026_film.sql', '20260101000000_Film.sql', '20260101000000-film.sql'])(
    '%s is no name of a migration',
    (name) => {
      expect(() => parseMigration(name, '-- migrate:up')).toThrow('not named')
    },
  )

  test('a file that was meant to be one is known by its digits', () => {
    expect(
      ['2026_film.sql', '20260101000000_Film.sql', 'readme.md', 'seed.sql', NAME].filter(isMisnamed),
    ).toEqual(['2026_film.sql', '20260101000000_Film.sql'])
  })

  test('ends of lines and a byte order mark do not change the checksum', () => {
    expect(checksumOf('\uFEFFa\r\nb\r\n')).toBe(checksumOf('a\nb\n'))
    expect(checksumOf('a\nb')).not.toBe(checksumOf('a\nb\n'))
    expect(checksumOf('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })
})

describe('writing', () => {
  test.each([
    { up: 'select 1;', down: 'select 2;' },
    { up: 'select 1;\n\nselect 3;', down: '' },
    { up: '', down: '' },
    { up: 'vacuum;', down: 'vacuum full;', upInTransaction: false, downInTransaction: false },
  ])('%j is read back', (parts) => {
    const file = parse(writeMigration(parts))
    expect([file.up.text, file.down.text, file.up.inTransaction]).toEqual([
      parts.up,
      parts.down,
      parts.upInTransaction ?? true,
    ])
    expect(
      parse(
        writeMigration({
          up: file.up.text,
          down: file.down.text,
          upInTransaction: file.up.inTransaction,
          downInTransaction: file.down.inTransaction,
        }),
      ).checksum,
    ).toBe(file.checksum)
  })

  test('a part with a marker of its own is refused', () => {
    expect(() => writeMigration({ up: 'select 1;\n-- migrate:down\ndrop table a', down: '' })).toThrow(
      'migrate:',
    )
  })
})

describe('steps', () => {
  const steps = async (text: string) =>
    (await splitSteps(NAME, parse(text).up)).map((step) => [step.kind, step.line, step.sql])

  test('what may stand in a transaction stays together', async () => {
    expect(
      await steps(
        `-- migrate:up\nselect 1;\n-- more\nselect 2;\n\nvacuum;\nselect 3; alter type e add value 'x'; select 4`,
      ),
    ).toEqual([
      ['transaction', 2, 'select 1;\n-- more\nselect 2'],
      ['alone', 6, 'vacuum'],
      ['transaction', 7, 'select 3'],
      ['transaction', 7, `alter type e add value 'x'`],
      ['transaction', 7, 'select 4'],
    ])
  })

  test.each([
    'create index concurrently i on a (b)',
    'drop index concurrently if exists a.i',
    'reindex (concurrently) table a',
    'reindex schema s',
    'alter table a detach partition b concurrently',
    'vacuum a',
    'cluster',
    'create database d',
    'drop database d',
    'alter database d set tablespace t',
    `alter system set work_mem = '1MB'`,
    `create tablespace t location '/t'`,
    'drop tablespace t',
    `create subscription s connection 'x' publication p`,
    'drop subscription s',
  ])('%s is a step of its own', async (sql) => {
    expect((await steps(`-- migrate:up\n${sql}`)).map(([kind]) => kind)).toEqual(['alone'])
  })

  test.each([
    'create index i on a (b)',
    'drop index i',
    'reindex table a',
    'alter table a detach partition b',
    'analyze',
    'cluster a using i',
    `alter database d set work_mem = '1MB'`,
    `alter type e rename value 'a' to 'b'`,
    `create subscription s connection 'x' publication p with (connect = false)`,
  ])('%s is in a transaction', async (sql) => {
    expect((await steps(`-- migrate:up\nselect 1;${sql}`)).map(([kind]) => kind)).toEqual(['transaction'])
  })

  test.each([
    ['begin; select 1; commit', 'line 2: BEGIN cannot stand in a migration'],
    ['select 1;\nsavepoint a', 'line 3: SAVEPOINT cannot stand'],
    ['select 1;\n\nselect frm from', 'line 4: syntax error at end of input.'],
    ['-- nebula:batch\ninsert into a values (1)', 'line 3: Only an UPDATE or a DELETE'],
    ['-- nebula:batch\ndelete from a returning *', 'line 3: A statement with RETURNING'],
    ['-- nebula:batch\nupdate a set b = 1 where current of c', 'line 3: WHERE CURRENT OF'],
  ])('%j is refused', async (sql, message) => {
    await expect(steps(`-- migrate:up\n${sql}`)).rejects.toThrow(message)
  })

  test.each([
    'alter table a validate constraint b',
    'alter table only s.a validate constraint b, validate constraint c',
    'alter domain d validate constraint b',
  ])('%s is a transaction of its own', async (sql) => {
    expect((await steps(`-- migrate:up\nselect 1;\n${sql};\nselect 2; select 3`)).slice(1)).toEqual([
      ['transaction', 3, sql],
      ['transaction', 4, 'select 2; select 3'],
    ])
  })

  test.each([
    'create table a (b int); alter table a validate constraint c',
    'create domain d as int; alter domain d validate constraint c',
    'alter table a validate constraint b, add column c int',
    'alter domain d set not null',
  ])('%s stays with what is around it', async (sql) => {
    expect(await steps(`-- migrate:up\nselect 1; ${sql}; select 2`)).toHaveLength(1)
  })

  test('a mark holds for the statement right behind it', async () => {
    expect(
      (
        await steps('-- migrate:up\n-- nebula:batch\nupdate a set b = 1;\n-- just a note\nupdate a set b = 2')
      ).map(([kind]) => kind),
    ).toEqual(['batch', 'transaction'])
  })
})
