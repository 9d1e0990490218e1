// Journeys 1 (install and first database) and 3 (work offline) of the product, as a person goes through them: a real browser, the real service,
// a real Postgres.
import { expect } from '@playwright/test'
import { z } from 'zod'
import { filmRentalData, filmRentalSchema } from '../testing/sample/load.ts'
import { test } from './desktop.ts'
import { createStack, type Stack } from './stack.ts'
import { WorkbenchPage, type Person } from './workbench-page.ts'

const mara: Person = { email: 'mara@example.com', password: 'correct horse battery' }
let stack: Stack

test.beforeAll(async () => {
  stack = await createStack()
})
test.afterAll(async () => {
  await stack.close()
})

test('from nothing to a first query, on without the service, and in sync when it is back', async ({
  desktop,
}) => {
  test.setTimeout(300_000)
  await stack.startService()
  let page = await desktop.start(stack)
  let app = new WorkbenchPage(page)
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))

  await test.step('sign up', async () => {
    await app.signUp(mara)
  })

  await test.step('create a project and wait until it is ready', async () => {
    await app.createProject('reelhouse')
    await expect(page.getByText('reelhouse').first()).toBeVisible()
  })

  await test.step('create a table, insert 1,000 rows, query and see them', async () => {
    await app.write(`create table person (id integer primary key, name text not null, born date);
insert into person select n, 'Person ' || n, date '1990-01-01' + n from generate_series(1, 1000) n;
select * from person order by id;`)
    await app.runAll()
    await expect(app.results).toContainText(/1\s000 rows/)
    expect(await app.row(0)).toEqual(['1', 'Person 1', '1990-01-02'])
    await expect(page.getByRole('treeitem', { name: /person/ })).toBeVisible()
  })

  await test.step('sort at the server', async () => {
    const name = app.grid.getByRole('columnheader', { name: /name/ })
    await name.click()
    await expect.poll(() => app.row(1)).toEqual(['10', 'Person 10', '1990-01-11'])
    await name.click()
    await expect.poll(() => app.row(0)).toEqual(['999', 'Person 999', '1992-09-26'])
  })

  await test.step('a second tab with an error in it marks the place', async () => {
    await app.newTab()
    await app.write('select name,\n       emial\nfrom person')
    await app.runStatement()
    await expect(app.messages).toContainText('column "emial" does not exist')
    await expect(app.messages).toContainText('42703')
    await expect(app.editor.locator('.squiggly-error')).toBeVisible()
  })

  await test.step('a realistic schema fills the tree', async () => {
    await app.newTab()
    await app.write(`${await filmRentalSchema()}\n${await filmRentalData()}`)
    await app.runAll()
    await expect(app.status).toContainText('ANALYZE', { timeout: 60_000 })
    await expect(page.getByRole('treeitem', { name: /^film/ }).first()).toBeVisible()
    await expect(page.getByRole('treeitem', { name: /audit/ }).first()).toBeVisible()
    await app.write(
      'select title, rating, rental_rate, special_features from film order by film_id limit 200',
    )
    await app.runStatement()
    await expect(app.grid.getByRole('columnheader', { name: /special_features/ })).toBeVisible()
    await expect(app.results).toContainText(/200 rows/)
    await app.grid.getByRole('gridcell').nth(1).click()
  })

  await test.step('the service crashes: the app says so and goes on', async () => {
    await stack.killService()
    await expect(app.offlineBanner).toBeVisible()
  })

  await test.step('restart the app without the service: tabs and projects are there', async () => {
    await desktop.stop()
    page = await desktop.start(stack)
    app = new WorkbenchPage(page)
    await expect(app.offlineBanner).toBeVisible()
    await expect(app.tabs).toHaveCount(3)
    await expect(app.editor).toContainText('special_features')
  })

  await test.step('run the query: the database outlived the service', async () => {
    await app.write('select count(*) as people from person')
    await app.runStatement()
    await expect(app.results).toContainText('1 row')
    expect(await app.row(0)).toEqual(['1000'])
    await expect(app.results).not.toContainText('Snapshot of')
  })

  await test.step('save a query while offline: it waits', async () => {
    await app.editor.click()
    await page.keyboard.press('ControlOrMeta+S')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('How many people')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('region', { name: 'Saved queries' })).toContainText('How many people')
    await expect(page.getByText(/1 change queued here/)).toBeVisible()
  })

  await test.step('start the service: the change is synced by itself', async () => {
    await stack.startService()
    await expect(app.offlineBanner).toBeHidden()
    await expect(app.status).toContainText('Synced')
    expect(await savedQueryNames()).toEqual(['How many people'])
  })

  await test.step('without service and database, the last result and the schema are still readable', async () => {
    await stack.stopService()
    await expect(app.offlineBanner).toBeVisible()
    await app.runStatement()
    await expect(app.results).toContainText('Snapshot of')
    expect(await app.row(0)).toEqual(['1000'])
    await expect(page.getByRole('treeitem', { name: /person/ })).toBeVisible()
    await app.write('delete from person')
    await app.runStatement()
    await expect(app.messages).toContainText(/cannot be reached|not reach|does not answer|unreachable/i)
  })

  expect(failures).toEqual([])
})

/** What another machine of the same account would pull. */
async function savedQueryNames(): Promise<string[]> {
  const call = async (path: string, body: unknown, token = ''): Promise<unknown> => {
    const headers = {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    }
    return (
      await fetch(`${stack.serviceUrl}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    ).json()
  }
  const { tokens } = z
    .object({ tokens: z.object({ accessToken: z.string() }) })
    .parse(await call('/auth/log-in', mara))
  const pulled = z
    .object({
      changes: z.array(
        z.object({
          record: z.object({ kind: z.string(), record: z.object({ name: z.string() }) }).optional(),
        }),
      ),
    })
    .parse(await call('/sync/pull', { cursor: null }, tokens.accessToken))
  return pulled.changes.flatMap(({ record }) => (record?.kind === 'savedQuery' ? [record.record.name] : []))
}
