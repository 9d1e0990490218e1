// The tester in a real browser over the real host: a request is written, sent to a server, checked, saved as a file for git, changed outside, in conflict, and found in the history.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { smallPdf } from '../testing/pdf.ts'
import { look } from './look.ts'
import { createStack, type Stack } from './stack.ts'

let stack: Stack
let page: Page
let server: Server
let base: string

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.setHeader('set-cookie', 'session=abc; Path=/; HttpOnly')
    if (request.url === '/html') {
      response.setHeader('content-type', 'text/html')
      response.end('<h1>Hello</h1><script>document.body.textContent = "ran"</script>')
    } else if (request.url === '/pdf') {
      response.setHeader('content-type', 'application/pdf')
      response.end(smallPdf('Hello'))
    } else
      response.end(
        '[{"id":12345678901234567890,"title":"The Quiet Harbour"},{"id":2,"title":"Northern Signal"}]',
      )
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

const part = (name: string) =>
  page
    .getByRole('tablist', { name: 'Parts of the request' })
    .getByRole('tab', { name: new RegExp(`^${name}`) })
const responsePart = (name: string) =>
  page
    .getByRole('tablist', { name: 'Parts of the response' })
    .getByRole('tab', { name: new RegExp(`^${name}`) })
const body = () => page.getByRole('region', { name: 'Body of the response' })

/** The files of the collection that the spec saves into. */
function collectionFolder(): string {
  const root = join(stack.dataDirectory, 'desktop', 'collections')
  const [name] = readdirSync(root)
  if (name === undefined) throw new Error('There is no collection yet.')
  return join(root, name)
}
function requestFile(): string {
  const folder = collectionFolder()
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((one) =>
    one.endsWith('Films.yml'),
  )
  if (name === undefined) throw new Error('The request has no file.')
  return join(folder, name)
}

test('nothing is there: a request can be written at once', async () => {
  await expect(page.getByText('No requests yet')).toBeVisible()
  await look(page, 'requests-empty')
  await page.getByRole('main').getByRole('button', { name: 'New request' }).last().click()
  await page.getByLabel('URL').fill(`${base}/film?select=id,title&limit=2`)
  await expect(page.getByLabel('Value of select')).toHaveValue('id,title')
  await page.getByLabel('Value of limit').fill('5')
  await expect(page.getByLabel('URL')).toHaveValue(`${base}/film?select=id,title&limit=5`)
})

test('it is sent with the key, and big integers come back exact', async () => {
  await page.getByLabel('URL').press('ControlOrMeta+Enter')
  await expect(page.getByText('200 OK')).toBeVisible()
  await expect(body()).toContainText('12345678901234567890')
  await look(page, 'requests-response')
  await page.keyboard.press('ControlOrMeta+f')
  await page.getByRole('searchbox', { name: 'Find in the response' }).fill('northern')
  await expect(page.getByText('1 of 1')).toBeVisible()
})

test('every view of the body shows it', async () => {
  await page.getByRole('radio', { name: 'Table' }).click()
  await expect(page.getByRole('gridcell', { name: 'Northern Signal' })).toBeVisible()
  await page.getByRole('radio', { name: 'Tree' }).click()
  await page.getByRole('searchbox', { name: 'JSON path' }).fill('$..title')
  await expect(page.getByText('2 matches')).toBeVisible()
  await page.getByRole('radio', { name: 'Hex' }).click()
  await expect(page.getByText('00000000').first()).toBeVisible()
  await page.getByRole('radio', { name: 'JSON' }).click()
  for (const name of ['Headers', 'Cookies', 'Timeline']) {
    await responsePart(name).click()
    await look(page, `requests-${name.toLowerCase()}`)
  }
  await responsePart('Body').click()
})

test('an assertion is made without code and is held', async () => {
  await part('Tests').click()
  await page.getByLabel('What is checked by assertion 1').fill('res.status')
  await page.getByLabel('What res.status is compared with').fill('200')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(responsePart('Tests')).toContainText('1 passed')
  await expect(page.getByText('held')).toBeVisible()
  await look(page, 'requests-assertions')
})

