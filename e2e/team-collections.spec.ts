// A collection on two machines through the real service: one shares it, the other opens it, both edit, the service goes away and comes back, and of a
// conflict both texts are there.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Browser, type Page } from '@playwright/test'
import { look } from './look.ts'
import { createStack, type Stack } from './stack.ts'
import { WorkbenchPage } from './workbench-page.ts'

const mara = { email: 'mara@example.com', password: 'correct horse battery' }
let first: Stack
let second: Stack

test.beforeAll(async () => {
  first = await createStack()
  second = await createStack(undefined, first.serviceUrl)
})
test.afterAll(async () => {
  await second.close()
  await first.close()
})

async function open(browser: Browser, stack: Stack): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(await stack.startHost())
  return page
}

const request = (url: string): string =>
  `info:\n  name: List\n  type: http\nhttp:\n  method: GET\n  url: ${url}\n`
const row = (page: Page, name: RegExp) =>
  page.getByRole('tree', { name: 'Collections' }).getByRole('treeitem', { name })

test('one shares, the other opens, both edit, and of a conflict both texts are kept', async ({ browser }) => {
  test.setTimeout(120_000)
  await first.startService()
  const one = await open(browser, first)
  await new WorkbenchPage(one).signUp(mara)
  await one.getByRole('button', { name: 'API', exact: true }).click()

  await test.step('a collection is made and shared in its settings', async () => {
    await one.getByRole('button', { name: 'New', exact: true }).click()
    await one.getByRole('menuitem', { name: 'New collection' }).click()
    await one.getByLabel('Name').fill('Shop')
    await one.getByRole('button', { name: 'Make collection' }).click()
    await row(one, /^Shop/).click({ button: 'right' })
    await one.getByRole('menuitem', { name: 'Collection settings' }).click()
    await one.getByRole('tab', { name: 'Team', exact: true }).click()
    await one.getByRole('button', { name: /^Share with / }).click()
    await expect(one.getByText('Synced', { exact: true })).toBeVisible()
    await one.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click()
    await expect(row(one, /Synced with the team/)).toBeVisible()
  })
  const root = join(first.dataDirectory, 'desktop', 'collections')
  const here = join(root, readdirSync(root)[0] ?? '')
  writeFileSync(join(here, 'List.yml'), request('https://one.example/films'))
  await expect(row(one, /List/)).toBeVisible()

  const other = await open(browser, second)
  const parent = mkdtempSync(join(tmpdir(), 'nebuladb team '))
  const there = join(parent, 'Shop')
  await test.step('another machine opens it into a folder', async () => {
    const card = other.getByRole('region', { name: 'Log in or create an account' })
    await card.getByText('Log in', { exact: true }).click()
    await card.getByLabel('E-mail').fill(mara.email)
    await card.getByLabel('Password').first().fill(mara.password)
    await card.getByLabel('Password').first().press('Enter')
    await other.getByRole('button', { name: 'API', exact: true }).click()
    await other.getByRole('button', { name: 'New', exact: true }).click()
    await other.getByRole('menuitem', { name: 'Open a team’s collection' }).click()
    const dialog = other.getByRole('dialog')
    await expect(dialog.getByText(/Shop/).first()).toBeVisible()
    await dialog.getByText('In a folder, for git').click()
    await look(other, 'team-collection-open')
    await dialog.getByLabel('Folder', { exact: true }).fill(parent)
    // Leaving the field ends its suggestions.
    await dialog.getByLabel('Folder', { exact: true }).press('Tab')
    await dialog.getByRole('button', { name: 'Open collection' }).click()
    await expect(row(other, /List/)).toBeVisible()
    await look(other, 'team-collection-opened')
  })

  await test.step('what one edits the other gets', async () => {
    writeFileSync(join(there, 'List.yml'), request('https://two.example/films'))
    await expect
      .poll(
        async () => {
          await syncNow(one)
          return readFileSync(join(here, 'List.yml'), 'utf8')
        },
        { timeout: 20_000 },
      )
      .toContain('two.example')
  })

  await test.step('both edit without the service', async () => {
    await first.stopService()
    await expect(row(one, /offline/)).toBeVisible()
    await expect(row(other, /offline/)).toBeVisible()
    writeFileSync(join(here, 'List.yml'), request('https://one.example/offline'))
    writeFileSync(join(there, 'List.yml'), request('https://two.example/offline'))
    await expect(row(one, /1 file to send/)).toBeVisible()
    await expect(row(other, /1 file to send/)).toBeVisible()
  })

  await test.step('both texts are there on both machines', async () => {
    await first.startService()
    const texts = (folder: string): string[] =>
      readdirSync(folder)
        .filter((name) => name.startsWith('List'))
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .map((text) => /https:.*/.exec(text)?.[0] ?? '')
        .sort()
    for (const [page, folder] of [
      [one, here],
      [other, there],
    ] as const) {
      await expect
        .poll(
          async () => {
            await syncNow(page)
            return texts(folder)
          },
          { timeout: 30_000 },
        )
        .toEqual(['https://one.example/offline', 'https://two.example/offline'])
      await expect(row(page, /conflict, /)).toBeVisible()
      await expect(row(page, /The team changed the same files/)).toBeVisible()
    }
    await look(one, 'team-collection-conflict')
  })
})

/** As a person who does not want to wait: in the settings. */
async function syncNow(page: Page): Promise<void> {
  await row(page, /^Shop/).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Collection settings' }).click()
  await page.getByRole('tab', { name: 'Team', exact: true }).click()
  await page.getByRole('button', { name: 'Sync now' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click()
  await expect(page.getByRole('dialog')).toBeHidden()
}
