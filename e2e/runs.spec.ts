// Runs and mock servers in a real browser over the real host: a collection with rows of data fails, is looked into, mended and run again; an example answers.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { newCollection, newHttpRequest } from '../api-client/common/new-request.ts'
import { writeTree } from '../api-client/node/collection/tree.ts'
import { Assertion } from '../contract/requests/parts.ts'
import { Example } from '../contract/requests/request.ts'
import { look } from './look.ts'
import { createStack, type Stack } from './stack.ts'

let stack: Stack
let page: Page
let server: Server
let folder: string
let isMended = false

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    if (request.url === '/orders/2' && !isMended) response.writeHead(500)
    response.end(JSON.stringify({ path: request.url }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  folder = mkdtempSync(join(tmpdir(), 'nebuladb runs '))
  const assertions = [Assertion.parse({ expression: 'res.status', operator: 'eq', value: '200' })]
  const example = Example.parse({
    name: 'An order',
    request: { method: 'GET', url: `${base}/orders/7`, headers: [], body: { type: 'none' } },
    response: { status: 200, headers: [], body: { type: 'json', text: '{"id": 7}' } },
  })
  await writeTree(join(folder, 'shop'), {
    collection: newCollection('Shop'),
    environments: [],
    items: [
      {
        type: 'request',
        request: newHttpRequest('Health', { url: `${base}/health`, assertions, sequence: 1 }),
      },
      {
        type: 'request',
        request: newHttpRequest('Order', {
          url: `${base}/orders/{{order}}`,
          assertions,
          examples: [example],
          sequence: 2,
        }),
      },
      { type: 'request', request: newHttpRequest('Left out', { url: `${base}/left-out`, sequence: 3 }) },
    ],
  })
  writeFileSync(join(folder, 'shop', 'rows.csv'), 'order\n1\n"2\n')
  stack = await createStack()
  const url = await stack.startHost()
  page = await (await browser.newContext()).newPage()
  await page.goto(url)
  await page.getByRole('button', { name: /Continue without account/ }).click()
  await page.getByRole('button', { name: 'API', exact: true }).click()
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Open a folder' }).click()
  const dialog = page.getByRole('dialog', { name: 'Open a folder' })
  await dialog.getByLabel('Folder', { exact: true }).fill(join(folder, 'shop'))
  await dialog.getByRole('button', { name: 'Open folder' }).click()
})

test.afterAll(async () => {
  await page.context().close()
  server.closeAllConnections()
  server.close()
  await stack.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = () => page.getByRole('region', { name: 'Run Shop' })
const results = () => run().getByRole('tree', { name: 'Results' }).getByRole('treeitem')
const summary = () => run().getByRole('region', { name: 'Summary' })

async function choose(item: RegExp, entry: RegExp): Promise<void> {
  await page.getByRole('treeitem', { name: item }).first().click({ button: 'right' })
  await page.getByRole('menuitem', { name: entry }).click()
}

test('requests are chosen, and rows of data that are none are told with their line', async () => {
  await choose(/Shop/, /^Run/)
  await expect(run().getByText('Not run yet')).toBeVisible()
  await run()
    .getByRole('treeitem', { name: /Left out/ })
    .click()
  await expect(run().getByText('2 of 3 requests')).toBeVisible()
  await run().getByRole('button', { name: /Data/ }).first().click()
  await page.getByRole('option', { name: 'A file of rows' }).click()
  await run().getByLabel('Data file', { exact: true }).fill('rows.csv')
  await expect(run().getByText(/Line 3 of the data/)).toBeVisible()
  writeFileSync(join(folder, 'shop', 'rows.csv'), 'order,title\n1,one\n2,two\n3,three\n')
  await run().getByLabel('Data file', { exact: true }).fill('./rows.csv')
  await expect(run().getByRole('region', { name: 'First rows of the data' })).toContainText('3 rows')
  await look(page, 'runs-settings')
})

test('a run fails where a row fails; the filter, the detail and the response tell why', async () => {
  await run().getByRole('button', { name: 'Run', exact: true }).click()
  await expect(summary()).toContainText('6 requests')
  await expect(summary()).toContainText('1 failed')
  await expect(results()).toHaveCount(6)
  await expect(results().first()).toContainText('failed: ')
  await run().getByRole('radio', { name: 'Failed only' }).click()
  await expect(results()).toHaveCount(1)
  await results().first().click()
  const detail = run().getByRole('region', { name: 'Result of Order' })
  await expect(detail).toContainText('Iteration 2')
  await expect(detail).toContainText('res.status')
  await look(page, 'runs-failed')
  await detail.getByRole('button', { name: 'Open response' }).click()
  await expect(page.getByRole('region', { name: 'Response', exact: true })).toContainText('500')
  await page.getByRole('tab', { name: /Run Shop/ }).click()
  await expect(run().getByRole('radio', { name: 'Failed only' })).toBeChecked()
  await expect(run().getByLabel('Data file', { exact: true })).toHaveValue('./rows.csv')
})

test('a report is saved', async () => {
  await run().getByRole('button', { name: 'Save report' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save a report of the run' })
  await dialog.getByRole('button', { name: /Format/ }).click()
  await page.getByRole('option', { name: /JUnit/ }).click()
  await dialog.getByLabel('File', { exact: true }).fill(join(folder, 'report.xml'))
  await look(page, 'runs-report')
  await dialog.getByRole('button', { name: 'Save report' }).click()
  await expect(dialog).toBeHidden()
  expect(readFileSync(join(folder, 'report.xml'), 'utf8')).toContain('<testsuite')
})

test('mended and run again, it passes, and the comparison says so', async () => {
  isMended = true
  await run().getByRole('button', { name: 'Run again' }).click()
  await expect(summary()).toContainText('Passed')
  await expect(run().getByText('Nothing failed')).toBeVisible()
  await expect(run().getByText('Since the run before: 1 newly passed.')).toBeVisible()
  await run()
    .getByRole('tab', { name: /Changes/ })
    .click()
  await expect(run().getByRole('table', { name: 'Changes since the run before' })).toContainText(
    'Newly passed',
  )
  await look(page, 'runs-changes')
  await run()
    .getByRole('tab', { name: /Earlier runs/ })
    .click()
  await expect(run().getByRole('table', { name: 'Earlier runs' }).getByRole('row')).toHaveCount(3)
})

test('a mock server answers with an example, tells of it and stops', async () => {
  await choose(/Shop/, /^Mock servers$/)
  const mocks = page.getByRole('region', { name: 'Mock servers', exact: true })
  await expect(mocks.getByText('No mock server runs')).toBeVisible()
  await mocks.getByRole('button', { name: 'Start mock server' }).click()
  const url = await mocks.getByText(/^http:\/\/127/).innerText()
  expect(await (await fetch(`${url}/orders/7`)).json()).toEqual({ id: 7 })
  await expect(mocks.getByRole('table', { name: 'Log of Shop' })).toContainText('An order')
  await look(page, 'mocks')
  await mocks.getByRole('button', { name: 'Stop' }).click()
  await expect(mocks.getByText('No mock server runs')).toBeVisible()
})
