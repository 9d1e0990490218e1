// Golden SQL of whole statements: what a change of the engine changes in what is sent shows here.
import { describe, expect, test } from 'vitest'
import {
  sampleCache,
  sampleColumn,
  sampleConfig,
  sampleIdentity,
  sampleRequest,
  sampleRoutine,
  sampleTable,
} from '#testing/rest-sample.ts'
import { plan } from '../plan/index.ts'
import type { RestConfig, RoutineReturn } from '../types.ts'
import { toTransaction } from './index.ts'

const film = { schema: 'api', name: 'film' }
const composite = (isSetOf: boolean): RoutineReturn => ({
  kind: 'composite',
  type: film,
  isAlias: false,
  isSetOf,
})
const scalar = (isSetOf: boolean): RoutineReturn => ({ kind: 'scalar', type: 'text', isSetOf })

const cache = sampleCache(
  [
    sampleTable('film', [
      'id integer',
      sampleColumn('title character varying(10)', { default: "'none'::character varying" }),
      sampleColumn('colour public.colour'),
    ]),
  ],
  [
    sampleRoutine('films', ['year integer default'], { returns: composite(true) }),
    sampleRoutine('best', [], { returns: composite(false) }),
    sampleRoutine('title', ['id integer', 'mark character default'], { returns: scalar(false) }),
    sampleRoutine('titles', [], { returns: scalar(true) }),
    sampleRoutine('sum', ['variadic numbers integer[]'], { returns: scalar(false) }),
    sampleRoutine('take', [' jsonb'], { returns: scalar(false) }),
    sampleRoutine('quiet', [], { returns: { kind: 'void', isSetOf: false } }),
    sampleRoutine('odd', [], { returns: { kind: 'scalar', type: 'record', isSetOf: true } }),
  ],
  {
    representations: new Map([
      [
        'json public.colour',
        { source: 'json', target: 'public.colour', function: { schema: 'public', name: 'colour' } },
      ],
    ]),
    handlers: [
      {
        kind: 'aggregate',
        mediaType: 'text/html',
        target: film,
        function: { schema: 'api', name: 'to_page' },
      },
    ],
  },
)

interface Options {
  readonly prefer?: string
  readonly accept?: string
  readonly body?: string
  readonly config?: Partial<RestConfig>
}

function transactionOf(method: string, url: string, { prefer, accept, body, config: changes }: Options = {}) {
  const config = sampleConfig(changes)
  const headers = { ...(prefer === undefined ? {} : { prefer }), ...(accept === undefined ? {} : { accept }) }
  const request = sampleRequest(method, url, { headers, config, ...(body === undefined ? {} : { body }) })
  const planned = plan(request, { cache, config, identity: sampleIdentity })
  if (planned.kind === 'info') throw new TypeError('needs no database')
  return toTransaction(planned, { request, cache, config, identity: sampleIdentity })
}

