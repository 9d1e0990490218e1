// What others hang at: a collection of 3,000 requests is opened, searched and used; a response of 100 MB is seen, searched to its end, and the page stays small.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { expect, test, type Page } from '@playwright/test'
import { writeTree } from '../api-client/node/collection/tree.ts'
import { largeTree } from '../testing/large-collection.ts'
import { createStack, type Stack } from './stack.ts'

const REQUESTS = 3_000
const ROWS = 1_000_000
/** Of the page's script, beside what it draws. */
const MOST_HEAP = 150_000_000

let stack: Stack
let page: Page
let server: Server
let base: string
let folder: string

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    sendRows(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  folder = mkdtempSync(join(tmpdir(), 'nebuladb large '))
  await writeTree(join(folder, 'large'), largeTree(REQUESTS))
  stack = await createStack()
  const url = await stack.startHost()
  page = await (await browser.newContext()).newPage()
  await page.goto(url)
  await page.getByRole('button', { name: /Continue without account/ }).click()
  await page.getByRole('button', { name: 'API', exact: true }).click()
})
test.afterAll(async () => {
  await page.context().close()
  server.closeAllConnections()
  server.close()
  await stack.close()
  rmSync(folder, { recursive: true, force: true })
})

const tree = () => page.getByRole('tree', { name: 'Collections' })
const body = () => page.getByRole('region', { name: 'Body of the response' })

/** 100 MB: a million rows of a hundred bytes; the last one has a word of its own. */
function sendRows(response: ServerResponse): void {
  const row = (n: number): string =>
    `{"id":${String(n).padStart(7, '0')},"title":"${(n === ROWS - 1 ? 'The last of all' : 'A row among many').padEnd(76, '.')}"}`
  const blocks = function* (): Generator<string> {
    for (let start = 0; start < ROWS; start += 1_000)
      yield `${start === 0 ? '[' : ','}${Array.from({ length: 1_000 }, (_, n) => row(start + n)).join(',')}`
    yield ']'
  }
  pipeline(Readable.from(blocks()), response, () => undefined)
}

test('a collection of 3,000 requests is opened, searched and used', async () => {
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Open a folder' }).click()
  const dialog = page.getByRole('dialog', { name: 'Open a folder' })
  await dialog.getByLabel('Folder', { exact: true }).fill(join(folder, 'large'))
  await dialog.getByRole('button', { name: 'Open folder' }).click()
  await expect(tree().getByRole('treeitem', { name: /^Large/ })).toContainText(/3.?000/)
  await page.getByRole('searchbox', { name: 'Filter requests' }).fill('request 2977 of')
  await tree()
    .getByRole('treeitem', { name: /Request 2977 of rentals/ })
    .click()
  await expect(page.getByLabel('URL')).toHaveValue('{{baseUrl}}/rentals/2977?page=7')
})

test('a response of 100 MB is seen, searched to its end, and the page stays small', async () => {
  await page.getByLabel('URL').fill(`${base}/rows`)
  await page.getByLabel('URL').press('ControlOrMeta+Enter')
  await expect(body()).toContainText('A row among many')
  await expect(page.getByText(/\b10\d(\.\d+)? MB/).first()).toBeVisible({ timeout: 60_000 })
  await page.keyboard.press('ControlOrMeta+f')
  await page.getByRole('searchbox', { name: 'Find in the response' }).fill('The last of all')
  await expect(page.getByText('1 of 1')).toBeVisible()
  await expect(body()).toContainText('The last of all')
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  await cdp.send('HeapProfiler.collectGarbage')
  const { metrics } = await cdp.send('Performance.getMetrics')
  expect(metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value).toBeLessThan(MOST_HEAP)
})
