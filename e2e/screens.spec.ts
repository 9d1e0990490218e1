// Every screen in both themes: axe finds nothing on it, and with NEBULADB_SCREENS set (`npm run screens`) its picture goes to docs/screens.
import { expect, type Locator, type Page } from '@playwright/test'
import { filmRentalData, filmRentalSchema } from '../testing/sample/load.ts'
import { test } from './desktop.ts'
import { look } from './look.ts'
import { createStack, type Stack } from './stack.ts'
import { WorkbenchPage } from './workbench-page.ts'

let stack: Stack

test.beforeAll(async () => {
  stack = await createStack()
})
test.afterAll(async () => {
  await stack.close()
})

test('axe finds nothing on any screen, dark or light', async ({ desktop }) => {
  test.setTimeout(600_000)
  await stack.startService()
  const page = await desktop.start(stack)
  const app = new WorkbenchPage(page)

  await expect(page.getByRole('heading', { name: 'Welcome to NebulaDB' })).toBeVisible()
  await look(page, 'welcome')
  await page.getByRole('radio', { name: 'Log in' }).click()
  await page.getByRole('button', { name: /forgot/i }).click()
  await look(page, 'reset-password')
  await page.getByRole('button', { name: 'Back to log in' }).click()

  await app.signUp({ email: 'mara@example.com', password: 'correct horse battery' })
  await look(page, 'projects-empty')
  await page.getByRole('button', { name: 'Create project' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('reelhouse')
  await look(page, 'project-create')
  await dialog.getByRole('button', { name: 'Create project' }).click()
  await expect(dialog.getByText('Accepts connections')).toBeVisible()
  await look(page, 'project-created')
  await dialog.getByRole('button', { name: 'Open SQL' }).click()

  await expect(app.editor).toBeVisible()
  await look(page, 'sql-empty')
  await app.write(`${await filmRentalSchema()}\n${await filmRentalData()}`)
  await app.runAll()
  await expect(app.status).toContainText('ANALYZE', { timeout: 60_000 })
  await expect(page.getByRole('treeitem', { name: /^film/ }).first()).toBeVisible()
  await app.write(`-- Rentals past their due date and what each customer owes
with overdue as (
  select r.rental_id, r.customer_id, r.due_at,
         current_date - r.due_at::date as days_late
  from rental r
  join inventory i using (inventory_id)
  where r.returned_at is null and i.store_id = 2
)
select o.rental_id, c.full_name, c.email, o.due_at, o.days_late,
       f.amount as fee, f.status, c.contact, c.is_active, c.external_id
from overdue o
join customer c using (customer_id)
join late_fee f using (rental_id)
order by o.days_late desc
limit 200;
`)
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.press('ArrowDown')
  await app.runStatement()
  await expect(app.grid.getByRole('columnheader', { name: /days_late/ })).toBeVisible()
  await look(page, 'sql')
  await app.grid.locator('[role="row"][row-index="0"] [role="gridcell"]').nth(7).click()
  await page.keyboard.press('Space')
  await look(page, 'value-inspector')
  await page.keyboard.press('Escape')

  await app.newTab()
  await app.write('select full_name,\n       emial\nfrom customer\nwhere is_active')
  await app.runStatement()
  await expect(app.messages).toContainText('emial')
  await look(page, 'sql-error')
  await page.keyboard.press('ControlOrMeta+Shift+H')
  await expect(page.getByRole('searchbox', { name: 'Search in history' })).toBeVisible()
  await look(page, 'history')
  await page.keyboard.press('Escape')

  await page.keyboard.press('ControlOrMeta+P')
  await page.keyboard.insertText('film')
  await look(page, 'palette')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Service: / }).click()
  await look(page, 'connectivity')
  await page.keyboard.press('Escape')

  await page.getByRole('navigation', { name: 'Areas' }).getByRole('button', { name: /^Home/ }).click()
  await expect(
    page
      .getByRole('heading', { name: 'reelhouse' })
      .or(page.getByRole('heading', { name: 'Projects', exact: true }))
      .first(),
  ).toBeVisible()
  await look(page, 'home')
  await page
    .getByRole('link', { name: 'reelhouse' })
    .or(page.getByRole('button', { name: 'reelhouse' }))
    .first()
    .click()
  await look(page, 'project-home')
  await page.getByRole('button', { name: 'Rename' }).click()
  await look(page, 'project-rename')
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: /^Open API/ }).click()
  await expect(page.getByRole('article')).toBeVisible()
  await page.getByRole('treeitem', { name: 'film', exact: true }).click()
  await page.getByRole('tab', { name: 'JavaScript' }).click()
  await look(page, 'api-documentation')
  const choose = async (scope: Page | Locator, label: string, option: string | RegExp): Promise<void> => {
    await scope.getByRole('button', { name: new RegExp(`${label}$`) }).click()
    await page.getByRole('option', { name: option, exact: typeof option === 'string' }).click()
  }
  const goTo = (name: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Pages of the API' }).getByRole('button', { name }).click()
  await goTo('Keys')
  await expect(page.getByText('No API keys yet')).toBeVisible()
  await look(page, 'api-keys-empty')
  await page.getByRole('button', { name: /^Create API key/ }).click()
  await look(page, 'api-key-create')
  await dialog.getByLabel('Name').fill('Web shop')
  await dialog.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByRole('button', { name: 'I have stored it' })).toBeVisible()
  await look(page, 'api-key-created')
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await expect(page.getByRole('table', { name: 'API keys' })).toBeVisible()
  await look(page, 'api-keys')
  await page.getByRole('button', { name: 'Actions of Web shop' }).click()
  await page.getByRole('menuitem', { name: 'Rename…' }).click()
  await look(page, 'api-key-rename')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add issuer' }).click()
  await dialog.getByLabel('Issuer').fill('https://login.example.com')
  await dialog.getByLabel('JWKS address').focus()
  await look(page, 'api-issuer-add')
  await dialog.getByRole('button', { name: 'Add issuer' }).click()
  await expect(page.getByRole('table', { name: 'Token issuers' })).toBeVisible()
  await look(page, 'api-issuers')
  await goTo('Exposure')
  for (const name of ['anon may select public.film', 'authenticated may select public.rental'])
    await page.getByRole('switch', { name, exact: true }).press('Space')
  await expect(page.getByRole('button', { name: /^Enable row security on public.film/ })).toBeVisible()
  await page.getByRole('button', { name: 'Show the columns of public.film', exact: true }).click()
  await look(page, 'api-exposure')
  await page.getByRole('tab', { name: /^Policies/ }).click()
  await page.getByRole('button', { name: /^Create policy/ }).click()
  await look(page, 'api-policy-create')
  await choose(dialog, 'Table', 'public.film')
  await dialog.getByLabel('Name').fill('short rentals')
  await dialog.getByLabel('Roles').fill('anon')
  await dialog.getByLabel(/^Rows that are seen/).fill('rental_days < 4')
  await dialog.getByRole('button', { name: 'Create policy' }).click()
  await expect(page.getByRole('table', { name: 'Policies' })).toBeVisible()
  await look(page, 'api-policies')
  await page.getByRole('tab', { name: /^Functions/ }).click()
  await look(page, 'api-functions')
  await page.getByRole('tab', { name: /^What would this user see/ }).click()
  await page.getByRole('button', { name: 'Show rows' }).click()
  await expect(page.getByText(/^authenticated may not read/)).toBeVisible()
  await look(page, 'api-preview-refused')
  await choose(page, 'Table', 'public.film')
  await choose(page, 'Role', /^anon/)
  await page.getByRole('button', { name: 'Show rows' }).click()
  await expect(page.getByRole('table', { name: 'Rows' })).toBeVisible()
  await look(page, 'api-preview')
  await goTo('Settings')
  await expect(page.getByLabel('Rows of an answer')).toBeVisible()
  await look(page, 'api-settings')

  await page
    .getByRole('navigation', { name: 'Areas' })
    .getByRole('button', { name: /^Connections/ })
    .click()
  await look(page, 'connections')
  await page.getByRole('button', { name: /^Add connection/ }).click()
  await expect(dialog).toBeVisible()
  await look(page, 'connection-add')
  await page.keyboard.press('Escape')

  await page.keyboard.press('ControlOrMeta+,')
  await look(page, 'settings')
  for (const title of ['Keyboard', 'Service', 'About', 'Account']) {
    const entry = page
      .getByRole('navigation')
      .getByRole('button', { name: title })
      .or(page.getByRole('navigation').getByRole('link', { name: title }))
      .first()
    if (!(await entry.isVisible())) continue
    await entry.click()
    await look(page, `settings-${title.toLowerCase()}`)
  }
  await page.getByRole('button', { name: 'New organisation' }).click()
  await dialog.getByLabel('Name').fill('Reelhouse')
  await dialog.getByRole('button', { name: 'Create organisation' }).click()
  await page.getByRole('button', { name: 'Reelhouse', exact: true }).click()
  await expect(page.getByRole('table', { name: 'Members of Reelhouse' })).toBeVisible()
  await look(page, 'settings-members')
  await page.getByRole('button', { name: 'Invite' }).click()
  await dialog.getByLabel('E-mail').fill('jonas@example.com')
  await look(page, 'settings-invite')
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  await page.keyboard.press('ControlOrMeta+2')
  await stack.stopService()
  await expect(app.offlineBanner).toBeVisible()
  await app.tabs.first().click()
  await app.editor.click()
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.press('ArrowDown')
  await app.runStatement()
  await expect(app.results).toContainText('Snapshot of')
  await look(page, 'sql-offline')
  await page.keyboard.press('ControlOrMeta+1')
  await look(page, 'projects-offline')
})
