// A corpus of half-written SQL: `|` is the caret. What must be offered, what must come first, what must not be there.
import { describe, expect, test } from 'vitest'
import type { Catalog, CatalogTable } from '#contract/capabilities/catalog.ts'
import { createCatalogIndex } from './catalog-index.ts'
import { complete } from './complete.ts'

interface TableSketch {
  readonly name: string
  readonly schema?: string
  readonly kind?: CatalogTable['kind']
  readonly columns: string
  readonly references?: Readonly<Record<string, string>>
}

function table({
  name,
  schema = 'public',
  kind = 'table',
  columns,
  references = {},
}: TableSketch): CatalogTable {
  return {
    schema,
    name,
    oid: 1,
    kind,
    estimatedRows: 16044,
    comment: null,
    columns: columns.split(',').map((part, at) => {
      const [column = '', ...type] = part.trim().split(' ')
      return {
        name: column,
        position: at + 1,
        type: type.join(' '),
        typeOid: 25,
        isNullable: true,
        isPrimaryKey: at === 0,
        default: null,
        identity: null,
        isGenerated: false,
        comment: null,
      }
    }),
    constraints: Object.entries(references).map(([column, target]) => ({
      name: `${name}_${column}_fkey`,
      kind: 'foreign key',
      columns: [column],
      definition: `FOREIGN KEY (${column}) REFERENCES ${target}(${column})`,
      references: { schema: 'public', table: target, columns: [column] },
      isValidated: true,
    })),
    indexes: [],
  }
}

const catalog: Catalog = {
  serverVersion: '18.0',
  database: 'reelhouse',
  schemas: [
    { name: 'public', owner: 'owner' },
    { name: 'audit', owner: 'owner' },
  ],
  tables: [
    table({
      name: 'customer',
      columns:
        'customer_id bigint, full_name text, email text, contact jsonb, country_code text, status status_t',
    }),
    table({
      name: 'rental',
      columns:
        'rental_id bigint, customer_id bigint, inventory_id bigint, due_at timestamptz, returned_at timestamptz, status status_t',
      references: { customer_id: 'customer', inventory_id: 'inventory' },
    }),
    table({
      name: 'inventory',
      columns: 'inventory_id bigint, film_id bigint, store_id integer',
      references: { film_id: 'film' },
    }),
    table({ name: 'film', columns: 'film_id bigint, title text, order text, Rating text' }),
    table({
      name: 'late_fee',
      columns: 'rental_id bigint, amount numeric, status status_t',
      references: { rental_id: 'rental' },
    }),
    table({ name: 'active_customer', kind: 'view', columns: 'customer_id bigint, full_name text' }),
    table({ name: 'Odd Name', columns: 'id bigint' }),
    table({ name: 'event', schema: 'audit', columns: 'event_id bigint, happened_at timestamptz' }),
    table({ name: 'customer', schema: 'audit', columns: 'audit_id bigint' }),
  ],
  routines: [
    {
      schema: 'public',
      name: 'charge_late_fee',
      oid: 1,
      kind: 'procedure',
      arguments: 'rental bigint',
      returns: null,
      language: 'sql',
    },
    {
      schema: 'public',
      name: 'overdue_rentals',
      oid: 2,
      kind: 'function',
      arguments: '',
      returns: 'TABLE(rental_id bigint, days_late integer)',
      language: 'sql',
    },
    {
      schema: 'audit',
      name: 'log_event',
      oid: 3,
      kind: 'function',
      arguments: 'text',
      returns: 'void',
      language: 'plpgsql',
    },
  ],
  types: [
    { schema: 'public', name: 'status_t', oid: 9, kind: 'enum', details: ['open', 'disputed', 'waived'] },
    { schema: 'public', name: 'email_t', oid: 10, kind: 'domain', details: ['text'] },
  ],
}
const index = createCatalogIndex(catalog)

function ask(marked: string): { labels: string[]; inserts: string[]; replaced: string } {
  const offset = marked.indexOf('|')
  const text = marked.replace('|', '')
  const { items, start, end } = complete({ text, offset, index })
  return {
    labels: items.map((item) => item.label),
    inserts: items.map((item) => item.insertText),
    replaced: text.slice(start, end),
  }
}

interface Case {
  /** `|` is the caret. */
  readonly sql: string
  readonly has?: readonly string[]
  readonly lacks?: readonly string[]
  readonly first?: string
  readonly inserts?: readonly string[]
  readonly nothing?: true
}

