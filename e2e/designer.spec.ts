// The visual designer and its migrations from the first table to the roll-back, as a person does it: a real browser, the real host, a real Postgres with rows.
import { expect } from '@playwright/test'
import { filmRentalRows } from '../testing/schemas/film-rental-rows.ts'
import { test } from './desktop.ts'
import { DesignerPage } from './designer-page.ts'
import { startFilmRental, type FilmRental } from './film-rental.ts'
import { createStack, type Stack } from './stack.ts'
import { WorkbenchPage } from './workbench-page.ts'

let stack: Stack
let shop: FilmRental

test.beforeAll(async () => {
  ;[stack, shop] = await Promise.all([createStack(), startFilmRental()])
})
test.afterAll(async () => {
  await stack.close()
  await shop.close()
})

/** What a question to the database answers, past the app. */
async function ask(sql: string): Promise<unknown> {
  const { rows } = await shop.session.query(sql)
  return rows[0]?.[0]
}

async function expectRowsKept(): Promise<void> {
  for (const [table, count] of Object.entries(filmRentalRows))
    expect(Number(await ask(`select count(*) from ${table}`)), table).toBe(count)
}

test('tables are designed, reviewed, applied with their rows kept, and rolled back', async ({ desktop }) => {
  test.setTimeout(300_000)
  const page = await desktop.start(stack)
  const designer = new DesignerPage(page)
  const workbench = new WorkbenchPage(page)
  const failures: string[] = []
  let hasSqlTab = false
  /** Reads in the app's own SQL tab, and looks at the first row of the answer. */
  const expectSeen = async (sql: string, row: readonly string[]): Promise<void> => {
    await designer.goToArea('SQL')
    if (!hasSqlTab) await workbench.newTab()
    hasSqlTab = true
    await workbench.write(sql)
    await workbench.runAll()
    await expect.poll(() => workbench.row(0)).toEqual(row)
    await designer.goToArea('Designer')
  }
  page.on('pageerror', (error) => failures.push(error.message))

  await test.step('save a connection and open its diagram', async () => {
    await page.getByRole('button', { name: 'Continue without account' }).click()
    await designer.addConnection('Film rental', shop.uri)
    await designer.goToArea('Designer')
    await expect(designer.diagram).toBeVisible()
    await expect(designer.status).toContainText('16 tables')
    await expect(designer.shape('film_actor')).toBeVisible()
  })

  await test.step('make an enum', async () => {
    await designer.diagram.focus()
    await page.keyboard.press('e')
    await designer.rename('fee_status')
    for (const value of ['open', 'paid', 'waived']) {
      const field = designer.inspector.getByLabel('Add value')
      await field.fill(value)
      await field.press('Enter')
      await expect(designer.inspector.getByRole('textbox', { name: `Value ${value}` })).toHaveValue(value)
    }
  })

  await test.step('add a table with two foreign keys that uses the enum', async () => {
    await designer.addTable('late_fee')
    await designer.addColumn('late_fee', { name: 'rental_id', type: 'integer' })
    await designer.addColumn('late_fee', { name: 'customer_id', type: 'integer' })
    await designer.addColumn('late_fee', { name: 'status', type: 'fee_status' })
    await designer.addForeignKey({ column: 'rental_id', refersTo: 'rental (rental_id)' })
    await designer.addForeignKey({ column: 'customer_id', refersTo: 'customer (customer_id)' })
    await expect(designer.inspector.getByRole('region', { name: 'Foreign keys' })).toContainText('→ rental')
  })

  await test.step('rename a column that a view uses', async () => {
    await designer.openColumn('address', 'phone')
    await expect(designer.inspector.getByRole('region', { name: 'Used by' })).toContainText('customer_list')
    await designer.rename('telephone')
    await expect(designer.inspector).toContainText('Was phone.')
  })

  await test.step('split a name', async () => {
    await designer.openColumn('member', 'full_name')
    await designer.inspector.getByRole('button', { name: 'Split name' }).click()
    await designer.openColumn('member', 'full_name')
    await designer.inspector.getByRole('button', { name: 'Drop column' }).click()
    await expect(designer.shape('member')).toHaveAccessibleName(/3 changes/)
  })

  await test.step('undo and redo by keys', async () => {
    await designer.diagram.focus()
    await page.keyboard.press('ControlOrMeta+z')
    await expect(designer.shape('member')).toHaveAccessibleName(/2 changes/)
    await page.keyboard.press('ControlOrMeta+Shift+z')
    await expect(designer.shape('member')).toHaveAccessibleName(/3 changes/)
  })

  await test.step('the preview says what each statement locks', async () => {
    await expect(designer.statements.filter({ hasText: /create type .*fee_status/ })).toContainText(
      'No table lock',
    )
    await expect(designer.statements.filter({ hasText: /rename column .*phone/ })).toContainText(
      'Blocks address, no scan',
    )
    await expect(designer.statements.filter({ hasText: /drop column .*full_name/ })).toContainText(
      'Loses data',
    )
  })

  await test.step('a dry run passes and leaves nothing behind', async () => {
    await designer.preview.getByRole('button', { name: 'Dry run' }).click()
    await page.getByRole('menuitem', { name: /^On the database, rolled back/ }).click()
    await page.getByRole('button', { name: 'Run as postgres' }).click()
    await expect(designer.preview.getByRole('status')).toContainText(
      /^Dry run on the database, rolled back, passed in/,
    )
    expect(await ask("select to_regclass('late_fee') is null")).toBe('t')
  })

  await test.step('the review shows safety and asks for what is lost', async () => {
    await designer.openReview()
    const { dialog } = designer
    await dialog.getByLabel('Name', { exact: true }).fill('late_fees')
    const apply = dialog.getByRole('button', { name: /^Apply migration/ })
    await expect(dialog).toContainText('Type member to confirm what is lost.')
    await expect(apply).toBeDisabled()
    await designer.agreeToLose('member', '50 values of member.full_name')
    await expect(apply).toBeEnabled()
    const renames = dialog.getByRole('listitem').filter({ hasText: /rename column .*phone/ })
    await expect(renames).toContainText(
      'ACCESS EXCLUSIVE on address: blocks reads and writes of other sessions while it is held; no row is read',
    )
  })

  await test.step('SQL is added by hand', async () => {
    await designer.addSqlInReview("\ncomment on table public.late_fee is 'Written by hand';\n")
    await expect(designer.dialog.getByRole('listitem').filter({ hasText: 'Edited statement' })).toContainText(
      'Written by hand',
    )
  })

  await test.step('apply: the schema changed, the rows are kept', async () => {
    await designer.apply()
    await expect(page.getByText('late_fees is applied.')).toBeVisible()
    await expectRowsKept()
    expect(await ask("select first_name || '|' || last_name from member where member_id = 7")).toBe(
      'Given7|Family7',
    )
    expect(await ask('select count(telephone) from address')).toBe('60')
    expect(await ask('select count(phone) from customer_list')).toBe('40')
    expect(
      await ask("select count(*) from pg_constraint where contype = 'f' and conrelid = 'late_fee'::regclass"),
    ).toBe('2')
    expect(await ask("select obj_description('late_fee'::regclass)")).toBe('Written by hand')
  })

  await test.step('the rows are seen in SQL', async () => {
    await expectSeen(
      'select first_name, last_name, (select count(telephone) from address) from member where member_id = 7',
      ['Given7', 'Family7', '60'],
    )
  })

  await test.step('roll back: as before, but what was dropped is empty', async () => {
    await designer.rollBackLatest('late_fees', { table: 'member', lost: '50 values of member.first_name' })
    expect(await ask("select to_regclass('late_fee') is null")).toBe('t')
    expect(await ask('select count(phone) from address')).toBe('60')
    await expectRowsKept()
  })

  await test.step('the rows are seen in SQL again', async () => {
    await expectSeen(
      'select count(phone), (select count(*) from rental), (select count(*) from member) from address',
      ['60', String(filmRentalRows.rental), '50'],
    )
    await page.getByRole('button', { name: 'Show migrations' }).click()
  })

  await test.step('apply the file again, from the list', async () => {
    await page.getByRole('button', { name: /^Apply 1 pending/ }).click()
    await designer.agreeToLose('member', '50 values of member.full_name')
    await designer.dialog.getByText('This migration may run as postgres').click()
    await designer.dialog.getByRole('button', { name: 'Apply', exact: true }).click()
    await designer.dialog.getByRole('button', { name: 'Close' }).last().click()
    await expect(page.getByRole('button', { name: /^Apply pending/ })).toBeVisible()
    expect(
      await ask("select count(*) from pg_constraint where conrelid = 'late_fee'::regclass and contype = 'f'"),
    ).toBe('2')
    await expectRowsKept()
  })

  const statement = (text: RegExp) => designer.statements.filter({ hasText: text })
  await test.step('the database is changed from outside, and merged', async () => {
    await page.getByRole('tab', { name: 'All tables' }).click()
    await designer.select('customer')
    await designer.addColumn('customer', { name: 'nickname', type: 'text' })
    await shop.session.query('alter table customer add column is_vip boolean')
    // On a busy machine the schema is read less often.
    await expect(page.getByText(/Your draft was merged; nothing conflicted\.$/)).toBeVisible({
      timeout: 60_000,
    })
    await expect(designer.shape('customer')).toHaveAccessibleName(/12 columns, 1 change/)
  })

  await test.step('offline it is edited, back again it is applied', async () => {
    const outage = page.getByText('The database is out of reach.', { exact: true })
    await shop.cable.cut()
    await expect(outage).toBeVisible()
    await designer.addColumn('customer', { name: 'points', type: 'integer' })
    await shop.cable.mend()
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(outage).toBeHidden()
    await expect(statement(/add column points integer/)).toBeVisible()
    await designer.openReview()
    await designer.apply()
    await expectRowsKept()
    await expectSeen('select count(*), count(nickname), count(points), count(is_vip) from customer', [
      '40',
      '0',
      '0',
      '0',
    ])
  })
  expect(failures).toEqual([])
})
