// Collections in a real browser over the real host: what other tools wrote is imported, told of, run, set up and exported again; folders and files are chosen by browsing.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { openApiShop } from '../testing/openapi-shop.ts'
import { postmanEnvironment, postmanShop } from '../testing/postman-shop.ts'
import { look } from './look.ts'
import { createStack, type Stack } from './stack.ts'

let stack: Stack
let page: Page
let server: Server
let folder: string
let lastHeaders: IncomingHttpHeaders = {}

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  server = createServer((request, response) => {
    lastHeaders = request.headers
    response.setHeader('content-type', 'application/json')
    response.end('[{"id": 1}, {"id": 2}]')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  folder = mkdtempSync(join(tmpdir(), 'nebuladb collections '))
  mkdirSync(join(folder, 'brought'))
  writeFileSync(join(folder, 'brought', 'shop.postman_collection.json'), postmanShop(base))
  writeFileSync(join(folder, 'brought', 'staging.postman_environment.json'), postmanEnvironment())
  writeFileSync(join(folder, 'brought', 'films.json'), openApiShop(base))
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

const dialog = (name: string | RegExp) => page.getByRole('dialog', { name })
const inTree = (name: string) => page.getByRole('treeitem', { name: new RegExp(`(^|\\s)${name}`) }).first()

/** Chooses an entry of a tree item's menu. */
async function choose(item: string, entry: string): Promise<void> {
  await inTree(item).click({ button: 'right' })
  await page.getByRole('menuitem', { name: entry, exact: true }).click()
}

test('a Postman collection and its environment are read before anything is written', async () => {
  await page.getByRole('button', { name: 'Import', exact: true }).first().click()
  await look(page, 'collections-import-empty')
  await dialog('Import')
    .getByLabel('Files to import')
    .setInputFiles([
      join(folder, 'brought', 'shop.postman_collection.json'),
      join(folder, 'brought', 'staging.postman_environment.json'),
    ])
  const sources = dialog('Import').getByRole('list', { name: 'What is imported' })
  await expect(sources).toContainText('Postman 2.1')
  await expect(sources).toContainText('13 requests in 3 folders')
  await expect(sources).toContainText('Postman environment')
  await expect(sources).toContainText('It is not supported; its fields are not kept.')
  await expect(dialog('Import').getByLabel('Name', { exact: true })).toHaveValue('Shop')
  await look(page, 'collections-import')
})

test('the folder that it goes into is browsed for, and made', async () => {
  await dialog('Import').getByRole('radio', { name: 'In a folder, for git' }).click()
  await dialog('Import').getByLabel('Folder', { exact: true }).fill(`${folder}/b`)
  await dialog('Import').getByLabel('Folder', { exact: true }).pressSequentially('r')
  await page.getByRole('option', { name: `${folder}/brought/` }).click()
  await expect(dialog('Import').getByLabel('Folder', { exact: true })).toHaveValue(`${folder}/brought/`)
  await dialog('Import').getByRole('button', { name: 'Browse for folder' }).click()
  const browse = dialog('Choose a folder')
  await browse.getByRole('button', { name: 'The folder above' }).click()
  await expect(browse.getByRole('button', { name: 'brought' })).toBeVisible()
  await browse.getByRole('button', { name: 'New folder' }).click()
  await browse.getByLabel('Name of the new folder').fill('git')
  await browse.getByRole('button', { name: 'Make folder' }).click()
  await expect(browse.getByText('Nothing to choose here')).toBeVisible()
  await look(page, 'collections-browse')
  await browse.getByRole('button', { name: 'Choose this folder' }).click()
  await expect(dialog('Import').getByLabel('Folder', { exact: true })).toHaveValue(join(folder, 'git'))
})

test('it is imported, and the report of what is not kept stays', async () => {
  await dialog('Import').getByRole('button', { name: 'Import', exact: true }).click()
  const report = dialog('Imported')
  await expect(report).toContainText('NTLM')
  await expect(report).toContainText('pm.visualizer')
  await look(page, 'collections-report')
  await report.getByRole('button', { name: 'Done' }).click()
  await expect(inTree('Orders')).toBeVisible()
  expect(readdirSync(join(folder, 'git', 'Shop', 'environments'))).toEqual(['Staging.yml'])
  const texts = readdirSync(join(folder, 'git'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .map((name) => readFileSync(join(folder, 'git', name), 'utf8'))
    .join('\n')
  expect(texts).not.toContain('s3cret-of-shop')
  expect(texts).not.toContain('token-of-staging')
})

test('its scripts run, with its variables and its secret', async () => {
  await inTree('Orders').dblclick()
  await inTree('List orders').click()
  await page.getByLabel('URL').press('ControlOrMeta+Enter')
  await expect(page.getByText('200 OK')).toBeVisible()
  await expect(
    page.getByRole('tablist', { name: 'Parts of the response' }).getByRole('tab', { name: /^Tests/ }),
  ).toContainText('2 passed')
  expect(lastHeaders['x-key']).toBe('s3cret-of-shop')
})

test('an OpenAPI document comes by its path, into this machine’s own data', async () => {
  await page.getByRole('button', { name: 'Import', exact: true }).first().click()
  await dialog('Import').getByRole('button', { name: 'Browse for path on this machine' }).click()
  const browse = dialog('Choose a file or a folder')
  await browse.getByRole('button', { name: 'Cancel' }).click()
  await dialog('Import')
    .getByLabel('Path on this machine', { exact: true })
    .fill(`${folder}/brought/films.json`)
  await expect(dialog('Import').getByText('OpenAPI 3.1')).toBeVisible()
  await dialog('Import').getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog('Imported')).toContainText('webhooks')
  await dialog('Imported').getByRole('button', { name: 'Done' }).click()
  await expect(inTree('Film API')).toBeVisible()
})

test('what a folder says counts for a request in it', async () => {
  await choose('Orders', 'Folder settings')
  const settings = dialog('Settings of Orders')
  await settings.getByRole('tab', { name: 'Auth' }).click()
  await settings.getByRole('button', { name: /Authentication/ }).click()
  await page.getByRole('option', { name: 'Bearer token' }).click()
  await settings.getByLabel('Token', { exact: true }).fill('of-the-folder')
  await settings.getByRole('tab', { name: 'Headers' }).click()
  await settings.getByLabel('Name of header 1').fill('X-Folder')
  await settings.getByLabel('Value of X-Folder').fill('yes')
  await settings.getByRole('button', { name: 'Save settings' }).click()
  await expect(settings).toBeHidden()
  await page.getByLabel('URL').press('ControlOrMeta+Enter')
  await expect.poll(() => lastHeaders['authorization']).toBe('Bearer of-the-folder')
  expect(lastHeaders['x-folder']).toBe('yes')
})

test('settings that changed on disk meanwhile are not overwritten', async () => {
  await choose('Shop', 'Collection settings')
  const settings = dialog('Settings of Shop')
  await settings.getByLabel('Version').fill('2.0.0')
  await look(page, 'collections-settings')
  const file = join(folder, 'git', 'Shop', 'opencollection.yml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('Orders and **customers**.', 'Changed outside.'))
  await settings.getByRole('button', { name: 'Save settings' }).click()
  const conflict = dialog('Shop changed on disk')
  await expect(conflict).toContainText('Changed outside.')
  expect(readFileSync(file, 'utf8')).not.toContain('2.0.0')
  await look(page, 'collections-settings-conflict')
  await conflict.getByRole('button', { name: 'Take the file’s' }).click()
  await settings.getByRole('tab', { name: 'Docs' }).click()
  await expect(settings).toContainText('Changed outside.')
  await settings.getByRole('tab', { name: 'Variables' }).click()
  await expect(settings.getByText('In the keychain')).toBeVisible()
  await look(page, 'collections-settings-variables')
  await settings.getByRole('tab', { name: 'Certificates' }).click()
  await settings.getByRole('button', { name: 'Add certificate' }).click()
  await settings.getByRole('button', { name: 'Discard' }).click()
})

test('it is exported again, and what is there is not overwritten unasked', async () => {
  await choose('Shop', 'Export')
  const exporting = dialog('Export Shop')
  await expect(exporting.getByRole('region', { name: 'Text of the export' })).toContainText('"Shop"')
  await look(page, 'collections-export')
  const file = join(folder, 'shop.json')
  writeFileSync(file, 'here already')
  await exporting.getByLabel('File', { exact: true }).fill(file)
  await exporting.getByRole('button', { name: 'Save file' }).click()
  await expect(exporting.getByRole('alert').getByText(/is there already/)).toBeVisible()
  expect(readFileSync(file, 'utf8')).toBe('here already')
  await exporting.getByText('Replace the file that is there').click()
  await exporting.getByRole('button', { name: 'Save file' }).click()
  await expect(exporting).toBeHidden()
  const text = readFileSync(file, 'utf8')
  expect(text).toContain('has two orders')
  expect(text).not.toContain('s3cret-of-shop')
})

test('a pasted cURL command becomes a request', async () => {
  await page.getByRole('button', { name: 'Import', exact: true }).first().click()
  await dialog('Import')
    .getByLabel('Text', { exact: true })
    .fill("curl -X PUT 'https://films.test/a' -H 'X-A: 1'")
  await dialog('Import').getByRole('button', { name: 'Open request' }).click()
  await expect(page.getByLabel('URL')).toHaveValue('https://films.test/a')
})

test('a closed collection keeps its files and opens again from its folder', async () => {
  await choose('Shop', 'Close collection')
  await expect(page.getByText(/Shop is closed. Its files stay in/)).toBeVisible()
  await expect(inTree('Orders')).toBeHidden()
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Open a folder' }).click()
  await dialog('Open a folder')
    .getByLabel('Folder', { exact: true })
    .fill(join(folder, 'git', 'Shop'))
  await page.setViewportSize({ width: 1024, height: 700 })
  await look(page, 'collections-open-narrow')
  await dialog('Open a folder').getByRole('button', { name: 'Open folder' }).click()
  await expect(inTree('Orders')).toBeVisible()
})