const groups: Readonly<Record<string, readonly Case[]>> = {
  'relations after from and join': [
    { sql: 'select * from |', has: ['customer', 'rental', 'active_customer', 'audit'], lacks: ['full_name'] },
    { sql: 'select * from cust|', first: 'customer', has: ['active_customer'] },
    { sql: 'select * from lf|', has: ['late_fee'] },
    { sql: 'select * from customer c join |', has: ['rental', 'late_fee'] },
    { sql: 'select * from customer c left join ren|', first: 'rental' },
    { sql: 'select * from customer, |', has: ['rental'] },
    { sql: 'select * from ev|', inserts: ['audit.event'] },
    { sql: 'select * from audit.|', has: ['event', 'customer'], lacks: ['rental', 'full_name'] },
    { sql: 'select * from audit.ev|', first: 'event', inserts: ['event'] },
    { sql: 'select * from odd|', inserts: ['"Odd Name"'] },
    { sql: 'select * from "Odd|', inserts: ['"Odd Name"'] },
    { sql: 'with overdue as (select 1 as a) select * from |', first: 'overdue' },
    { sql: 'select * from over|', has: ['overdue_rentals'] },
    { sql: 'delete from |', has: ['customer'] },
    { sql: 'update |', has: ['customer'] },
    { sql: 'insert into |', has: ['customer'], lacks: ['overdue_rentals'] },
    { sql: 'truncate |', has: ['late_fee'] },
    { sql: 'drop table if exists |', has: ['film'] },
    { sql: 'create table fee (rental_id bigint references |', has: ['rental'] },
    { sql: 'create index on |', has: ['film'] },
    { sql: 'grant select on |', has: ['film'] },
    { sql: 'select (select count(*) from |', has: ['film'] },
    { sql: 'select * from (select * from ren|) x', first: 'rental' },
  ],
  'columns by alias': [
    {
      sql: 'select c.| from customer c',
      has: ['full_name', 'email', 'contact'],
      lacks: ['due_at', 'select'],
    },
    { sql: 'select c.co| from customer c', first: 'contact', has: ['country_code'] },
    { sql: 'select r.due| from customer c join rental r using (customer_id)', first: 'due_at' },
    { sql: 'select customer.| from customer', has: ['email'] },
    { sql: 'select * from customer as c where c.em|', first: 'email' },
    { sql: 'select a.| from audit.customer a', has: ['audit_id'], lacks: ['email'] },
    { sql: 'select audit.customer.| from audit.customer', has: ['audit_id'] },
    {
      sql: 'select x.| from (select rental_id, due_at as due from rental) x',
      has: ['rental_id', 'due'],
      lacks: ['due_at', 'status'],
    },
    { sql: 'select x.| from (select * from rental) as x', has: ['due_at', 'status'] },
    {
      sql: 'select x.| from (select r.* from rental r join film f on true) as x',
      has: ['due_at'],
      lacks: ['title'],
    },
    {
      sql: 'select v.| from (values (1, 2), (3, 4)) as v (id, amount)',
      has: ['id', 'amount'],
      lacks: ['column1'],
    },
    { sql: 'select v.| from (values (1, 2)) v', has: ['column1', 'column2'] },
    { sql: 'select o.| from overdue_rentals() o', has: ['days_late', 'rental_id'] },
    { sql: 'select f."| from film f', inserts: ['"order"', '"Rating"'] },
    { sql: 'select f.or| from film f', inserts: ['"order"'] },
    { sql: 'select c.| , 1 from customer c; select 1 from film', has: ['email'] },
    { sql: 'select * from customer c order by c.full|', first: 'full_name' },
  ],
  'common table expressions': [
    {
      sql: 'with overdue as (select rental_id, due_at from rental) select o.| from overdue o',
      has: ['rental_id', 'due_at'],
      lacks: ['status'],
    },
    { sql: 'with a (x, y) as (select 1, 2) select a.| from a', has: ['x', 'y'] },
    { sql: 'with a as (select 1 as one), b as (select * from a) select b.| from b', has: ['one'] },
    { sql: 'with a as (select 1 as one), b as (select a.| from a) select 1', has: ['one'] },
    {
      sql: 'with recursive t as (select 1 as n union all select n + 1 from t) select t.| from t',
      has: ['n'],
    },
    {
      sql: 'with gone as (delete from late_fee returning rental_id, amount) select g.| from gone g',
      has: ['amount'],
      lacks: ['status'],
    },
    {
      sql: 'with a as (select count(*) as total, max(due_at) from rental) select | from a',
      has: ['total', 'max'],
    },
    {
      sql: 'with a as (select r.due_at::date as day, lower(status::text) from rental r) select a.| from a',
      has: ['day', 'lower'],
    },
    { sql: 'with a as (select 1 as x) select 1 from a union select | from a', has: ['x'] },
    { sql: 'with a as (select r.| from rental r) select * from customer', has: ['due_at'], lacks: ['email'] },
  ],
  'columns without a qualifier': [
    { sql: 'select | from customer', first: 'customer_id', has: ['full_name', 'count', 'distinct'] },
    { sql: 'select fu| from customer', first: 'full_name' },
    { sql: 'select em|, full_name from customer where true', first: 'email' },
    { sql: 'select * from customer where |', has: ['email', 'not'], lacks: ['insert into'] },
    { sql: "select * from customer where email = 'x' and fu|", first: 'full_name' },
    { sql: 'select count(|) from rental', has: ['rental_id'] },
    { sql: 'select customer_id from rental group by |', has: ['customer_id', 'due_at'] },
    { sql: 'select due_at - now() as overdue_by from rental order by over|', first: 'overdue_by' },
    {
      sql: 'select sta| from customer c join rental r using (customer_id)',
      inserts: ['c.status', 'r.status'],
    },
    {
      sql: 'select * from rental r where exists (select 1 from late_fee f where f.rental_id = r.|',
      has: ['due_at'],
    },
    { sql: 'select * from rental r, lateral (select r.| ) x', has: ['due_at'] },
    { sql: 'select * from rental where due_at is distinct from ret|', first: 'returned_at' },
    { sql: 'select extract(year from due|) from rental', has: ['due_at'] },
    { sql: 'select case when sta| from rental', has: ['status'] },
    { sql: 'select sum(amount) over (partition by ren|) from late_fee', has: ['rental_id'] },
    { sql: 'select 1; select fu| from customer', has: ['full_name'] },
  ],
  joins: [
    { sql: 'select * from customer c join rental r on |', first: 'r.customer_id = c.customer_id' },
    { sql: 'select * from rental r join customer c on |', first: 'r.customer_id = c.customer_id' },
    { sql: 'select * from customer c join rental r on c.|', has: ['customer_id'] },
    { sql: 'select * from customer join rental using (|', has: ['customer_id', 'status'], lacks: ['due_at'] },
    { sql: 'select * from customer |', has: ['join', 'where', 'left join'], lacks: ['rental'] },
    { sql: 'select * from customer c wh|', first: 'where' },
  ],
  writes: [
    { sql: 'insert into customer (|', has: ['email'], lacks: ['due_at', 'select'] },
    { sql: 'insert into customer (full_name, em|', first: 'email' },
    { sql: 'insert into audit.customer (|', has: ['audit_id'], lacks: ['email'] },
    { sql: 'update rental set |', has: ['due_at'], lacks: ['email'] },
    { sql: 'update rental set due_at = now(), ret|', first: 'returned_at' },
    { sql: 'update rental r set returned_at = now() where r.|', has: ['due_at'] },
    { sql: 'update rental set due_at = |', has: ['due_at', 'now'] },
    { sql: 'delete from late_fee f using rental r where r.|', has: ['due_at'] },
    { sql: 'insert into late_fee (rental_id) values (1) on conflict (|', has: ['rental_id'] },
    {
      sql: 'insert into late_fee (rental_id) values (1) on conflict (rental_id) do update set amount = excluded.|',
      has: ['amount'],
    },
    { sql: 'delete from late_fee returning |', has: ['amount'] },
    { sql: 'insert into customer (full_name) select ti| from film', has: ['title'] },
  ],
  'labels of an enum': [
    { sql: "select * from rental where status = '|", has: ['open', 'disputed', 'waived'] },
    { sql: "select * from rental r where r.status = 'di|'", first: 'disputed' },
    { sql: "select * from rental where status in ('open', '|", has: ['waived'] },
    { sql: "select * from rental where status in ('|", has: ['open'] },
    { sql: "select * from customer where email = '|", nothing: true },
  ],
  types: [
    { sql: 'select due_at::| from rental', has: ['date', 'status_t', 'text'] },
    { sql: 'select due_at::da| from rental', first: 'date' },
    { sql: 'select cast(due_at as | ', has: ['date'] },
    { sql: 'create table fee (amount nu|', first: 'numeric' },
    { sql: 'alter table rental add column note te|', has: ['text'] },
    { sql: 'alter table rental alter column due_at type |', has: ['date'] },
  ],
  definitions: [
    { sql: 'alter table rental drop column |', has: ['due_at'], lacks: ['email'] },
    { sql: 'alter table rental |', has: ['add column', 'drop column'] },
    { sql: 'create index on rental (|', has: ['due_at'], lacks: ['email'] },
    { sql: 'create index on rental using btree (|', has: ['due_at'] },
    { sql: 'create table fee (rental_id bigint references rental (|', has: ['rental_id'], lacks: ['email'] },
    { sql: 'create view late as select | from rental', has: ['due_at'] },
    { sql: 'call |', has: ['charge_late_fee'] },
    { sql: 'drop schema |', has: ['audit'] },
    {
      sql: 'create function f() returns int language sql as $$ select due_| from rental $$',
      has: ['due_at'],
    },
  ],
  keywords: [
    { sql: '|', has: ['select', 'insert into', 'with'] },
    { sql: 'sel|', first: 'select' },
    { sql: 'SEL|', first: 'SELECT' },
    { sql: 'select 1;\n\nupd|', first: 'update' },
    { sql: 'explain ana|', has: ['analyze'] },
    { sql: 'explain |', has: ['select'] },
    { sql: 'with a as (select 1) |', has: ['select', 'insert into'] },
    { sql: 'select * from rental order |', first: 'by' },
    { sql: 'select * from rental order by due_at |', has: ['desc', 'limit'], lacks: ['status'] },
    { sql: 'select * from rental left |', has: ['join'] },
    { sql: 'insert |', first: 'into' },
    { sql: 'delete |', first: 'from' },
  ],
  nothing: [
    { sql: 'select * from rental -- cust|', nothing: true },
    { sql: 'select /* cust| */ 1', nothing: true },
    { sql: "select 'cust|' from customer", nothing: true },
    { sql: 'select 12| from customer', nothing: true },
    { sql: 'select due_at as | from rental', nothing: true },
    { sql: 'create table |', nothing: true },
    { sql: 'select $1| from customer', nothing: true },
    { sql: 'select * from customer where customer_id = :cust|', nothing: true },
  ],
}

