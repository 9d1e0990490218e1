// Edits of types, sequences, views, schemas, extensions and policies.
import { describe, expect, test } from 'vitest'
import {
  STORE,
  STATUS,
  RENTAL,
  OVERDUE,
  contextOf,
  after,
  find,
  table,
  column,
  labelOf,
} from '#testing/edit-model.ts'
import { renameColumn } from './columns.ts'
import type { Edit } from './model-edit.ts'
import { addExtension, addSchema, addSequence, addView, changeSequence, changeView } from './objects.ts'
import { addPolicy, changePolicy } from './policies.ts'
import { renameObject } from './rename.ts'
import {
  addDomain,
  addDomainCheck,
  addEnum,
  addLabel,
  changeDomain,
  changeDomainCheck,
  moveLabel,
  removeLabel,
  renameLabel,
} from './types.ts'

describe('types and other objects', () => {
  test('values of an enum', () => {
    const enumId = STATUS.id
    const labels = (edit: Edit): readonly string[] =>
      find(after(edit), 'enum', 'status').labels.map(({ label }) => label)
    const [open, paid] = STATUS.labels
    expect(labels(addLabel(contextOf(), { enumId, label: 'new', before: open?.id ?? '' }))).toEqual([
      'new',
      'open',
      'paid',
    ])
    expect(labels(addLabel(contextOf(), { enumId, label: 'last' }))).toEqual(['open', 'paid', 'last'])
    expect(labels(renameLabel(contextOf(), { enumId, labelId: paid?.id ?? '', label: 'settled' }))).toEqual([
      'open',
      'settled',
    ])
    expect(labels(moveLabel(contextOf(), { enumId, labelId: paid?.id ?? '', to: 0 }))).toEqual([
      'paid',
      'open',
    ])
    expect(labels(removeLabel(contextOf(), { enumId, labelId: open?.id ?? '' }))).toEqual(['paid'])
    expect(labelOf(addLabel(contextOf(), { enumId, label: 'open' }))).toMatch(/has the value open already/)
    expect(labelOf(addEnum(contextOf(), { schema: 'public', name: 'e', labels: ['a', 'a'] }))).toMatch(
      /twice/,
    )
  })

  test('columns follow the name of their type', () => {
    const model = after(renameObject(contextOf(), { objectId: STATUS.id, name: 'Fee status' }))
    expect(column(model, 'rental', 'status')?.type).toBe('public."Fee status"')
  })

  test('domains', () => {
    const made = after(
      addDomain(contextOf(), { schema: 'public', name: 'email', type: 'varchar(80)', check: "VALUE ~ '@'" }),
    )
    const domain = find(made, 'domain', 'email')
    expect(domain).toMatchObject({ type: 'character varying(80)', constraints: [{ name: 'email_check' }] })
    const context = { ...contextOf(made), newId: (kind: string) => `${kind}:new-d` }
    expect(
      find(
        after(addDomainCheck(context, { domainId: domain.id, expression: "VALUE <> ''" }), made),
        'domain',
        'email',
      ).constraints.map(({ name }) => name),
    ).toEqual(['email_check', 'email_check1'])
    expect(
      find(
        after(
          changeDomain(context, { domainId: domain.id, change: { isNullable: false, default: 'x' } }),
          made,
        ),
        'domain',
        'email',
      ),
    ).toMatchObject({ isNullable: false, default: 'x' })
    expect(labelOf(changeDomain(context, { domainId: domain.id, change: { type: 'email' } }))).toMatch(
      /over itself/,
    )
    expect(
      labelOf(
        changeDomainCheck(context, {
          domainId: domain.id,
          constraintId: domain.constraints[0]?.id ?? '',
          expression: '',
        }),
      ),
    ).toMatch(/Enter a condition/)
  })

  test('sequences', () => {
    const made = after(addSequence(contextOf(), { schema: 'public', options: { type: 'integer' } }))
    const sequenceId = find(made, 'sequence', 'sequence').id
    const options = (change: Record<string, string>): string =>
      labelOf(changeSequence(contextOf(made), { sequenceId, options: change }))
    expect(options({ start: '5' })).toBe('Change sequence sequence')
    expect(options({ start: 'five' })).toMatch(/no whole number/)
    expect(options({ increment: '0' })).toMatch(/cannot be 0/)
    expect(options({ max: '99999999999' })).toMatch(/must fit integer/)
    expect(options({ start: '0' })).toMatch(/within the limits/)
    const owned = after(
      changeSequence(contextOf(made), { sequenceId, ownedBy: { tableId: RENTAL.id, columnId: 'c:id' } }),
      made,
    )
    const renamed = after(
      renameColumn(contextOf(owned), { tableId: RENTAL.id, columnId: 'c:id', name: 'no' }),
      owned,
    )
    expect(find(renamed, 'sequence', 'sequence').ownedBy?.column).toBe('no')
  })

  test('views, schemas, extensions', () => {
    const made = after(addView(contextOf(), { schema: 'public', definition: ' select 1; ' }))
    expect(find(made, 'view', 'view').definition).toBe('select 1')
    expect(labelOf(changeView(contextOf(), { viewId: OVERDUE.id, definition: ' ; ' }))).toMatch(
      /Enter a query/,
    )
    expect(labelOf(addSchema(contextOf(), { name: 'pg_x' }))).toMatch(/kept for Postgres/)
    expect(labelOf(addSchema(contextOf(), { name: 'archive' }))).toMatch(/already/)
    const extended = after(addExtension(contextOf(), { name: 'citext', schema: 'public' }))
    expect(labelOf(addExtension(contextOf(extended), { name: 'citext', schema: 'public' }))).toMatch(
      /enabled already/,
    )
    const model = after(renameObject(contextOf(), { objectId: 'schema:public', name: 'app' }))
    expect(column(model, 'rental', 'status')?.type).toBe('app.status')
  })

  test('policies', () => {
    const made = after(
      addPolicy(contextOf(), { tableId: STORE.id, name: 'own', using: ' true ', enable: true }),
    )
    expect(table(made, 'store')).toMatchObject({
      hasRowSecurity: true,
      policies: [{ using: 'true', check: null }],
    })
    const policyId = table(made, 'store').policies[0]?.id ?? ''
    expect(
      labelOf(changePolicy(contextOf(made), { tableId: STORE.id, policyId, change: { command: 'insert' } })),
    ).toMatch(/for insert has no condition/)
    expect(
      labelOf(
        changePolicy(contextOf(made), {
          tableId: STORE.id,
          policyId,
          change: { command: 'select', check: 'true' },
        }),
      ),
    ).toMatch(/for select/)
  })
})
