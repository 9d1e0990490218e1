// From nothing to a called endpoint: a table is exposed, a key made, and the documented address gives its rows to a program that has only the key.
import { expect } from '@playwright/test'
import { z } from 'zod'
import { test } from './desktop.ts'
import { createStack, type Stack } from './stack.ts'
import { WorkbenchPage } from './workbench-page.ts'

let stack: Stack

test.beforeAll(async () => {
  stack = await createStack()
})
test.afterAll(async () => {
  await stack.close()
})

const Answer = z.object({ status: z.number(), body: z.unknown() })

async function read(address: string, key?: string): Promise<z.infer<typeof Answer>> {
  const response = await fetch(address, key === undefined ? {} : { headers: { apikey: key } })
  return Answer.parse({ status: response.status, body: await response.json() })
}

test('a table, exposed and documented, is read by a program with a key until the key is revoked', async ({
  desktop,
}) => {
  test.setTimeout(300_000)
  await stack.startService()
  const page = await desktop.start(stack)
  const app = new WorkbenchPage(page)
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  const goTo = (name: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Pages of the API' }).getByRole('button', { name }).click()
  const ran = page.getByRole('region', { name: 'SQL that was run' })
  const flip = (name: string): Promise<void> => page.getByRole('switch', { name, exact: true }).press('Space')

  await test.step('sign up, create a project and a table', async () => {
    await app.signUp({ email: 'mara@example.com', password: 'correct horse battery' })
    await app.createProject('reelhouse')
    await app.write(`create table film (film_id integer primary key, title text not null, is_public boolean);
comment on table film is 'Every film that the shop has.';
insert into film values (1, 'Solaris', true), (2, 'Stalker', true), (3, 'Unreleased', false);`)
    await app.runAll()
    await expect(app.results).toContainText('3 rows affected')
  })

  let address = ''
  await test.step('the documentation of the project shows the table', async () => {
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('button', { name: 'Data API' }).click()
    await expect(page.getByRole('heading', { name: 'Documentation' })).toBeVisible()
    const article = page.getByRole('article', { name: 'film' })
    await expect(article).toContainText('Every film that the shop has.')
    await expect(article.getByRole('table', { name: 'Columns' })).toContainText('title')
    const snippet = article.getByRole('region', { name: 'Snippet for curl' })
    address = /'(http[^']*)'/.exec(await snippet.innerText())?.[1] ?? ''
    expect(address).toMatch(/^http:\/\/.*\/rest\/v1\/film\?select=\*&limit=10$/)
    await article.getByRole('tab', { name: 'JavaScript' }).click()
    await expect(article.getByRole('region', { name: 'Snippet for JavaScript' })).toContainText(
      ".from('film')",
    )
  })

  let key = ''
  await test.step('a key is made, and its secret shown once', async () => {
    await goTo('Keys')
    await page.getByRole('button', { name: /^Create API key/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Web shop')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await expect(page.getByRole('dialog')).toContainText('shown once')
    key = await page.getByLabel('API key', { exact: true }).innerText()
    expect(key).toMatch(/^nbl_publishable_/)
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await expect(page.getByRole('table', { name: 'API keys' })).toContainText('Web shop')
    expect(await page.content()).not.toContain(key)
  })

  await test.step('a new table is exposed to nobody', async () => {
    expect((await read(address)).status).toBe(401)
    expect((await read(address, key)).body).toEqual(expect.objectContaining({ code: '42501' }))
  })

  await test.step('a switch exposes it, and the SQL is shown', async () => {
    await goTo('Exposure')
    await flip('anon may select film')
    await expect(ran).toContainText(/grant select on .*film.* to .*anon/i)
    await expect.poll(async () => (await read(address, key)).body).toHaveLength(3)
    await expect(page.getByText('it has no row-level security')).toBeVisible()
  })

  await test.step('the linter’s fix and a policy decide which rows', async () => {
    await page.getByRole('button', { name: /^Enable row security on public.film/ }).click()
    await expect(ran).toContainText(/row level security/i)
    await expect.poll(async () => (await read(address, key)).body).toEqual([])
    await page.getByRole('tab', { name: /^Policies/ }).click()
    await page
      .getByRole('button', { name: /^Create policy/ })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('public films')
    await dialog.getByLabel('Roles').fill('anon')
    await dialog.getByLabel(/^Rows that are seen/).fill('is_public')
    await dialog.getByRole('button', { name: 'Try it' }).click()
    await expect(dialog).toContainText('With it anon sees 2 of 3 rows.')
    await dialog.getByRole('button', { name: 'Create policy' }).click()
    await expect(page.getByRole('table', { name: 'Policies' })).toContainText('public films')
    await expect
      .poll(async () => (await read(address, key)).body)
      .toEqual([
        { film_id: 1, title: 'Solaris', is_public: true },
        { film_id: 2, title: 'Stalker', is_public: true },
      ])
  })

  await test.step('the preview shows what anon sees', async () => {
    await page.getByRole('tab', { name: /^What would this user see/ }).click()
    await page.getByRole('button', { name: 'authenticated Role' }).click()
    await page.getByRole('option', { name: /^anon/ }).click()
    await page.getByRole('button', { name: 'Show rows' }).click()
    await expect(page.getByRole('heading', { name: 'anon sees 2 of 3 rows' })).toBeVisible()
    await expect(page.getByRole('table', { name: 'Rows' })).toContainText('Stalker')
  })

  await test.step('a setting counts from the next request on', async () => {
    await goTo('Settings')
    await page.getByLabel('Rows of an answer').fill('1')
    await page.getByRole('button', { name: 'Save settings' }).click()
    await expect(page.getByText('Saved.')).toBeVisible()
    await expect.poll(async () => (await read(address, key)).body).toHaveLength(1)
  })

  await test.step('a revoked key is refused at once', async () => {
    await goTo('Keys')
    await page.getByRole('button', { name: 'Actions of Web shop' }).click()
    await page.getByRole('menuitem', { name: 'Revoke…' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click()
    await expect(page.getByText('No key is valid now')).toBeVisible()
    expect((await read(address, key)).status).toBe(401)
  })
  expect(failures).toEqual([])
})
