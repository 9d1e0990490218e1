// The steps of atomic batches, end to end. The rules are those of docs/specs/rest.md, "Atomic batches".
import { describe, expect, test } from 'vitest'
import { useBatches } from '#testing/rest-batches.ts'

const batches = useBatches()
const { rows, send } = batches
const representation = 'return=representation'

describe('steps', () => {
  test('REST-B1, REST-B4: later steps use what earlier ones gave', async () => {
    const { status, headers, body } = await send({
      steps: [
        {
          name: 'author',
          method: 'POST',
          path: '/author?select=id,name',
          prefer: representation,
          body: { name: 'Ann' },
        },
        {
          name: 'books',
          method: 'POST',
          path: '/book?select=id,title,author_id',
          prefer: representation,
          body: [
            { title: 'One', author_id: { $ref: 'author/0/id' } },
            { title: { $ref: 'author/0/name' }, author_id: { $ref: 'author/0/id' } },
          ],
        },
        { method: 'PATCH', path: '/book', match: { id: { $ref: 'books/1/id' } }, body: { price: 9.5 } },
      ],
    })
    expect(status).toBe(200)
    expect(headers['Content-Type']).toBe('application/vnd.nebuladb.batch+json; charset=utf-8')
    expect(body).toMatchObject({
      steps: [
        { name: 'author', status: 201, body: [{ id: 1, name: 'Ann' }] },
        {
          name: 'books',
          status: 201,
          body: [
            { title: 'One', author_id: 1 },
            { title: 'Ann', author_id: 1 },
          ],
        },
        { name: null, status: 204, body: null },
      ],
    })
    expect(await rows('select title, price from api.book order by id')).toEqual([
      { title: 'One', price: null },
      { title: 'Ann', price: '9.5' },
    ])
  })

  test('REST-B2: the root refuses every other POST as before', async () => {
    const { status, body } = await send({}, { headers: { 'content-type': 'application/json' } })
    expect(status).toBe(405)
    expect(body).toMatchObject({ code: 'PGRST117' })
  })

  test('REST-B4: numbers are copied as they were written', async () => {
    const { raw } = await send(null, {
      text: `{"steps":[
        {"name":"a","method":"POST","path":"/author?select=id,notes","prefer":"return=representation",
         "body":{"id":9007199254740993,"name":"Big","notes":{"n":1.10}}},
        {"method":"POST","path":"/book?select=author_id","prefer":"return=representation",
         "body":{"title":"T","author_id":{"$ref":"a/0/id"}}},
        {"method":"GET","path":"/author?select=id","match":{"id":{"$ref":"a/0/id"}}}]}`,
    })
    expect(raw.match(/"(?:id|author_id)":9007199254740993/g)).toHaveLength(3)
  })

  test('REST-B5: what looks like a reference and is none stands in $value', async () => {
    await send({
      steps: [
        {
          method: 'POST',
          path: '/author',
          body: { name: 'A', notes: { $value: { $ref: 'not/one', deep: [{ $ref: 'x' }] } } },
        },
        { method: 'POST', path: '/author', body: { name: 'B', notes: { $ref: 'x', more: 1 } } },
      ],
    })
    expect(await rows('select notes from api.author order by id')).toEqual([
      { notes: { $ref: 'not/one', deep: [{ $ref: 'x' }] } },
      { notes: { $ref: 'x', more: 1 } },
    ])
  })

  test('REST-B6: match compares with values, lists and null, never with more', async () => {
    await batches.client.query(
      `insert into api.author (id, name) values (1, 'a'), (2, 'x","y'), (3, 'eq.z'), (4, 'p)'), (5, 'null')`,
    )
    await batches.client.query(`insert into api.book (title, author_id) values ('none', null), ('of one', 1)`)
    const { body } = await send({
      steps: [
        { name: 'all', method: 'GET', path: '/author?select=name&id=gt.1&order=id' },
        {
          method: 'GET',
          path: '/author?select=id&order=id',
          match: { name: [{ $ref: 'all/0/name' }, { $ref: 'all/1/name' }, { $ref: 'all/2/name' }] },
        },
        { method: 'GET', path: '/author?select=id', match: { name: { $ref: 'all/3/name' } } },
        { method: 'GET', path: '/book?select=title', match: { author_id: null } },
        { method: 'GET', path: '/author?select=id', match: { name: [] } },
      ],
    })
    expect(body).toMatchObject({
      steps: [
        {},
        { body: [{ id: 2 }, { id: 3 }, { id: 4 }] },
        { body: [{ id: 5 }] },
        { body: [{ title: 'none' }] },
        { body: [] },
      ],
    })
  })

  test('REST-B6: PUT names its row by match', async () => {
    const put = {
      method: 'PUT',
      path: '/author',
      match: { id: 7 },
      body: { id: 7, name: 'Seven' },
      prefer: representation,
    }
    expect((await send({ steps: [put, put] })).body).toMatchObject({
      steps: [{ status: 201 }, { status: 200 }],
    })
  })

  test('REST-B7: each step is told to the database as if it came alone', async () => {
    await send(
      {
        steps: [
          { method: 'POST', path: '/rpc/note', prefer: 'timezone=Europe/Rome' },
          { method: 'POST', path: '/rpc/brief' },
          { method: 'POST', path: '/rpc/note', body: {} },
        ],
      },
      { headers: { 'user-agent': 'tester' } },
    )
    const [before] = await rows(
      `select current_setting('statement_timeout') as wait, current_setting('timezone') as zone`,
    )
    expect(await rows('select path, method, role, agent, zone, wait from api.seen')).toEqual([
      {
        path: '/rpc/note',
        method: 'POST',
        role: batches.role,
        agent: 'tester',
        ...before,
        zone: 'Europe/Rome',
      },
      { path: '/rpc/note', method: 'POST', role: batches.role, agent: 'tester', ...before },
    ])
  })

  test('REST-B7: the pre-request function runs before each step', async () => {
    const config = { preRequest: { schema: 'api', name: 'note' } }
    await send(
      {
        steps: [
          { method: 'GET', path: '/author' },
          { method: 'DELETE', path: '/book' },
        ],
      },
      { config },
    )
    expect(await rows('select path, method from api.seen')).toEqual([
      { path: '/author', method: 'GET' },
      { path: '/book', method: 'DELETE' },
    ])
  })

  test('REST-B9: status and headers of a step are its own', async () => {
    const { status, body } = await send({
      steps: [
        { method: 'POST', path: '/rpc/teapot' },
        { method: 'POST', path: '/author', prefer: 'return=headers-only', body: { name: 'Ann' } },
        { method: 'GET', path: '/author?limit=1', prefer: 'count=exact' },
      ],
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      steps: [
        { status: 418, headers: { 'X-Tea': 'yes' }, body: 'tea' },
        { status: 201, headers: { Location: '/author?id=eq.1' }, body: null },
        { status: 200, headers: { 'Content-Range': '0-0/1' } },
      ],
    })
  })

  test('REST-B9: return=minimal leaves the bodies out', async () => {
    const { body } = await send(
      { steps: [{ method: 'POST', path: '/author', prefer: representation, body: { name: 'Ann' } }] },
      { headers: { prefer: 'return=minimal' } },
    )
    expect(body).toMatchObject({ steps: [{ status: 201, body: null }] })
  })
})
