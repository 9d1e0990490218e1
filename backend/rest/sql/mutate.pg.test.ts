// What writes do in Postgres.
import { describe, expect, test } from 'vitest'
import { useRestStatements } from '#testing/rest-statements.ts'

const { bodyOf, run, runWhole } = useRestStatements()
const representation = { prefer: 'return=representation' }

describe('inserts', () => {
  test('a row, and what it became', async () => {
    const body = JSON.stringify({
      title: 'O\'Brien "x"',
      year: 2000,
      tags: ['a', 'b,c'],
      facts: { deep: [1, null] },
    })
    expect(
      await bodyOf('POST', '/film?select=id,title,tags,facts,mood', { ...representation, body }),
    ).toEqual([
      { id: 101, title: 'O\'Brien "x"', tags: ['a', 'b,c'], facts: { deep: [1, null] }, mood: 'calm' },
    ])
  })

  test('big integers stay exact', async () => {
    const body = '{"city":"Rome","name":"Lux","seats":9007199254740993}'
    expect((await run('POST', '/cinema', { ...representation, body }))['body']).toContain('9007199254740993')
  })

  test('many rows, each with what it embeds', async () => {
    const body =
      '[{"title":"A","director_id":1},{"title":"B","director_id":2},{"title":"C","director_id":null}]'
    expect(await bodyOf('POST', '/film?select=title,director(name)', { ...representation, body })).toEqual([
      { title: 'A', director: { name: 'Agnes' } },
      { title: 'B', director: { name: 'Yasujiro' } },
      { title: 'C', director: null },
    ])
  })

  test('CSV, with NULL and quotes', async () => {
    const body = 'title,year\n"One, two",NULL\n"a ""b""",1999\n'
    expect(
      await bodyOf('POST', '/film?select=title,year', { ...representation, body, type: 'text/csv' }),
    ).toEqual([
      { title: 'One, two', year: null },
      { title: 'a "b"', year: 1999 },
    ])
  })

  test('a form is one row', async () => {
    const options = { ...representation, body: 'title=A+b&year=7', type: 'application/x-www-form-urlencoded' }
    expect(await bodyOf('POST', '/film?select=title,year', options)).toEqual([{ title: 'A b', year: 7 }])
  })

  test.each([
    ['{}', 1],
    ['[{},{},{}]', 3],
    ['[]', 0],
  ])('%s makes rows of defaults: %i', async (body, rows) => {
    expect(await run('POST', '/touched', { body })).toMatchObject({ page_total: String(rows), body: null })
    expect(await bodyOf('POST', '/touched', { ...representation, body })).toHaveLength(rows)
  })

  test('a missing key is null, or with missing=default the default, which moves no sequence for nothing', async () => {
    const body = '[{"id":7,"note":"kept"},{"id":null,"note":null}]'
    await expect(run('POST', '/ticketed?columns=id,note', { body: '[{"note":"a"}]' })).rejects.toMatchObject({
      code: '23502',
    })
    expect(
      await bodyOf('POST', '/ticketed?columns=id,note', {
        prefer: 'return=representation, missing=default',
        body: '[{"id":7,"note":"kept"},{"note":null},{}]',
      }),
    ).toEqual([
      { id: 7, note: 'kept' },
      { id: 1, note: null },
      { id: 2, note: 'none' },
    ])
    // a null that was sent is no missing key
    await expect(run('POST', '/ticketed', { body, prefer: 'missing=default' })).rejects.toMatchObject({
      code: '23502',
    })
  })

  test('keys that are not in columns= are left alone', async () => {
    const body = '{"title":"A","junk":{"x":1}}'
    expect(await bodyOf('POST', '/film?columns=title&select=title', { ...representation, body })).toEqual([
      { title: 'A' },
    ])
  })

  test('domains are read and shown by their casts', async () => {
    expect(
      await bodyOf('POST', '/paint', { ...representation, body: '{"id":2,"colour":"#00ff00"}' }),
    ).toEqual([{ id: 2, colour: '#00ff00' }])
    expect(
      await bodyOf('POST', '/paint', {
        prefer: 'return=representation, missing=default',
        body: '[{"id":2,"colour":"#000001"}]',
      }),
    ).toEqual([{ id: 2, colour: '#000001' }])
    expect(
      await bodyOf('PATCH', '/paint?id=eq.1', { ...representation, body: '{"colour":"#ff0000"}' }),
    ).toEqual([{ id: 1, colour: '#ff0000' }])
  })

  test('views and odd names are written too', async () => {
    expect(
      await bodyOf('POST', '/film_view?select=title', { ...representation, body: '{"title":"V"}' }),
    ).toEqual([{ title: 'V' }])
    expect(
      await bodyOf('POST', '/odd%20%22name', { ...representation, body: '{"a \\"b":1,"order":"x"}' }),
    ).toEqual([{ 'a "b': 1, order: 'x' }])
  })

  test('Location is the key of the one row', async () => {
    const headers = { prefer: 'return=headers-only' }
    expect((await run('POST', '/film', { ...headers, body: '{"title":"A"}' }))['location']).toMatch(
      /^\[\["id", "eq\.\d+"\]\]$/,
    )
    const cinema = { ...headers, body: '{"name":"Lux & co","city":"Rome"}' }
    expect(JSON.parse((await run('POST', '/cinema', cinema))['location'] ?? '')).toEqual([
      ['city', 'eq.Rome'],
      ['name', 'eq.Lux & co'],
    ])
    expect(
      (await run('POST', '/film', { ...headers, body: '[{"title":"A"},{"title":"B"}]' }))['location'],
    ).toBeNull()
  })
})

