// What the database did, as a person sees it: a collection of a project's schema runs green, a policy is broken in SQL, and the tester says why the same
// request fails, with the SQL, the plan and the policies; whoever may not see it is told so.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { z } from 'zod'
import { look } from './look.ts'
import { createStack, type Stack } from './stack.ts'
import { WorkbenchPage } from './workbench-page.ts'

const mara = { email: 'mara@example.com', password: 'correct horse battery' }
const ben = { email: 'ben@example.com', password: 'correct horse battery' }
const SignedIn = z.object({ tokens: z.object({ accessToken: z.string() }) })
const WithId = z.object({ id: z.string() })
let stack: Stack
let page: Page

test.beforeAll(async ({ browser }) => {
  stack = await createStack()
  await stack.startService()
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(await stack.startHost())
})
test.afterAll(async () => {
  await page.context().close()
  await stack.close()
})

async function ask(
  method: string,
  path: string,
  { as, body }: { readonly as?: string; readonly body?: object },
) {
  const response = await fetch(`${stack.serviceUrl}/v1${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(response.ok, `${method} ${path}: ${text}`).toBe(true)
  const answer: unknown = text === '' ? undefined : JSON.parse(text)
  return answer
}

/** Ben has a project with Mara as a viewer: she may look at it, and not be its users. Gives the project's id. */
async function projectOfBen(): Promise<string> {
  const owner = SignedIn.parse(await ask('POST', '/auth/sign-up', { body: ben })).tokens.accessToken
  const viewer = SignedIn.parse(await ask('POST', '/auth/log-in', { body: mara })).tokens.accessToken
  const { id: organisationId } = WithId.parse(
    await ask('POST', '/organisations', { as: owner, body: { name: 'Ben and others' } }),
  )
  const invitation = { email: mara.email, role: 'viewer' }
  await ask('POST', `/organisations/${organisationId}/invitations`, { as: owner, body: invitation })
  await expect.poll(invitationToken).not.toBe('')
  await ask('POST', '/invitations/accept', { as: viewer, body: { token: invitationToken() } })
  const project = { organisationId, name: 'of Ben' }
  return WithId.parse(await ask('POST', '/projects', { as: owner, body: project })).id
}

/** Out of the mail that the service would have sent; empty while there is none. */
function invitationToken(): string {
  const folder = join(stack.dataDirectory, 'service', 'mail')
  const mails = existsSync(folder)
    ? readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    : []
  return (
    mails.map((text) => /days:\s+([\w-]{20,})\s/.exec(text)?.[1]).find((token) => token !== undefined) ?? ''
  )
}

/** Another project in the place of the collection's own, as by an editor. */
function pointTo(projectId: string): void {
  const root = join(stack.dataDirectory, 'desktop', 'collections')
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((one) =>
    one.endsWith('.yml'),
  )) {
    const text = readFileSync(join(root, name), 'utf8')
    const pointed = text.replaceAll(/(projectId: ['"]?)[\da-f-]{36}/g, `$1${projectId}`)
    if (pointed !== text) writeFileSync(join(root, name), pointed)
  }
}

const inspector = () => page.getByRole('region', { name: 'What the database did' })
const part = (name: string) => inspector().getByRole('region', { name, exact: true })
const response = () => page.getByRole('region', { name: 'Response' })
const goTo = (area: string) =>
  page.getByRole('navigation', { name: 'Areas' }).getByRole('button', { name: area, exact: true }).click()
const send = () => page.getByRole('button', { name: /^Send/ }).first().click()

test('a request is seen in the database, and why it fails', async () => {
  test.setTimeout(240_000)
  const app = new WorkbenchPage(page)
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  const runSql = async (sql: string): Promise<void> => {
    await app.write(sql)
    await app.runAll()
    await expect(app.messages.or(app.results).first()).toBeVisible()
  }

  await test.step('a project with a table and a policy', async () => {
    await app.signUp(mara)
    await app.createProject('reelhouse')
    await runSql(`create table rental (rental_id integer primary key, customer text not null, returned boolean not null);
insert into rental select n, case when n % 5 = 0 then 'mara' else 'other' end, n % 2 = 0 from generate_series(1, 20000) n;
alter table rental enable row level security;
create policy "own rows" on rental for select to authenticated using (customer = 'mara');
grant select on rental to authenticated; analyze rental;
select 'prepared' as state;`)
    await expect(app.results).toContainText('prepared')
  })

  await test.step('a collection is generated from its schema', async () => {
    await goTo('API')
    await page.getByRole('button', { name: 'generate one from a project' }).click()
    const choose = page.getByRole('dialog', { name: 'Choose an API' })
    const generate = page.getByRole('dialog', { name: 'Generate a collection' })
    await expect(choose.or(generate).first()).toBeVisible()
    if (await choose.isVisible()) await choose.getByRole('button', { name: 'Explore' }).click()
    await generate.getByRole('button', { name: 'Generate collection' }).click()
    await expect(generate).toBeHidden()
  })

  await test.step('its first request is sent, and what the database did is beside it', async () => {
    const tree = page.getByRole('tree', { name: 'Collections' })
    await tree.getByRole('treeitem').first().click()
    await page.keyboard.press('ArrowRight')
    await tree
      .getByRole('treeitem', { name: /rental/ })
      .first()
      .click()
    await tree.getByRole('treeitem', { name: /List/ }).first().click()
    await send()
    await expect(response().getByText('200 OK')).toBeVisible()
    await expect(part('Acted as')).toContainText('role authenticated')
    await expect(part('SQL')).toContainText('rental')
    await expect(part('Policies')).toContainText(/own rows.*kept 4.000 of 20.000/)
    await expect(part('Time per stage')).toContainText('Postgres')
  })

  await test.step('the plan is asked for, and timed', async () => {
    await part('Plan').getByRole('button', { name: 'Run and time it' }).click()
    await expect(part('Plan')).toContainText('the transaction was rolled back')
    await expect(part('Plan').getByRole('list', { name: 'Plan' })).toContainText('rental')
    await look(page, 'insight-plan')
  })

  await test.step('the query opens in the editor and runs as the same role', async () => {
    await part('SQL').getByRole('button', { name: 'Open in editor' }).click()
    await expect(page.getByLabel('SQL editor').locator('.view-lines').first()).toContainText('set local role')
    await app.runAll()
    await expect(app.results).toContainText('rental_id')
  })

  await test.step('the grant and the policy go: the same request says why, and with what it would work', async () => {
    await app.newTab()
    await runSql(
      `drop policy "own rows" on rental; revoke select on rental from authenticated; select 'broken' as state;`,
    )
    await expect(app.results).toContainText('broken')
    await goTo('API')
    await send()
    await expect(response().getByText(/^403/)).toBeVisible()
    await expect(response().getByText('Why:')).toBeVisible()
    await expect(part('Why it failed')).toContainText(/grant select/i)
    await look(page, 'insight-refused')
    await inspector().getByRole('button', { name: 'Close the inspector' }).click()
    await expect(inspector()).toBeHidden()
    await response().getByRole('button', { name: 'Show what the database did' }).click()
    await part('Why it failed').getByRole('button', { name: 'Open in editor' }).click()
    await expect(page.getByLabel('SQL editor').locator('.view-lines').first()).toContainText('grant')
    await app.runAll()
    await goTo('API')
    await expect(async () => {
      await send()
      await expect(response().getByText('200 OK')).toBeVisible({ timeout: 2_000 })
    }).toPass()
    await expect(part('Worth knowing')).toContainText('rental')
  })

  await test.step('a viewer is told why there is nothing to see', async () => {
    pointTo(await projectOfBen())
    await expect(async () => {
      await send()
      await expect(inspector().getByRole('heading', { name: 'It was not sent' })).toBeVisible({
        timeout: 2_000,
      })
    }).toPass()
    await expect(inspector()).toContainText('Developers and above')
    await look(page, 'insight-viewer')
  })
  expect(failures).toEqual([])
})