/** The statement without what is the same in all of them. */
function mainOf(method: string, url: string, options: Options = {}): string {
  const { main } = transactionOf(method, url, options)
  return (main?.text ?? '')
    .replaceAll('"nebuladb_', '"')
    .replace(/nullif\(current_setting\('response.headers'.*? as status/, '<response>')
}

describe('reads', () => {
  test('of one row are a SELECT and its aggregate', () => {
    expect(mainOf('GET', '/film?id=eq.1')).toBe(
      `select null::bigint as total, count(*) as page_total, null::bigint as inserted, null::text as location, <response>, coalesce(json_agg("rows"), '[]') as body from (select "api"."film".* from "api"."film" where "api"."film"."id" = $1) as "rows"`,
    )
  })

  test('headers need no body', () => {
    expect(mainOf('HEAD', '/film')).toContain('null::text as body')
  })

  test.each([
    ['application/vnd.pgrst.object+json', `coalesce((array_agg(to_json("rows")))[1], 'null') as body`],
    [
      'application/vnd.pgrst.array+json;nulls=stripped',
      `coalesce(json_strip_nulls(json_agg("rows")), '[]') as body`,
    ],
    ['text/html', `"api"."to_page"("rows"::"api"."film") as body`],
    [
      'application/geo+json',
      `json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(st_asgeojson("rows")::json), '[]')) as body`,
    ],
  ])('%s', (accept, body) => {
    expect(mainOf('GET', '/film', { accept })).toContain(body)
  })

  test('CSV reads its rows twice, for their names', () => {
    const text = mainOf('GET', '/film?select=id', { accept: 'text/csv' })
    expect(text).toMatch(/^with "page" as \(select "api"."film"."id" from "api"."film"\) select/)
    expect(text).toMatch(/from "page" as "rows"$/)
  })

  test('nothing is counted that was not asked for, and a whole page is counted as it is', () => {
    expect(mainOf('GET', '/film?limit=2')).toContain('null::bigint as total')
    expect(mainOf('GET', '/film', { prefer: 'count=exact' })).toContain('count(*) as total')
    expect(mainOf('GET', '/film?limit=2', { prefer: 'count=exact' })).toContain(
      '(select count(*) from (select 1 from "api"."film") as matching) as total',
    )
  })

  test('estimated counts stop where a page ends', () => {
    const config = { maxRows: 10 }
    expect(mainOf('GET', '/film?id=gt.1', { prefer: 'count=estimated', config })).toContain(
      '(select count(*) from (select 1 from "api"."film" where "api"."film"."id" > $1 limit $2::bigint) as matching) as total',
    )
  })

  test('the rows of a function are counted, never estimated', () => {
    const config = { maxRows: 10 }
    const options = { prefer: 'count=estimated', config }
    expect(mainOf('GET', '/rpc/films', options)).toContain(
      '(select count(*) from (select 1 from "source" as "film") as matching) as total',
    )
    expect(transactionOf('GET', '/rpc/films', options).planned).toBeNull()
  })

  test('guesses of the planner are asked for beside', () => {
    const { main, planned } = transactionOf('GET', '/film?id=gt.1', { prefer: 'count=planned' })
    expect(main?.text).toContain('null::bigint as total')
    expect(planned).toEqual({
      text: 'explain (format json) select 1 from "api"."film" where "api"."film"."id" > $1',
      values: ['1'],
    })
    expect(transactionOf('GET', '/film', { prefer: 'count=exact' }).planned).toBeNull()
  })

  test('the plan is of the same statement', () => {
    expect(
      mainOf('GET', '/film', { accept: 'application/vnd.pgrst.plan+json; options=verbose|analyze' }),
    ).toBe(
      `explain (format json, analyze, verbose) select null::bigint as total, count(*) as page_total, coalesce(json_agg("rows"), '[]') as body, <response> from (select "api"."film".* from "api"."film") as "rows"`,
    )
  })
})

/** What changes the rows, out of the whole. */
function writeOf(method: string, url: string, options: Options): string {
  return (
    /^with "source" as \((.*?)\) select (?:null::bigint|count\(\*\)) as total/.exec(
      mainOf(method, url, options),
    )?.[1] ?? ''
  )
}

describe('writes', () => {
  test('a row', () => {
    expect(writeOf('POST', '/film', { body: '{"id":1,"title":"a"}' })).toBe(
      'insert into "api"."film" ("id", "title") select "payload"."id", "payload"."title" from json_to_record($1::json) as "payload"("id" integer, "title" character varying(10)) returning 1',
    )
  })

  test('many rows, with what is given back', () => {
    expect(
      writeOf('POST', '/film?select=title', { body: '[{"id":1}]', prefer: 'return=representation' }),
    ).toBe(
      'insert into "api"."film" ("id") select "payload"."id" from json_to_recordset($1::json) as "payload"("id" integer) returning "api"."film"."title"',
    )
  })

  test('a domain is made from json by its cast', () => {
    expect(writeOf('POST', '/film', { body: '{"colour":"#fff"}' })).toBe(
      'insert into "api"."film" ("colour") select "payload"."colour" from (select "public"."colour"("raw_payload"."colour") as "colour" from json_to_record($1::json) as "raw_payload"("colour" json)) as "payload" returning 1',
    )
  })

  test('defaults stand in for keys that are missing', () => {
    expect(writeOf('POST', '/film', { body: '[{"id":1,"title":"a"}]', prefer: 'missing=default' })).toBe(
      `insert into "api"."film" ("id", "title") select "payload"."id", "payload"."title" from (select "raw_payload"."id" as "id", case when "element".value->'title' is null then cast('none'::character varying as character varying(10)) else "raw_payload"."title" end as "title" from json_array_elements($1::json) as "element"(value), json_to_record("element".value) as "raw_payload"("id" integer, "title" character varying(10))) as "payload" returning 1`,
    )
  })

  test.each([
    ['{}', 'insert into "api"."film" select  from (select) as "payload" returning 1'],
    [
      '[{},{}]',
      'insert into "api"."film" select  from json_array_elements($1::json) as "payload" returning 1',
    ],
  ])('%s is made of defaults', (body, text) => {
    expect(writeOf('POST', '/film', { body })).toBe(text)
  })

  test('upserts', () => {
    const count = `coalesce(nullif(current_setting('nebuladb.updated', true), ''), '0')::bigint`
    expect(writeOf('POST', '/film', { body: '{"id":1}', prefer: 'resolution=merge-duplicates' })).toContain(
      ` on conflict ("id") do update set "id" = excluded."id" where set_config('nebuladb.updated', (${count} + 1)::text, true) is not null returning 1`,
    )
    expect(
      writeOf('POST', '/film?on_conflict=title', {
        body: '{"id":1}',
        prefer: 'resolution=ignore-duplicates',
      }),
    ).toContain(' on conflict ("title") do nothing returning 1')
    expect(mainOf('POST', '/film', { body: '{"id":1}', prefer: 'resolution=merge-duplicates' })).toContain(
      `(select count(*) from "source") - ${count} as inserted`,
    )
  })

  test('PUT writes only the row that it names', () => {
    expect(writeOf('PUT', '/film?id=eq.1', { body: '{"id":1}' })).toContain(
      ' from json_to_record($1::json) as "payload"("id" integer) where "payload"."id" = $2 on conflict ("id") do update',
    )
  })

  test('updates and deletes', () => {
    expect(writeOf('PATCH', '/film?id=eq.1', { body: '{"title":"b"}' })).toBe(
      'update "api"."film" set "title" = "payload"."title" from json_to_record($1::json) as "payload"("title" character varying(10)) where "api"."film"."id" = $2 returning 1',
    )
    expect(writeOf('DELETE', '/film?id=eq.1', { prefer: 'return=representation' })).toBe(
      'delete from "api"."film" where "api"."film"."id" = $1 returning "api"."film".*',
    )
  })

  test('an update of nothing', () => {
    expect(writeOf('PATCH', '/film', { body: '{}' })).toBe('select null where false')
    expect(writeOf('PATCH', '/film', { body: '{}', prefer: 'return=representation' })).toBe(
      'select "api"."film".* from "api"."film" where false',
    )
  })

  test('Location is the key of one row', () => {
    const text = mainOf('POST', '/film?select=id', { body: '{"title":"a"}', prefer: 'return=headers-only' })
    expect(text).toContain('returning "api"."film"."id"')
    expect(text).toContain(`where field.key in ('id')) end as location`)
  })
})

/** The call, out of the whole. */
function callOf(method: string, url: string, options: Options = {}): string {
  return writeOf(method, url, options)
}

describe('calls', () => {
  test.each([
    [
      'GET',
      '/rpc/films?year=1999',
      undefined,
      'select "pgrst_call".* from "api"."films"("year" => $1::integer) as "pgrst_call"',
    ],
    [
      'GET',
      '/rpc/films?select=id',
      undefined,
      'select "pgrst_call"."id" from "api"."films"() as "pgrst_call"',
    ],
    [
      'GET',
      '/rpc/titles',
      undefined,
      'select "pgrst_call"."pgrst_scalar" from "api"."titles"() as "pgrst_call"("pgrst_scalar")',
    ],
    [
      'GET',
      '/rpc/sum?numbers=1&numbers=2',
      undefined,
      'select "pgrst_call"."pgrst_scalar" from "api"."sum"(variadic "numbers" => $1::integer[]) as "pgrst_call"("pgrst_scalar")',
    ],
    [
      'GET',
      '/rpc/title?id=1&mark=xy',
      undefined,
      'select "pgrst_call"."pgrst_scalar" from "api"."title"("id" => $1::integer, "mark" => $2::character varying) as "pgrst_call"("pgrst_scalar")',
    ],
    [
      'POST',
      '/rpc/take',
      '{"a":1}',
      'select "pgrst_call"."pgrst_scalar" from "api"."take"($1::jsonb) as "pgrst_call"("pgrst_scalar")',
    ],
    [
      'POST',
      '/rpc/films',
      '{"year":1999}',
      'select "pgrst_call".* from json_to_record($1::json) as "arguments"("year" integer), lateral "api"."films"("year" => "arguments"."year") as "pgrst_call"',
    ],
    [
      'POST',
      '/rpc/films',
      '[{"year":1999}]',
      'select "pgrst_call".* from (select * from json_to_recordset($1::json) as "arguments"("year" integer) limit 1) as "arguments", lateral "api"."films"("year" => "arguments"."year") as "pgrst_call"',
    ],
    ['POST', '/rpc/odd', '{}', 'select "api"."odd"() as "pgrst_scalar"'],
  ])('%s %s %s', (method, url, body, text) => {
    expect(callOf(method, url, body === undefined ? {} : { body })).toBe(text)
  })

  test('arrays of texts are written so that Postgres reads them back', () => {
    const { main } = transactionOf('GET', '/rpc/sum?numbers=a%22b&numbers=c%5Cd,e')
    expect(main?.values).toEqual([String.raw`{"a\"b","c\\d,e"}`])
  })

  test.each([
    ['/rpc/films', `coalesce(json_agg("rows"), '[]')`],
    ['/rpc/best', `coalesce((array_agg(to_json("rows")))[1], 'null')`],
    ['/rpc/title?id=1', `coalesce((array_agg(to_json("rows"."pgrst_scalar")))[1], 'null')`],
    ['/rpc/titles', `coalesce(json_agg("rows"."pgrst_scalar"), '[]')`],
    ['/rpc/quiet', 'null::text'],
  ])('the body of %s', (url, body) => {
    expect(mainOf('GET', url)).toContain(`${body} as body`)
  })

  test('one object of several values is the row of one', () => {
    const accept = 'application/vnd.pgrst.object+json'
    expect(mainOf('GET', '/rpc/titles', { accept })).toContain(`(array_agg(to_json("rows")))[1]`)
    expect(mainOf('GET', '/rpc/title?id=1', { accept })).toContain(
      `(array_agg(to_json("rows"."pgrst_scalar")))[1]`,
    )
  })
})

describe('settings', () => {
  test('say who asks for what; nothing of it is text of the statement', () => {
    const { settings, preRequest, isPrepared } = transactionOf('GET', '/film?id=eq.1', {
      prefer: 'timezone=Europe/Rome',
      config: {
        appSettings: { 'app.settings.secret': "it's" },
        preRequest: { schema: 'api', name: 'check' },
        preparedStatements: false,
      },
    })
    expect(settings).toEqual({
      text: "select set_config('search_path', $1, true), set_config('role', $2, true), set_config('request.jwt.claims', $3, true), set_config('request.method', $4, true), set_config('request.path', $5, true), set_config('request.headers', $6, true), set_config('request.cookies', $7, true), set_config($8, $9, true), set_config($10, $11, true)",
      values: [
        '"api", "public"',
        'web',
        '{"role":"web"}',
        'GET',
        '/film',
        '{"prefer":"timezone=Europe/Rome"}',
        '{}',
        'timezone',
        'Europe/Rome',
        'app.settings.secret',
        "it's",
      ],
    })
    expect(preRequest).toEqual({ text: 'select "api"."check"()', values: [] })
    expect(isPrepared).toBe(false)
  })

  test('the root asks for what the role may do, unless that does not matter', () => {
    expect(transactionOf('GET', '/').main?.text).toContain('has_table_privilege')
    expect(transactionOf('GET', '/', { config: { openApiMode: 'ignore-privileges' } })).toMatchObject({
      main: null,
      planned: null,
      isReadOnly: true,
    })
  })
})
