// What happens to a draft while the world goes on: somebody changes the database, the database is out of reach, the host is killed. Nothing is lost.
import { expect } from '@playwright/test'
import { test } from './desktop.ts'
import { DesignerPage } from './designer-page.ts'
import { startFilmRental, type FilmRental } from './film-rental.ts'
import { createStack, type Stack } from './stack.ts'

let stack: Stack
let shop: FilmRental

test.beforeAll(async () => {
  ;[stack, shop] = await Promise.all([createStack(), startFilmRental()])
})
test.afterAll(async () => {
  await stack.close()
  await shop.close()
})

test('a draft is merged with changes from outside, outlives an outage and a crash, and is applied', async ({
  desktop,
}) => {
  test.setTimeout(300_000)
  let page = await desktop.start(stack)
  let designer = new DesignerPage(page)
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  const outage = () => page.getByText('The database is out of reach.', { exact: true })
  const statement = (text: RegExp) => designer.statements.filter({ hasText: text })

  await test.step('stage two changes', async () => {
    await page.getByRole('button', { name: 'Continue without account' }).click()
    await designer.addConnection('Film rental', shop.uri)
    await designer.goToArea('Designer')
    await expect(designer.shape('film')).toBeVisible()
    await designer.select('customer')
    await designer.addColumn('customer', { name: 'nickname', type: 'text' })
    await designer.openColumn('film', 'length')
    await designer.rename('minutes')
    await expect(statement(/add column nickname/)).toBeVisible()
    await expect(statement(/rename column length to minutes/)).toBeVisible()
  })

  await test.step('somebody changes other tables: the diagram follows', async () => {
    await shop.session.query('alter table store add column opened_at date')
    await expect(designer.shape('store')).toContainText('opened_at')
  })

  await test.step('somebody adds a column to the same table: merged by itself', async () => {
    await shop.session.query('alter table customer add column is_vip boolean')
    await expect(
      page.getByText('The database changed: 1 object. Your draft was merged; nothing conflicted.'),
    ).toBeVisible({ timeout: 60_000 })
    await expect(designer.shape('customer')).toHaveAccessibleName(/12 columns, 1 change/)
    await expect(statement(/add column nickname text/)).toBeVisible()
  })

  await test.step('somebody renames the same column: the person chooses', async () => {
    await shop.session.query('alter table film rename column length to runtime')
    await expect(page.getByText('The database changed: 1 object.', { exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Merge', exact: true }).click()
    const { dialog } = designer
    await expect(dialog.getByRole('table', { name: 'Conflicts' })).toContainText('runtime')
    await expect(dialog).toContainText('1 choice left')
    await dialog.getByRole('radio', { name: /: mine, minutes$/ }).press('Space')
    await expect(dialog.getByLabel('SQL of the merged draft')).toContainText(
      'rename column runtime to minutes',
    )
    await dialog.getByRole('button', { name: /^Merge the draft/ }).click()
    await expect(dialog).toBeHidden()
    await expect(statement(/rename column runtime to minutes/)).toBeVisible()
  })

  await test.step('the database goes away: editing goes on', async () => {
    await shop.cable.cut()
    await expect(outage()).toBeVisible()
    await designer.select('customer')
    await designer.addColumn('customer', { name: 'points', type: 'integer' })
    await expect(statement(/add column points/)).toBeVisible()
    await designer.openReview()
    await expect(designer.dialog).toContainText('The draft is kept until it is back.')
    await designer.dialog.getByRole('button', { name: 'Close' }).first().click()
  })

  await test.step('the host is killed: the draft is there again, still without the database', async () => {
    await desktop.kill()
    page = await desktop.start(stack)
    designer = new DesignerPage(page)
    page.on('pageerror', (error) => failures.push(error.message))
    await designer.goToArea('Designer')
    await expect(outage()).toBeVisible()
    await expect(statement(/add column points/)).toBeVisible()
    await expect(statement(/rename column runtime to minutes/)).toBeVisible()
    await designer.diagram.focus()
    await page.keyboard.press('ControlOrMeta+z')
    await expect(statement(/add column points/)).toContainText(/points (text|integer)/)
    await page.keyboard.press('ControlOrMeta+Shift+z')
    await expect(statement(/add column points integer/)).toBeVisible()
  })

  await test.step('back again: merged with what happened meanwhile', async () => {
    await shop.session.query('alter table rental add column channel text')
    await shop.cable.mend()
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(outage()).toBeHidden()
    // Only what is in view is drawn.
    await designer.select('rental')
    await expect(designer.shape('rental')).toHaveAccessibleName(/8 columns$/)
    await expect(statement(/add column points integer/)).toBeVisible()
  })

  await test.step('apply what is left of it', async () => {
    await designer.openReview()
    await designer.dialog.getByLabel('Name', { exact: true }).fill('after_the_storm')
    await designer.apply()
    const { rows } = await shop.session.query(
      `select count(*), count(nickname), count(points), (select count(minutes) from film) from customer`,
    )
    expect(rows[0]).toEqual(['40', '0', '0', '100'])
  })
  expect(failures).toEqual([])
})