describe('upserts', () => {
  test('merge what is there, and count what is new', async () => {
    const body = '[{"id":1,"title":"Cleo from 5 to 7"},{"id":9,"title":"New"}]'
    const merged = await run('POST', '/film?select=id,title,year', {
      prefer: 'return=representation, resolution=merge-duplicates',
      body,
    })
    expect(merged['inserted']).toBe('1')
    expect(JSON.parse(merged['body'] ?? '')).toEqual([
      { id: 1, title: 'Cleo from 5 to 7', year: 1962 },
      { id: 9, title: 'New', year: null },
    ])
  })

  test('the count begins anew with each transaction', async () => {
    const request = { prefer: 'resolution=merge-duplicates', body: '{"id":1,"title":"x"}' }
    expect((await run('POST', '/film', request))['inserted']).toBe('0')
    expect((await run('POST', '/film', request))['inserted']).toBe('0')
  })

  test('leave alone what is there', async () => {
    const body = '[{"id":1,"title":"x"},{"id":9,"title":"New"}]'
    expect(
      await bodyOf('POST', '/film?select=id', {
        prefer: 'return=representation, resolution=ignore-duplicates',
        body,
      }),
    ).toEqual([{ id: 9 }])
  })

  test('conflicts are those of on_conflict', async () => {
    const prefer = 'return=representation, resolution=merge-duplicates'
    const body = '{"title":"Cleo","year":1962,"mood":"wild"}'
    expect(await bodyOf('POST', '/film?on_conflict=title,year&select=id,mood', { prefer, body })).toEqual([
      { id: 1, mood: 'wild' },
    ])
    await expect(run('POST', '/film?on_conflict=year', { prefer, body })).rejects.toMatchObject({
      code: '42P10',
    })
  })

  test('PUT makes or replaces the row that it names', async () => {
    const put = (body: string) => run('PUT', '/cinema?city=eq.Rome&name=eq.Lux', { ...representation, body })
    expect(await put('{"city":"Rome","name":"Lux","seats":3}')).toMatchObject({
      page_total: '1',
      inserted: '1',
    })
    expect(await put('[{"city":"Rome","name":"Lux"}]')).toMatchObject({ page_total: '1', inserted: '1' })
    expect(await put('{"city":"Oslo","name":"Lux"}')).toMatchObject({ page_total: '0' })
  })
})

describe('updates and deletes', () => {
  test('of the rows that the filters choose', async () => {
    expect(
      await bodyOf('PATCH', '/film?director_id=eq.1&select=id,year,director(name)&order=id.desc', {
        ...representation,
        body: '{"year":2001}',
      }),
    ).toEqual([
      { id: 2, year: 2001, director: { name: 'Agnes' } },
      { id: 1, year: 2001, director: { name: 'Agnes' } },
    ])
    expect(await bodyOf('DELETE', '/film?or=(id.eq.1,year.lt.1960)&select=id', representation)).toEqual([
      { id: 1 },
      { id: 3 },
    ])
  })

  test('without representation only the count is known', async () => {
    expect(await run('DELETE', '/film?id=in.(1,2)')).toMatchObject({ page_total: '2', body: null })
  })

  test.each(['{}', '[]', '[{}]'])('%s updates nothing', async (body) => {
    expect(await run('PATCH', '/film?id=eq.1', { body })).toMatchObject({ page_total: '0' })
    expect(await bodyOf('PATCH', '/film?id=eq.1', { ...representation, body })).toEqual([])
    expect(await bodyOf('PATCH', '/film?select=id,director(name)', { ...representation, body })).toEqual([])
  })

  test('a missing key takes its default where that is preferred', async () => {
    expect(
      await bodyOf('PATCH', '/film?id=eq.1&columns=title,year&select=title,year', {
        prefer: 'return=representation, missing=default',
        body: '{"year":5}',
      }),
    ).toEqual([{ title: 'untitled', year: 5 }])
  })

  test('an inner embed leaves rows out of the answer, not out of the write', async () => {
    const { row, after } = await runWhole('PATCH', '/film?select=id,director!inner(name)', {
      ...representation,
      body: '{"director_id":null}',
      then: 'select count(*)::int from api.film where director_id is null',
    })
    expect(row['page_total']).toBe('0')
    expect(after).toEqual([{ count: 3 }])
  })
})

describe('limited writes', () => {
  test('order and limit choose the rows that are written', async () => {
    expect(
      await bodyOf('PATCH', '/film?select=id&order=id.desc&limit=2', {
        ...representation,
        body: '{"year":1901}',
      }),
    ).toHaveLength(2)
    const last = await bodyOf('GET', '/film?select=id&order=id.desc&limit=2')
    expect(await bodyOf('DELETE', '/film?select=id&order=id.desc&limit=1&offset=1', representation)).toEqual([
      Array.isArray(last) ? last[1] : undefined,
    ])
  })

  test('a limit without an order is ignored, as PostgREST does', async () => {
    const all = await bodyOf('GET', '/film?select=id')
    expect(
      await bodyOf('PATCH', '/film?select=id&limit=1', { ...representation, body: '{"year":1902}' }),
    ).toHaveLength(Array.isArray(all) ? all.length : -1)
  })

  test('a table without a key cannot be written by order and limit', async () => {
    await expect(run('DELETE', '/touched?order=at&limit=1', representation)).rejects.toMatchObject({
      code: 'PGRST109',
    })
  })
})
