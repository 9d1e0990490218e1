import { describe, expect, expectTypeOf, it } from 'vitest'
import { ModelObject, SchemaModel } from './model.ts'
import type { Column, ModelObject as ModelObjectType, Table } from './types.ts'

const schema = {
  kind: 'schema',
  id: 'schema:2200',
  name: 'public',
  owner: 'postgres',
  comment: null,
  grants: [{ grantee: null, privilege: 'USAGE', isGrantable: false }],
} as const satisfies ModelObjectType

describe('schema model', () => {
  it('takes what it declares, as it is', () => {
    expect(ModelObject.parse(schema)).toEqual(schema)
    const model = { serverVersion: 180004, database: 'app', objects: [schema], dependencies: [] }
    expect(SchemaModel.parse(model)).toEqual(model)
  })

  it('refuses a kind it does not know', () => {
    expect(ModelObject.safeParse({ ...schema, kind: 'tablespace' }).success).toBe(false)
  })

  it('is immutable', () => {
    expectTypeOf<Table>().toEqualTypeOf<Readonly<Table>>()
    expectTypeOf<Table['columns']>().toEqualTypeOf<readonly Readonly<Column>[]>()
  })
})