describe('completion', () => {
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      test.each(cases)('$sql', ({ sql, has = [], lacks = [], first, inserts = [], nothing }) => {
        const { labels, inserts: written } = ask(sql)
        if (nothing === true) expect(labels).toEqual([])
        expect(labels).toEqual(expect.arrayContaining([...has]))
        for (const label of lacks) expect(labels).not.toContain(label)
        if (first !== undefined) expect(labels[0]).toBe(first)
        expect(written).toEqual(expect.arrayContaining([...inserts]))
      })
    })
  }

  test('replaces the word under the caret, quotes included', () => {
    expect(ask('select full_n|ame from customer').replaced).toBe('full_name')
    expect(ask('select * from "Odd|').replaced).toBe('"Odd')
    expect(ask('select c.| from customer c').replaced).toBe('')
  })

  test('tells the type of a column that went through a with query and a subquery', () => {
    const sql = 'with a as (select due_at as due from rental) select x. from (select due from a) x'
    const { items } = complete({ text: sql, offset: sql.indexOf('x.') + 2, index })
    expect(items.find((item) => item.label === 'due')?.detail).toBe('timestamptz')
  })

  test('gives the best 200 of 10,000 tables', () => {
    const many = Array.from({ length: 10_000 }, (_, at) =>
      table({ name: `account_${at}`, columns: 'id bigint, name text, created_at timestamptz' }),
    )
    const large = createCatalogIndex({ ...catalog, tables: [...many, ...catalog.tables] })
    const text = 'select * from account_4242'
    const { items } = complete({ text, offset: text.length, index: large })
    expect(items[0]?.label).toBe('account_4242')
    const all = complete({ text: 'select * from acc', offset: 17, index: large })
    expect(all.items).toHaveLength(200)
    const columns = 'select a.na from account_77 a'
    expect(complete({ text: columns, offset: 11, index: large }).items[0]?.label).toBe('name')
  })
})
