// Environments in a real browser over the real host: one is made with a secret, a request resolved by it reaches a server, and the secret is in no file. Cookies are seen and changed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { look } from './look.ts'
import { createStack, type Stack } from './stack.ts'

const SECRET = 'opensesame-7f31c0'

let stack: Stack
let page: Page
let server: Server
let base: string
let received: IncomingHttpHeaders = {}

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  server = createServer((request, response) => {
    received = request.headers
    if (request.headers.cookie === undefined)
      response.setHeader('set-cookie', 'session=abc; Path=/; HttpOnly; SameSite=Lax')
    response.setHeader('content-type', 'application/json')
    response.end('{"title":"Northern Signal"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
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
})

const dialog = (name: string | RegExp) => page.getByRole('dialog', { name, exact: true })
const editor = () => dialog('Environments')
const picker = () =>
  page
    .getByRole('tabpanel')
    .or(page.getByRole('main'))
    .getByRole('button', { name: /^(No environment|Environment )/ })

/** Everything that is on disk, as bytes: files of the collection, history, logs. */
function filesWith(text: string): string[] {
  const root = stack.dataDirectory
  return readdirSync(root, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => existsSync(path) && readFileSync(path).includes(text))
}

function environmentFile(): string {
  const root = join(stack.dataDirectory, 'desktop', 'collections')
  const [name] = readdirSync(root)
  return join(root, name ?? '', 'environments', 'staging.yml')
}

async function choose(entry: string): Promise<void> {
  await picker().first().click()
  await page.getByRole('menuitem', { name: entry }).click()
}

test('a request with a variable that nothing gives a value says so, and where it can be added', async () => {
  await page.getByRole('main').getByRole('button', { name: 'New request' }).last().click()
  await page.getByLabel('URL').fill('{{base}}/films')
  await page.keyboard.press('ControlOrMeta+s')
  await dialog(/Save/).getByLabel('Name', { exact: true }).fill('Films')
  await page.getByRole('button', { name: 'Save request' }).click()
  await expect(page.getByRole('treeitem', { name: /Films/ })).toBeVisible()
  await page.getByLabel('URL').press('Home')
  await page.getByLabel('URL').press('ArrowRight')
  await page.getByLabel('URL').press('ArrowRight')
  await page.getByLabel('URL').press('ArrowRight')
  await page.getByRole('button', { name: 'Show variables' }).click()
  await expect(dialog('Variables that count here').getByText(/Nothing gives/)).toBeVisible()
  await look(page, 'variables-unknown')
  await page.keyboard.press('Escape')
})

test('an environment is made by keyboard, with a colour and a secret', async () => {
  await choose('Edit environments')
  await editor().getByRole('button', { name: 'New environment' }).click()
  await editor().getByLabel('Name', { exact: true }).fill('staging')
  await editor()
    .getByRole('button', { name: /Colour/ })
    .click()
  await page.getByRole('option', { name: 'Amber' }).click()
  await editor().getByLabel('Name of the new variable', { exact: true }).fill('base')
  await editor().getByLabel('Value of base', { exact: true }).fill(base)
  await editor().getByLabel('Name of the new variable', { exact: true }).fill('token')
  await editor().getByRole('button', { name: 'Make token a secret' }).click()
  await editor().getByLabel('Value of token', { exact: true }).fill(SECRET)
  await look(page, 'environments-editor')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(editor().getByLabel('Value of token', { exact: true })).toHaveAttribute(
    'placeholder',
    /Kept here/,
  )
  await expect(editor().getByLabel('Value of token', { exact: true })).toHaveValue('')
  const text = readFileSync(environmentFile(), 'utf8')
  expect(text).toContain('secret: true')
  expect(text).not.toContain(SECRET)
})

test('a pasted .env is shown before it is taken', async () => {
  await editor().getByRole('button', { name: 'Paste variables' }).click()
  const paste = dialog('Paste variables')
  await paste.getByLabel(/Lines of a .env file/).fill('export LIMIT=5\nAPI_KEY="k-1"\nnot a line\n')
  await expect(paste.getByText('2 found: LIMIT, API_KEY.')).toBeVisible()
  await look(page, 'environments-paste')
  await paste.getByRole('button', { name: 'Take 2 variables' }).click()
  await expect(editor().getByText('2 variables taken, 1 left out')).toBeVisible()
  await expect(editor().getByRole('button', { name: 'API_KEY is a secret' })).toBeVisible()
})

test('a change outside beside one here is shown, and both are kept', async () => {
  const text = readFileSync(environmentFile(), 'utf8')
  writeFileSync(environmentFile(), text.replace(base, `${base}/v2`))
  await expect(editor().getByText('It changed outside.')).toBeVisible()
  await look(page, 'environments-conflict')
  await editor().getByRole('button', { name: 'Keep both changes' }).click()
  await expect(editor().getByLabel('Value of base', { exact: true })).toHaveValue(`${base}/v2`)
  await editor().getByRole('button', { name: 'Save environment' }).click()
  await expect(editor().getByText('Not saved: staging')).toBeHidden()
  expect(readFileSync(environmentFile(), 'utf8')).toContain('LIMIT')
  await editor().getByRole('button', { name: 'Close' }).last().click()
})

test('a request resolved by it reaches the server, and the secret is in no file', async () => {
  await choose('staging')
  await expect(page.getByRole('button', { name: 'Environment: staging' })).toBeVisible()
  await page
    .getByRole('tab', { name: /^Headers/ })
    .first()
    .click()
  await page.getByLabel('Name of header 1').fill('X-Token')
  await page.getByLabel('Value of X-Token').fill('{{token}}')
  await page.keyboard.press('Escape')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(page.getByText('200 OK')).toBeVisible()
  expect(received['x-token']).toBe(SECRET)
  await page.keyboard.press('ControlOrMeta+s')
  await look(page, 'environments-picker')
  await page.keyboard.press('ControlOrMeta+Shift+h')
  await expect(page.getByRole('table', { name: 'Requests that were sent' })).toBeVisible()
  await page.evaluate(() => window.dispatchEvent(new Event('blur')))
  await expect.poll(() => filesWith('{{token}}').length).toBeGreaterThan(0)
  expect(filesWith(SECRET)).toEqual([])
  await page.getByRole('tab', { name: /Films/ }).first().click()
})

test('what counts is listed with where it is from', async () => {
  await choose('Variables that count here')
  const row = dialog('Variables that count here').getByRole('row', { name: /base/ })
  await expect(row).toContainText('environment staging')
  await look(page, 'variables')
  await page.keyboard.press('Escape')
})

test('a cookie that the server set is seen, changed and sent', async () => {
  await choose('Cookies')
  const cookies = dialog(/^Cookies of/)
  await expect(cookies.getByText('••••••••')).toBeVisible()
  await cookies.getByRole('button', { name: 'Show the value of session' }).click()
  await expect(cookies.getByText('abc', { exact: true })).toBeVisible()
  await look(page, 'cookies')
  await cookies.getByRole('button', { name: 'session', exact: true }).click()
  const form = dialog('Change cookie session')
  await form.getByLabel('Value', { exact: true }).fill('changed')
  await look(page, 'cookie-change')
  await form.getByRole('button', { name: 'Save cookie' }).click()
  await expect(cookies.getByText('changed', { exact: true })).toBeVisible()
  await cookies.getByRole('button', { name: 'Close' }).last().click()
  await page.getByLabel('URL').press('ControlOrMeta+Enter')
  await expect.poll(() => received.cookie).toBe('session=changed')
})

test('narrow windows keep the editor usable', async () => {
  await page.setViewportSize({ width: 1024, height: 700 })
  await choose('Edit environments')
  await expect(editor().getByLabel('Value of base', { exact: true })).toBeVisible()
  await look(page, 'environments-narrow')
})
