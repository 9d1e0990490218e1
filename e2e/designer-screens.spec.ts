// Every screen of the designer in both themes: axe finds nothing, and `npm run screens` takes their pictures.
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { test } from './desktop.ts'
import { DesignerPage } from './designer-page.ts'
import { startFilmRental, type FilmRental } from './film-rental.ts'
import { look } from './look.ts'
import { createStack, plainFolder, type Stack } from './stack.ts'

let stack: Stack
let shop: FilmRental

test.beforeAll(async () => {
  ;[stack, shop] = await Promise.all([plainFolder().then(createStack), startFilmRental()])
})
test.afterAll(async () => {
  await stack.close()
  await shop.close()
})

test('axe finds nothing on the screens of the designer, dark or light', async ({ desktop }) => {
  test.setTimeout(400_000)
  const page = await desktop.start(stack)
  const designer = new DesignerPage(page)
  const { dialog } = designer
  await page.getByRole('button', { name: 'Continue without account' }).click()
  await designer.addConnection('Next season', shop.nextUri)
  await designer.addConnection('Film rental', shop.uri)
  await designer.goToArea('Designer')
  await expect(designer.shape('film')).toBeVisible()
  await look(page, 'designer-tables')
  await page.getByRole('button', { name: 'Show migrations' }).click()
  await expect(page.getByText('No migrations yet')).toBeVisible()
  await page.getByRole('button', { name: 'Change folder…' }).click()
  await dialog.getByLabel('Folder').fill(join(stack.dataDirectory, 'film-rental', 'migrations'))
  await dialog.getByRole('button', { name: 'Change folder' }).click()
  await expect(dialog).toBeHidden()
  await look(page, 'designer-migrations-empty')
  await page.getByRole('tab', { name: 'All tables' }).click()

  await designer.addTable('late_fee')
  await designer.addColumn('late_fee', { name: 'rental_id', type: 'integer' })
  await designer.addColumn('late_fee', { name: 'amount', type: 'numeric' })
  await designer.addForeignKey({ column: 'rental_id', refersTo: 'rental (rental_id)' })
  await look(page, 'designer-table')
  await designer.openColumn('customer', 'email')
  await designer.rename('mail')
  await designer.inspector.getByRole('checkbox', { name: 'Not null' }).press('Space')
  await expect(designer.statements.filter({ hasText: /create table/ })).toContainText('No table lock')
  await look(page, 'designer-column')
  await page.keyboard.press('Escape')
  await designer.openColumn('member', 'full_name')
  await designer.inspector.getByRole('button', { name: 'Drop column' }).click()
  await designer.preview.getByRole('button', { name: 'Dry run' }).click()
  await page.getByRole('menuitem', { name: /^On the database, rolled back/ }).click()
  await page.getByRole('button', { name: 'Run as postgres' }).click()
  await expect(designer.preview.getByRole('status')).toContainText(/passed in/)
  await look(page, 'designer-draft')

  await designer.openReview()
  await expect(dialog).toContainText('Type member to confirm what is lost.')
  await look(page, 'designer-review')
  await dialog.getByRole('radio', { name: 'SQL up' }).click()
  await expect(dialog.getByRole('region', { name: 'SQL that applies it' })).toContainText('create table')
  await look(page, 'designer-review-sql')
  await dialog.getByRole('radio', { name: /^Safety report/ }).click()
  await dialog.getByLabel('Type member to confirm').fill('member')
  await designer.apply()
  await page.getByRole('button', { name: 'Show migrations' }).click()
  await expect(page.getByRole('table', { name: 'Migrations' })).toBeVisible()
  await look(page, 'designer-migrations')
  await page.getByRole('button', { name: 'Actions of add_late_fee' }).click()
  await page.getByRole('menuitem', { name: /^Roll back…/ }).click()
  const question = page.getByRole('alertdialog')
  await expect(question).not.toContainText('Looking at what it does…')
  await look(page, 'designer-roll-back')
  await question.getByRole('button', { name: 'Cancel' }).click()

  await page.getByRole('button', { name: 'Compare schemas' }).click()
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await expect(page.getByRole('list', { name: 'Differences', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await look(page, 'designer-compare')

  await page.getByRole('tab', { name: 'All tables' }).click()
  await designer.select('customer_list')
  await expect(designer.inspector.locator('.view-line').first()).toBeVisible()
  await look(page, 'designer-view')
  await designer.importFile(
    'supply.sql',
    'create table supplier (supplier_id integer primary key, name text);',
  )
  await expect(dialog.getByRole('button', { name: /^Import 1 object|^Import supplier/ })).toBeEnabled()
  await look(page, 'designer-import')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  await dialog.getByRole('radio', { name: 'SVG' }).click()
  await look(page, 'designer-export')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  await designer.openColumn('film', 'length')
  await designer.rename('minutes')
  await shop.session.query('alter table film rename column length to runtime')
  await page.getByRole('button', { name: 'Merge', exact: true }).click()
  await expect(dialog.getByRole('table', { name: 'Conflicts' })).toBeVisible()
  await dialog.getByRole('radio', { name: /: mine, minutes$/ }).press('Space')
  await look(page, 'designer-merge')
})
