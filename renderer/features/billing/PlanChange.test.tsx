// Another plan, its price before it is confirmed, what stands in its way; pages of the payment provider that are waited for; cancel, resume, banner.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BillingNotice, ChangePreview, Outcome } from '#contract/capabilities/billing.ts'
import { AppError } from '#contract/errors.ts'
import { makeLine, PERIOD, REELHOUSE } from '#testing/billing-answers.ts'
import { showBilling as show } from '#testing/billing-page.ts'
import { gravest } from './billing-banner.tsx'

const HOSTED: Outcome = { type: 'hosted-page', url: 'https://pay.example/cs_1', session: 'cs_1' }
const UPGRADE: ChangePreview = {
  takesEffect: 'now',
  at: '2026-11-22T12:00:00.000Z',
  lines: [
    makeLine({ description: 'Team for the rest of the period', kind: 'proration', amount: '2640' }),
    makeLine({ description: 'Unused time of Pro', kind: 'proration', amount: '-507' }),
  ],
  dueNow: '2133',
  nextInvoice: '10762',
  currency: 'eur',
  obstacles: [],
}
const NOTICE: BillingNotice = {
  kind: 'quota-forecast',
  severity: 'warning',
  title: 'API requests reach the included 5 M on 26 Nov.',
  message: 'Calls keep working, each further million costs €2.00.',
  metric: 'api-requests',
  projectId: null,
}

const press = async (name: string | RegExp): Promise<void> =>
  userEvent.click(await screen.findByRole('button', { name }))

async function choose(plan: RegExp): Promise<void> {
  await press('Change plan')
  await userEvent.click(await screen.findByRole('radio', { name: plan }))
}

beforeEach(() => {
  vi.spyOn(window, 'open').mockReturnValue(null)
})
afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

