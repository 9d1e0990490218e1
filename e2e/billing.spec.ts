// J5, paying: a free organisation sees its usage, buys a plan on a hosted page, comes back, changes its card, sets a cap, reads an invoice, and cancels. The
// service talks to a stand-in for Stripe with its real client.
import { readFileSync } from 'node:fs'
import { expect, test, type Page } from '@playwright/test'
import { startStripeFake, type StripeFake } from '../testing/stripe/fake.ts'
import { FAKE_API_KEY, FAKE_WEBHOOK_SECRET } from '../testing/stripe/keys.ts'
import { loadPriceBooks } from '../backend/billing/price-book.ts'
import { createStripeGateway } from '../backend/billing/stripe.ts'
import { look } from './look.ts'
import { createStack, type Stack } from './stack.ts'
import { WorkbenchPage } from './workbench-page.ts'

const mara = { email: 'mara@example.com', password: 'correct horse battery' }
const DAY_MS = 86_400_000
const DAYS_AGO = 20
let fake: StripeFake
let stack: Stack

test.beforeAll(async () => {
  // The provider begins in the past, so that a trial can end while the service's clock stands still.
  fake = await startStripeFake({
    now: () => new Date(Date.now() - DAYS_AGO * DAY_MS),
  })
  const gateway = createStripeGateway(fake.config)
  for (const book of loadPriceBooks().all) await gateway.syncPrices(book, { apply: true })
  stack = await createStack(undefined, undefined, {
    NEBULADB_STRIPE_KEY: FAKE_API_KEY,
    NEBULADB_STRIPE_WEBHOOK_SECRETS: FAKE_WEBHOOK_SECRET,
    NEBULADB_STRIPE_URL: fake.url,
  })
  // What is signed in the past is refused: the service hears of it when the clocks agree.
  fake.webhooks.hold()
  fake.webhooks.endpoint({ url: `${stack.serviceUrl}/billing/webhook`, secrets: [FAKE_WEBHOOK_SECRET] })
})
test.afterAll(async () => {
  await stack.close()
  await fake.close()
})

/** Presses what opens a page of the payment provider, and fills it in as a person does. */
async function payOn(
  page: Page,
  open: () => Promise<void>,
  { button, card }: { readonly button: RegExp; readonly card: string },
): Promise<void> {
  const opening = page.context().waitForEvent('page')
  await open()
  const hosted = await opening
  await expect(page.getByRole('dialog').getByText(/^Waiting until/)).toBeVisible()
  await hosted.getByLabel('Card number').fill(card)
  await hosted.getByRole('button', { name: button }).click()
  await hosted.close()
  await expect(page.getByRole('dialog')).toBeHidden({ timeout: 15_000 })
}

test('an organisation buys a plan, pays, looks after it and cancels', async ({ browser }) => {
  test.setTimeout(120_000)
  await stack.startService()
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(await stack.startHost())
  await new WorkbenchPage(page).signUp(mara)

  await test.step('the free plan says what it includes', async () => {
    await page.getByRole('button', { name: 'Settings', exact: true }).click()
    await page.getByRole('button', { name: 'Plan and billing' }).click()
    await expect(page.getByRole('heading', { name: 'Free', exact: true })).toBeVisible()
    await expect(page.getByRole('table', { name: 'Usage by metric' })).toBeVisible()
    await look(page, 'billing-free')
  })

  await test.step('a plan is chosen by its price and paid on the hosted page', async () => {
    await page.getByRole('button', { name: 'Choose a plan' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Pro', { exact: true }).click()
    await expect(dialog.getByText('Due now', { exact: true })).toBeVisible()
    await look(page, 'billing-change-plan')
    await payOn(page, () => dialog.getByRole('button', { name: 'Change to Pro' }).click(), {
      button: /Start trial/,
      card: '4242424242424242',
    })
    await expect(page.getByRole('heading', { name: 'Pro', exact: true })).toBeVisible()
    await expect(page.getByText('Visa ending 4242').first()).toBeVisible()
  })

  await test.step('another card is added, and pays from now on', async () => {
    await payOn(page, () => page.getByRole('button', { name: 'Change card' }).click(), {
      button: /Save card/,
      card: '5555555555554444',
    })
    await expect(page.getByRole('listitem').filter({ hasText: 'Mastercard ending 4444' })).toContainText(
      'Default',
    )
  })

  await test.step('the trial ends, the card pays, and the cap of the plan holds', async () => {
    fake.advance((DAYS_AGO * DAY_MS) / 1_000)
    fake.webhooks.release()
    // Each part is read once a minute: the page is looked at anew until all of it is of the time after.
    await expect(async () => {
      await page.reload()
      await expect(page.getByRole('table', { name: 'Invoices' })).toBeVisible({ timeout: 2_000 })
      await expect(page.getByLabel('Spend cap in EUR')).toHaveValue('40.00', { timeout: 2_000 })
    }).toPass({ timeout: 20_000 })
  })

  await test.step('the spend cap is set', async () => {
    await page.getByLabel('Spend cap in EUR').fill('55,50')
    await page.getByRole('button', { name: 'Set cap' }).click()
    await expect(page.getByText('€55.50')).toBeVisible()
    await look(page, 'billing')
  })

  await test.step('an invoice is saved as PDF', async () => {
    const downloading = page.waitForEvent('download')
    await page
      .getByRole('button', { name: /^Download NB-.* as PDF$/ })
      .first()
      .click()
    const download = await downloading
    expect(
      readFileSync(await download.path())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
  })

  await test.step('the plan is cancelled, and taken up again', async () => {
    await page.getByRole('button', { name: 'Cancel plan' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel plan' }).click()
    await expect(page.getByText(/^Ends .*Until then everything works/)).toBeVisible()
    await page.getByRole('button', { name: 'Resume plan' }).click()
    await expect(page.getByText(/^(Renews|Trial until)/)).toBeVisible()
  })

  await test.step('without the service the last known state stays, and nothing can be changed', async () => {
    await stack.killService()
    await expect(page.getByText(/This is the last known state/)).toBeVisible()
    await expect(page.getByRole('button', { name: 'Change plan' })).toBeDisabled()
    await expect(page.getByRole('heading', { name: 'Pro', exact: true })).toBeVisible()
  })
})
