import { describe, expect, test } from 'vitest'
import type { DefaultPrivileges, Grant, ModelObject } from '#contract/schema/types.ts'
import { buildColumn, buildModel, buildRoutine, buildTable } from '#testing/schemas/build.ts'
import { compileContext, type CompileOptions } from './context.ts'
import { defaultPrivilegeStatements, grantStatements } from './grants.ts'

const grant = (grantee: string | null, privilege: string, isGrantable = false): Grant => ({
  grantee,
  privilege,
  isGrantable,
})
const sqlOf = (object: ModelObject, options: CompileOptions = {}): string[] =>
  grantStatements(object, compileContext(buildModel([object]), options)).map(({ sql }) => sql)
const table = (grants: readonly Grant[]) => buildTable('film', { grants })
const all = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']

describe('privileges', () => {
  test('roles that get the same share a statement, with the right to grant them apart', () => {
    const grants = [
      grant('a', 'SELECT'),
      grant('B', 'SELECT'),
      grant('a', 'INSERT', true),
      grant(null, 'DELETE'),
    ]
    expect(sqlOf(table(grants))).toEqual([
      'grant select on table public.film to a, "B"',
      'grant insert on table public.film to a with grant option',
      'grant delete on table public.film to public',
    ])
  })

  test('all of them are written as all, which Postgres 16 counts otherwise than 17', () => {
    const grants = (words: readonly string[]): Grant[] => words.map((word) => grant('a', word))
    expect(sqlOf(table(grants(all)))).toEqual(['grant all on table public.film to a'])
    expect(sqlOf(table(grants(all.slice(0, 7))), { serverVersion: 160000 })).toEqual([
      'grant all on table public.film to a',
    ])
    expect(sqlOf(table(grants(all.slice(0, 7))))).toEqual([
      'grant select, insert, update, delete, truncate, references, trigger on table public.film to a',
    ])
  })

  test('columns with the same privileges share a statement', () => {
    const reads = { grants: [grant('a', 'SELECT'), grant('a', 'UPDATE')] }
    const columns = [
      buildColumn('id', 'int', reads),
      buildColumn('Title', 'text', reads),
      buildColumn('x', 'int'),
    ]
    expect(sqlOf(buildTable('film', { columns }))).toEqual([
      'grant select (id, "Title"), update (id, "Title") on table public.film to a',
    ])
  })

  test("what Postgres gives to PUBLIC is revoked where the model doesn't have it", () => {
    expect(sqlOf(buildRoutine('f', 'select 1'))).toEqual([])
    expect(sqlOf(buildRoutine('f', 'select 1', { grants: [grant('a', 'EXECUTE')] }))).toEqual([
      'revoke execute on function public.f() from public',
      'grant execute on function public.f() to a',
    ])
    const schema = { kind: 'schema', id: 's', name: 'public', owner: 'o', comment: null, grants: [] } as const
    expect(sqlOf(schema)).toEqual(['revoke usage on schema public from public'])
    expect(sqlOf(schema, { serverVersion: 140000 })).toEqual(['revoke all on schema public from public'])
  })

  test('ordered-set aggregates are named without ORDER BY', () => {
    const aggregate = buildRoutine('nth', '', {
      routineKind: 'aggregate',
      identityArguments: 'n integer ORDER BY value numeric',
      grants: [],
    })
    expect(sqlOf(aggregate)).toEqual([
      'revoke execute on function public.nth(n integer, value numeric) from public',
    ])
  })

  test('default privileges that stand are taken back where the model has none', () => {
    const standing: DefaultPrivileges = {
      kind: 'defaultPrivileges',
      id: 'd',
      name: '',
      owner: 'me',
      comment: null,
      schema: 'public',
      objects: 'tables',
      grants: [grant('a', 'SELECT'), grant('b', 'SELECT')],
    }
    const options = { defaultPrivileges: [standing], role: 'me' }
    expect(sqlOf(table([grant('a', 'SELECT')]), options)).toEqual([
      'revoke select on table public.film from b',
    ])
    expect(sqlOf(table([grant('a', 'SELECT')]), { ...options, role: 'other' })).toEqual([
      'grant select on table public.film to a',
    ])
    expect(defaultPrivilegeStatements(standing).map(({ sql }) => sql)).toEqual([
      'alter default privileges for role me in schema public grant select on tables to a, b',
    ])
    const functions: DefaultPrivileges = { ...standing, schema: null, objects: 'functions', grants: [] }
    expect(defaultPrivilegeStatements(functions).map(({ sql }) => sql)).toEqual([
      'alter default privileges for role me revoke execute on functions from public',
    ])
  })

  test('nothing is said of privileges when they are not asked for', () => {
    expect(sqlOf(table([grant('a', 'SELECT')]), { withGrants: false })).toEqual([])
  })

  test('a word that is no privilege is refused', () => {
    expect(() => sqlOf(table([grant('a', 'SELECT ON x TO y; --')]))).toThrow(TypeError)
  })
})