test('it is saved as a text file that git can follow', async () => {
  await page.keyboard.press('ControlOrMeta+s')
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Films')
  await page.getByRole('button', { name: 'Save request' }).click()
  await expect(page.getByRole('treeitem', { name: /Films/ })).toBeVisible()
  expect(readFileSync(requestFile(), 'utf8')).toContain('select=id,title')
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@localhost', ...parameters], {
      cwd: collectionFolder(),
      encoding: 'utf8',
    })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'first')
  await part('Params').click()
  await page.getByLabel('Value of limit').fill('7')
  await page.keyboard.press('ControlOrMeta+s')
  await expect.poll(() => git('diff', '--stat')).toContain('Films.yml')
  expect(
    git('diff', '-U0')
      .split('\n')
      .filter((line) => /^[-+][^-+]/.test(line)).length,
  ).toBeLessThanOrEqual(4)
})

test('a change outside appears where nothing was typed', async () => {
  const text = readFileSync(requestFile(), 'utf8')
  writeFileSync(
    requestFile(),
    text.replaceAll('select=id,title', 'select=title').replaceAll('id,title', 'title'),
  )
  await expect(page.getByLabel('URL')).toHaveValue(/select=title/)
})

test('a change outside beside one here is a conflict, and nothing is lost', async () => {
  await page.getByLabel('Value of limit').fill('9')
  const text = readFileSync(requestFile(), 'utf8')
  writeFileSync(requestFile(), text.replaceAll('limit=7', 'limit=8').replace(/(value: ['"]?)7/, '$18'))
  await expect(page.getByText('The file changed on disk.')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+s')
  const dialog = page.getByRole('dialog', { name: 'Films changed on disk' })
  await expect(dialog.getByText(/limit=8/).first()).toBeVisible()
  await look(page, 'requests-conflict')
  expect(readFileSync(requestFile(), 'utf8')).toContain('limit=8')
  await dialog.getByRole('button', { name: 'Save mine over it' }).click()
  await expect(dialog).toBeHidden()
  expect(readFileSync(requestFile(), 'utf8')).toContain('limit=9')
})

test('what was typed survives a crash of page and host', async () => {
  await page.getByLabel('Value of limit').fill('11')
  await page.waitForFunction(() => document.querySelector('[role="tab"]')?.textContent?.includes('not saved'))
  await page.getByRole('button', { name: 'Home', exact: true }).click()
  // Drafts are written within half a second; turning away writes them at once.
  await page.evaluate(() => window.dispatchEvent(new Event('blur')))
  await expect
    .poll(async () => {
      await stack.killHost()
      await page.goto(await stack.startHost())
      await page.getByRole('button', { name: 'API', exact: true }).click()
      return await page.getByLabel('Value of limit').inputValue()
    })
    .toBe('11')
  expect(readFileSync(requestFile(), 'utf8')).toContain('limit=9')
})

test('HTML is previewed without its scripts', async () => {
  await page.getByLabel('URL').fill(`${base}/html`)
  await page.getByLabel('URL').press('ControlOrMeta+Enter')
  await page.getByRole('radio', { name: 'Preview' }).click()
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Hello' })).toBeVisible()
})

test('PDF is previewed as pictures of its pages', async () => {
  await page.getByLabel('URL').fill(`${base}/pdf`)
  await page.getByLabel('URL').press('ControlOrMeta+Enter')
  const sheet = page.getByRole('img', { name: 'Page 1 of 1' })
  await expect(sheet).toBeVisible()
  // The text is dark on white.
  await expect
    .poll(() =>
      sheet.evaluate((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) return 255
        const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
        let darkest = 255
        for (let at = 0; at < (pixels?.length ?? 0); at += 4) darkest = Math.min(darkest, pixels?.[at] ?? 255)
        return darkest
      }),
    )
    .toBeLessThan(80)
  await look(page, 'requests-pdf')
})

test('the history has every sending, and one opens as a draft', async () => {
  await page.keyboard.press('ControlOrMeta+Shift+h')
  await expect(page.getByRole('table', { name: 'Requests that were sent' })).toBeVisible()
  await look(page, 'requests-history')
  await page.getByRole('searchbox', { name: 'Filter history' }).fill('limit=5')
  await page.getByRole('table').getByRole('button', { name: 'New request', exact: true }).first().click()
  await expect(page.getByLabel('URL')).toHaveValue(/limit=5/)
  await expect(page.getByText('200 OK')).toBeVisible()
})

test('the request is copied as code', async () => {
  await page.keyboard.press('ControlOrMeta+Shift+g')
  await expect(page.getByRole('region', { name: 'Code' })).toContainText(`${base}/film`)
  await look(page, 'requests-code')
  await page.keyboard.press('Escape')
})

test('narrow windows keep the request usable', async () => {
  await page.setViewportSize({ width: 1024, height: 700 })
  await look(page, 'requests-narrow')
})
