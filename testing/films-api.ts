// The data API of a project with films, over the service's HTTP server: what tests of keys, tokens, settings and limits call.
import { afterAll, beforeAll, expect } from 'vitest'
import type { ApiSettings } from '../contract/capabilities/api.ts'
import { createDataApi, rawRequest, type DataApi, type RawAnswer } from './data-api.ts'
import { startTestService, type TestPerson, type TestService } from './service.ts'

export interface FilmsApi {
  readonly service: TestService
  readonly person: TestPerson
  readonly api: DataApi
  get(path: string, headers: Record<string, string>): Promise<RawAnswer>
  send(
    method: string,
    path: string,
    options: { headers: Record<string, string>; body?: string },
  ): Promise<RawAnswer>
  /** What `/rpc/whoami` answers: the role and the claims that Postgres sees. */
  roleOf(headers: Record<string, string>): Promise<unknown>
  /** Does the work while the project has these settings, and puts back what it had. */
  withSettings<T>(settings: Partial<ApiSettings>, work: () => Promise<T>): Promise<T>
}

const STATEMENTS = [
  'create table films (id int primary key, title text not null)',
  "insert into films select n, 'film ' || n from generate_series(1, 30) n",
  'alter table films enable row level security',
  'create policy first on films for select to anon using (id <= 3)',
  "create policy own on films for select to authenticated using (id = (current_setting('request.jwt.claims')::json ->> 'film')::int)",
  'grant select on films to anon, authenticated',
  "create function whoami() returns json language sql stable as $$ select json_build_object('role', current_user, 'claims', current_setting('request.jwt.claims', true)::json) $$",
  'create function nap(seconds float) returns void language sql volatile as $$ select pg_sleep(seconds) $$',
  'create function add_film() returns int language sql volatile as $$ insert into films values (1000, $q$x$q$) returning id $$',
  'create role editor nologin',
  'grant editor to authenticator',
  'create schema other',
  'grant usage on schema other to anon, service_role',
  'create table other.things (id int primary key)',
  'insert into other.things values (7)',
  'grant select on other.things to anon, service_role',
]

/** An answer that says why it refuses. */
export const refused = (status: number, code: string): unknown =>
  expect.objectContaining({ status, json: expect.objectContaining({ code, message: expect.any(String) }) })

/** Starts it for the tests of this file, and ends it after them. */
export function useFilmsApi(): FilmsApi {
  let service: TestService
  let person: TestPerson
  let api: DataApi
  beforeAll(async () => {
    service = await startTestService({
      provisioning: 'local',
      config: { api: { domain: undefined, redisUrl: undefined, privateIssuers: true } },
    })
    person = await service.signUp()
    api = await createDataApi(person, ...STATEMENTS)
  })
  afterAll(() => service?.close())

  const send: FilmsApi['send'] = (method, path, options) =>
    rawRequest(service, `/${api.ref}/rest/v1${path}`, { method, ...options })
  const get: FilmsApi['get'] = (path, headers) => send('GET', path, { headers })
  return {
    get service() {
      return service
    },
    get person() {
      return person
    },
    get api() {
      return api
    },
    get,
    send,
    roleOf: async (headers) => (await get('/rpc/whoami', headers)).json,
    async withSettings(settings, work) {
      const { projectId } = api
      const { settings: before } = await person.api.api.get({ projectId })
      await person.api.api.update({ projectId, settings })
      try {
        return await work()
      } finally {
        await person.api.api.update({ projectId, settings: before })
      }
    },
  }
}
