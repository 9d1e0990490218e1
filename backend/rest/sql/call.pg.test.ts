// What calls do in Postgres; and of all statements their settings, media types and counts.
import { describe, expect, test } from 'vitest'
import { useRestStatements } from '#testing/rest-statements.ts'

const statements = useRestStatements()
const { bodyOf, run, runWhole } = statements
const representation = { prefer: 'return=representation' }

describe('calls', () => {
  test.each([
    ['GET', '/rpc/films_after?after=1970&select=title', '', [{ title: 'Vagabond' }]],
    [
      'GET',
      '/rpc/films_after?after=1900&title=like.*o*&order=year&select=year',
      '',
      [{ year: 1953 }, { year: 1962 }, { year: 1985 }],
    ],
    [
      'GET',
      '/rpc/films_after?after=1900&id=eq.3&select=title,director(name)',
      '',
      [{ title: 'Tokyo Story', director: { name: 'Yasujiro' } }],
    ],
    ['POST', '/rpc/films_after?select=title&limit=1&order=title', '{"after":1900}', [{ title: 'Cleo' }]],
    ['GET', '/rpc/film_of?film_id=2&select=id', '', { id: 2 }],
    ['GET', '/rpc/shout?words=hey', '', 'HEY!'],
    ['POST', '/rpc/shout', '{"words":"hey","mark":"?"}', 'HEY?'],
    ['POST', '/rpc/shout', '[{"words":"a"},{"words":"b"}]', 'A!'],
    ['GET', '/rpc/years', '', [1953, 1962, 1985]],
    ['GET', '/rpc/total?numbers=1&numbers=2&numbers=39', '', 42],
    ['POST', '/rpc/total', '{"numbers":[1,2]}', 3],
    ['GET', '/rpc/pair', '', { a: 1, b: 'x' }],
    ['GET', '/rpc/lines?n=gt.1', '', [{ n: 2, line: 'two, too' }]],
    ['GET', '/rpc/is_null', '', null],
    ['POST', '/rpc/echo', '{"big":9007199254740993}', { big: 9007199254740992 }],
    ['POST', '/rpc/echo', '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['POST', '/rpc/words', '{"items":["a","b"],"options":{"end":"."}}', 'a+b.'],
    ['GET', '/rpc/words?items=%7Ba,b%7D', '', 'a+b'],
    ['GET', '/rpc/one_letter?letter=abc', '', 'abc'],
    ['POST', '/rpc/one_letter', '{"letter":"abc"}', 'abc'],
  ])('%s %s %s', async (method, url, body, expected) => {
    expect(await bodyOf(method, url, { body })).toEqual(expected)
  })

  test('rows that nobody declared still have names of their own', async () => {
    expect(await bodyOf('GET', '/rpc/undeclared')).toEqual([{ column1: 1, column2: 'one' }])
  })

  test('void has no body', async () => {
    expect(await run('POST', '/rpc/nothing')).toMatchObject({ page_total: '1', body: null })
  })

  test('bytes and forms reach the function', async () => {
    expect(await bodyOf('POST', '/rpc/size', { body: 'four', type: 'application/octet-stream' })).toBe(4)
    expect(
      await bodyOf('POST', '/rpc/shout', { body: 'words=hey', type: 'application/x-www-form-urlencoded' }),
    ).toBe('HEY!')
  })

  test('headers and status that the function sets come with its result', async () => {
    expect(await run('POST', '/rpc/teapot')).toMatchObject({
      status: '418',
      headers: '[{"X-Tea": "yes"}]',
      body: '"short and stout"',
    })
  })

  test('rows are counted without limit', async () => {
    const counted = await run('GET', '/rpc/films_after?after=1900&limit=1', { prefer: 'count=exact' })
    expect(counted).toMatchObject({ total: '3', page_total: '1' })
  })
})

describe('settings', () => {
  test('tell the database who asks for what', async () => {
    expect(
      await bodyOf('GET', '/rpc/who', {
        prefer: 'timezone=Europe/Rome',
        headers: { 'user-agent': "a'b", cookie: 'a=1; b=2' },
      }),
    ).toEqual({
      role: statements.role,
      claims: 'ann',
      path: '/rpc/who',
      method: 'GET',
      agent: "a'b",
      cookie: '1',
      search_path: '"api", "public"',
      zone: 'Europe/Rome',
      app: "it's",
      limit: '9s',
    })
  })

  test('those of the function hold for its transaction', async () => {
    expect(await bodyOf('POST', '/rpc/slow')).toBe('7s')
  })
})

describe('media types', () => {
  test('CSV', async () => {
    expect((await run('GET', '/film?select=id,title&order=id&limit=2', { accept: 'text/csv' }))['body']).toBe(
      'id,title\n1,Cleo\n2,Vagabond',
    )
    expect((await run('GET', '/rpc/lines', { accept: 'text/csv' }))['body']).toBe(
      'n,line\n1,one\n2,"two, too"',
    )
    expect((await run('GET', '/film?id=eq.0', { accept: 'text/csv' }))['body']).toBe('\n')
    expect(
      (
        await run('PATCH', '/film?id=eq.1&select=year,title', {
          accept: 'text/csv',
          ...representation,
          body: '{"year":4}',
        })
      )['body'],
    ).toBe('year,title\n4,Cleo')
  })

  test('one object, and nulls left out', async () => {
    expect(
      await bodyOf('GET', '/film?id=eq.1&select=id,tags', { accept: 'application/vnd.pgrst.object+json' }),
    ).toEqual({ id: 1, tags: null })
    expect(
      await bodyOf('GET', '/film?id=eq.1&select=id,tags', {
        accept: 'application/vnd.pgrst.array+json;nulls=stripped',
      }),
    ).toEqual([{ id: 1 }])
  })

  test('rows are parted as Postgres does it', async () => {
    expect((await run('GET', '/film?select=id&id=lt.3'))['body']).toBe('[{"id":1}, \n {"id":2}]')
  })

  test('handlers of the database', async () => {
    expect((await run('GET', '/rpc/page', { accept: 'text/html' }))['body']).toBe('<p>hello</p>')
    expect((await run('GET', '/film?order=id', { accept: 'application/x-list' }))['body']).toBe(
      'Cleo;Vagabond;Tokyo Story;',
    )
    expect(
      (await run('GET', '/rpc/films_after?after=1960', { accept: 'application/x-list' }))['body'],
    ).toContain('Cleo;')
  })

  test('the plan', async () => {
    const row = await run('PATCH', '/film?id=eq.1', {
      accept: 'application/vnd.pgrst.plan+json; options=analyze',
      body: '{"year":1}',
    })
    expect(JSON.stringify(row)).toContain('ModifyTable')
  })
})

test('messages of Postgres call the result as PostgREST does', async () => {
  await expect(run('GET', '/rpc/films_after?after=1900&select=nothing')).rejects.toThrow(
    'column pgrst_call.nothing does not exist',
  )
})

describe('counts', () => {
  test.each([
    ['/film', '3', '3'],
    ['/film?limit=1', '3', '1'],
    ['/film?limit=1&id=gt.1', '2', '1'],
    ['/director?select=name,film!inner(title)&film.year=gt.1960&limit=1', '1', '1'],
    ['/director?select=name,film(title)&film=is.null', '0', '0'],
    ['/film?select=id.count()', '1', '1'],
  ])('%s has %s rows', async (url, total, page) => {
    expect(await run('GET', url, { prefer: 'count=exact' })).toMatchObject({ total, page_total: page })
  })

  test('guesses', async () => {
    const { row, guessed } = await runWhole('GET', '/film?limit=1', { prefer: 'count=planned' })
    expect(row['total']).toBeNull()
    expect(JSON.stringify(guessed)).toContain('"Plan Rows"')
    const estimated = await run('GET', '/film', { prefer: 'count=estimated', config: { maxRows: 1 } })
    expect(estimated).toMatchObject({ total: '2', page_total: '1' })
  })
})