describe('another plan', () => {
  it('tells its price line by line before it is confirmed, with a coupon too', async () => {
    const previewChange = vi.fn(async () => UPGRADE)
    const changePlan = vi.fn(async (): Promise<Outcome> => ({ type: 'done' }))
    show({ billing: { previewChange, changePlan } })
    await choose(/^Team/)
    const lines = await screen.findByRole('table', { name: 'Lines of the change' })
    expect(within(lines).getByRole('row', { name: /Unused time of Pro/ }).textContent).toContain('−€5.07')
    expect(screen.getByText('Takes effect now. €21.33 is due now.')).toBeTruthy()
    expect(changePlan).not.toHaveBeenCalled()
    await press('Use a coupon')
    await userEvent.type(screen.getByLabelText('Coupon'), 'WELCOME{Enter}')
    await waitFor(() =>
      expect(previewChange).toHaveBeenLastCalledWith(
        { organisationId: REELHOUSE, plan: 'team', coupon: 'WELCOME' },
        expect.anything(),
      ),
    )
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Change to Team' }).hasAttribute('data-disabled')).toBe(
        false,
      ),
    )
    await press('Change to Team')
    await waitFor(() =>
      expect(changePlan).toHaveBeenCalledWith(
        { organisationId: REELHOUSE, plan: 'team', coupon: 'WELCOME' },
        expect.anything(),
      ),
    )
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it('that does not fit says what stands in its way, and cannot be chosen', async () => {
    const obstacles = ['12 projects, Free has 2']
    show({
      billing: {
        previewChange: async () => ({
          ...UPGRADE,
          takesEffect: 'period-end',
          at: PERIOD.to,
          lines: [],
          dueNow: '0',
          obstacles,
        }),
      },
    })
    await choose(/^Free/)
    expect(await screen.findByText('12 projects, Free has 2')).toBeTruthy()
    expect(screen.getByText('Takes effect 1 Dec 2026. Nothing is charged now.')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Change to Free' }).hasAttribute('data-disabled')).toBe(true)
  })

  it('is neither the one that there is, nor one that is agreed on by hand', async () => {
    show()
    await press('Change plan')
    const dialog = await screen.findByRole('dialog')
    expect((await within(dialog).findByRole<HTMLInputElement>('radio', { name: /^Pro/ })).disabled).toBe(true)
    expect(within(dialog).getByRole<HTMLInputElement>('radio', { name: /^Enterprise/ }).disabled).toBe(true)
  })
})

describe('a page of the payment provider', () => {
  const paid = (states: ('open' | 'complete' | 'expired')[]) =>
    vi.fn(async () => ({ state: states.shift() ?? 'open' }))

  it('is opened in the browser and waited for; what it changed is read again', async () => {
    const checkReturn = paid(['open', 'complete'])
    const page = show({
      billing: { previewChange: async () => UPGRADE, changePlan: async () => HOSTED, checkReturn },
    })
    await choose(/^Team/)
    await press('Change to Team')
    expect(await screen.findByText(/Waiting until the payment page is completed/)).toBeTruthy()
    expect(window.open).toHaveBeenCalledWith(HOSTED.url, '_blank', 'noopener')
    expect(screen.getByRole<HTMLAnchorElement>('link', { name: 'Open the page' }).href).toBe(HOSTED.url)
    expect(page.shell.layout.values.get()['billing.hosted-page']).toBe(
      JSON.stringify({ organisationId: REELHOUSE, session: 'cs_1', purpose: 'plan' }),
    )
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), { timeout: 10_000 })
    expect(page.shell.notifications.kept.get()[0]?.text).toBe('The plan is changed.')
    expect(page.shell.layout.values.get()['billing.hosted-page']).toBe('')
  })

  it('is waited for after a restart, without its address', async () => {
    const page = show({ billing: { checkReturn: paid(['open']) } })
    await screen.findByText('€19.00')
    page.shell.layout.set(
      'billing.hosted-page',
      JSON.stringify({ organisationId: REELHOUSE, session: 'cs_2', purpose: 'card' }),
    )
    expect(await screen.findByText(/opened before this app was started again/)).toBeTruthy()
    expect(screen.queryByRole('link')).toBeNull()
    await press('Stop waiting')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(page.shell.layout.values.get()['billing.hosted-page']).toBe('')
  })

  it.each([
    ['expired', paid(['expired'])],
    [
      'forgotten',
      vi.fn(async () => {
        throw new AppError('NOT_FOUND', 'There is no such session.')
      }),
    ],
  ])('that has %s says that nothing was charged', async (_word, checkReturn) => {
    show({ billing: { addPaymentMethod: async () => HOSTED, checkReturn } })
    await press('Change card')
    expect(await screen.findByText(/Nothing was charged and nothing was changed/)).toBeTruthy()
    await userEvent.click(
      within(screen.getByRole('dialog')).getAllByRole('button', { name: 'Close' })[1] ?? document.body,
    )
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it('of a person’s own doing is not asked about', async () => {
    const checkReturn = paid([])
    show({ billing: { openPortal: async () => HOSTED, checkReturn } })
    await press('More of payment')
    await userEvent.click(await screen.findByRole('menuitem', { name: /payment provider/ }))
    expect(await screen.findByText(/Come back when you are done/)).toBeTruthy()
    await press('Done')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(checkReturn).not.toHaveBeenCalled()
  })
})

describe('the end of a plan', () => {
  it('is asked for with what happens and when', async () => {
    const cancel = vi.fn(async () => undefined)
    show({ billing: { cancel } })
    await press('Cancel plan')
    const dialog = await screen.findByRole('alertdialog')
    expect(dialog.textContent).toContain('Pro ends 1 Dec 2026')
    expect(dialog.textContent).toContain('Data and backups stay for at least 30 days')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel plan' }))
    await waitFor(() => expect(cancel).toHaveBeenCalledOnce())
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
  })

  it('is taken back while it has not come', async () => {
    const resume = vi.fn(async () => undefined)
    show({ overview: { cancelsAt: PERIOD.to }, billing: { resume } })
    expect(await screen.findByText(/Ends 1 Dec 2026/)).toBeTruthy()
    await press('Resume plan')
    await waitFor(() => expect(resume).toHaveBeenCalledOnce())
  })
})

describe('the banner', () => {
  it('says what happens, leads to the page, and can be put aside', async () => {
    const page = show({ billing: { notices: async () => [NOTICE] } })
    expect(await screen.findByText(NOTICE.title)).toBeTruthy()
    expect(screen.getByText(NOTICE.message)).toBeTruthy()
    await press('See what is used')
    expect(page.shell.navigation.location.get()).toEqual({
      area: 'settings',
      page: `billing:${REELHOUSE}`,
      id: '',
    })
    await press('Put aside')
    await waitFor(() => expect(screen.queryByText(NOTICE.title)).toBeNull())
  })

  it('tells under the bell what is new since', async () => {
    const notices = vi.fn(async (): Promise<BillingNotice[]> => [NOTICE])
    const page = show({ billing: { notices, setRules: async () => undefined } })
    await screen.findByText(NOTICE.title)
    const reached: BillingNotice = { ...NOTICE, kind: 'quota-reached', title: 'The included 5 M are used.' }
    notices.mockResolvedValue([NOTICE, reached])
    await press('Change warnings')
    await press('Save warnings')
    await waitFor(() =>
      expect(page.shell.notifications.kept.get().map((one) => one.text)).toEqual([
        `${reached.title} ${reached.message}`,
      ]),
    )
    expect([...page.shell.commands.all.get().values()].map((one) => one.title)).toContain(
      'Open plan and billing',
    )
  })

  it('shows the gravest first, and what is an error stays', () => {
    const late: BillingNotice = {
      ...NOTICE,
      kind: 'past-due',
      severity: 'error',
      title: 'The card was declined.',
    }
    expect(gravest([NOTICE, late], new Set())).toBe(late)
    expect(gravest([], new Set())).toBeUndefined()
    const all = new Set(
      [NOTICE, late].map((one) => [one.kind, one.metric, one.projectId, one.title].join(' ')),
    )
    expect(gravest([NOTICE, late], all)).toBe(late)
    expect(gravest([NOTICE], all)).toBeUndefined()
  })
})
