// “Plan and billing” as a person uses it: what is shown to whom, the cap, the plan with its price before anything is confirmed, hosted pages, and offline.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '#contract/errors.ts'
import {
  DETAILS,
  makeInvoice,
  makeLine,
  makeOverview,
  makeUsage,
  PLANS,
  REELHOUSE,
  REELS,
} from '#testing/billing-answers.ts'
import { showBilling as show } from '#testing/billing-page.ts'

const press = async (name: string | RegExp): Promise<void> =>
  userEvent.click(await screen.findByRole('button', { name }))

beforeEach(() => {
  vi.spyOn(window, 'open').mockReturnValue(null)
})
afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

describe('the page', () => {
  it('shows plan, next invoice, cap, usage, payment and invoices', async () => {
    const page = show()
    expect(await screen.findByText('€19.00')).toBeTruthy()
    expect(screen.getByText(/Renews 1 Dec 2026/)).toBeTruthy()
    const lines = screen.getByRole('table', { name: 'Lines of the next invoice' })
    expect(within(lines).getByRole('row', { name: /Data out over 100 GB/ }).textContent).toContain('2.406.90')
    const usage = await screen.findByRole('table', { name: 'Usage by metric' })
    const requests = within(usage).getByRole('row', { name: /^API requests/ })
    expect(requests.textContent).toContain('Over on 26 Nov, forecast 5.86 M')
    expect(requests.textContent).toContain('€1.72')
    expect(await screen.findByText('Visa ending 7719')).toBeTruthy()
    expect(screen.getByText('DE ••• ••• 557')).toBeTruthy()
    const invoice = await screen.findByRole('row', { name: /NB-2026-1107/ })
    expect(invoice.textContent).toContain('€24.16')
    expect(page.bugs).toEqual([])
  })

  it('shows members who do not manage billing the usage without money, and who does', async () => {
    const overview = vi.fn(async () => makeOverview())
    show({ organisation: { role: 'developer', managesBilling: false }, billing: { overview } })
    expect(await screen.findByRole('row', { name: /^API requests/ })).toBeTruthy()
    expect(await screen.findByText(/: Jonas Weber\. Usage is for every member/)).toBeTruthy()
    expect(document.body.textContent).not.toContain('€')
    expect(screen.queryByRole('button', { name: 'Change plan' })).toBeNull()
    expect(overview).not.toHaveBeenCalled()
  })

  it('sells nothing where the service is somebody’s own', async () => {
    show({ overview: { mode: 'self-hosted', status: 'none' } })
    expect(await screen.findByText(/the operator sets the limits/)).toBeTruthy()
    expect(await screen.findByRole('row', { name: /^API requests/ })).toBeTruthy()
    expect(screen.queryByText('Invoices')).toBeNull()
    expect(screen.queryByRole('button', { name: 'Change plan' })).toBeNull()
  })

  it('offline is the last known state with its age, and nothing can be changed', async () => {
    show({ isOffline: true })
    expect(await screen.findByText(/last known state/)).toBeTruthy()
    expect(await screen.findByText('€19.00')).toBeTruthy()
    for (const name of ['Change plan', 'Cancel plan', 'Change card', 'Export'])
      expect((await screen.findByRole('button', { name })).hasAttribute('data-disabled')).toBe(true)
    expect(screen.getByRole<HTMLInputElement>('switch', { name: 'Spend cap' }).disabled).toBe(true)
  })

  it('that cannot be read says why, and is read again', async () => {
    const overview = vi.fn(async () => makeOverview())
    overview.mockRejectedValueOnce(new AppError('INTERNAL', 'Something broke.'))
    show({ billing: { overview } })
    expect((await screen.findByRole('alert')).textContent).toContain('Something broke.')
    await press('Try again')
    expect(await screen.findByText('€19.00')).toBeTruthy()
  })
})

describe('usage', () => {
  it('of what needs somebody comes first, and what nobody uses is shown when asked for', async () => {
    const unused = { used: '0', forecast: '0', overAt: null, cost: '0', costForecast: '0', peakAt: null }
    const summary = makeUsage()
    show({
      usage: {
        summary: async () => ({
          ...summary,
          metrics: [
            { metric: 'backup-storage' as const, included: null, ...unused },
            { metric: 'compute' as const, included: '5', ...unused },
            ...summary.metrics
              .filter(({ metric }) => metric === 'egress' || metric === 'api-requests')
              .reverse(),
          ],
        }),
      },
    })
    const table = await screen.findByRole('table', { name: 'Usage by metric' })
    const titles = (): (string | null)[] =>
      within(table)
        .getAllByRole('rowheader')
        .map((cell) => cell.textContent)
    expect(titles()).toEqual(['API requests', 'Data out', 'Compute'])
    await press('1 more, not used')
    expect(titles()).toContain('Backups')
  })

  it('is shown by project, each with its cap', async () => {
    const setSpendCap = vi.fn(async () => undefined)
    show({ billing: { setSpendCap } })
    await userEvent.click(await screen.findByRole('radio', { name: 'Projects' }))
    expect((await screen.findByRole('row', { name: /archive/ })).textContent).toContain('Deleted')
    await press('Set cap: spend cap of reelhouse')
    await userEvent.type(await screen.findByLabelText('Cap per month in EUR'), '12,5')
    await press('Set cap')
    await waitFor(() =>
      expect(setSpendCap).toHaveBeenCalledWith(
        { organisationId: REELHOUSE, projectId: REELS, amount: '1250' },
        expect.anything(),
      ),
    )
  })

  it('is shown by day, the numbers as a table too', async () => {
    show({ usage: { series: async () => [{ at: '2026-11-02T00:00:00.000Z', quantity: '4300000' }] } })
    await userEvent.click(await screen.findByRole('radio', { name: 'Days' }))
    const table = await screen.findByRole('table', { name: 'API requests of each day' })
    expect(within(table).getByRole('row', { name: '2 Nov 4.30 M' })).toBeTruthy()
    expect(within(table).getAllByRole('row')).toHaveLength(22)
  })

  it('is saved as a file', async () => {
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined)
    const exported = vi.fn(async () => ({ text: 'day,project,metric,quantity\n' }))
    show({ usage: { export: exported } })
    await press('Export')
    await userEvent.click(await screen.findByRole('radio', { name: 'JSON' }))
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Export' }))
    await waitFor(() => expect(clicked).toHaveBeenCalledOnce())
    expect(exported).toHaveBeenCalledWith(
      {
        organisationId: REELHOUSE,
        from: '2026-11-01T00:00:00.000Z',
        to: '2026-12-01T00:00:00.000Z',
        format: 'json',
      },
      expect.anything(),
    )
  })
})

describe('the spend cap', () => {
  it('is set to what was typed, exactly', async () => {
    const setSpendCap = vi.fn(async () => undefined)
    show({ billing: { setSpendCap } })
    const field = await screen.findByLabelText('Spend cap in EUR')
    await userEvent.clear(field)
    await userEvent.type(field, 'much')
    await press('Set cap')
    expect(await screen.findByText(/Give an amount such as 40\.00/)).toBeTruthy()
    await userEvent.clear(field)
    await userEvent.type(field, '20')
    expect(screen.getByText(/€21\.40 is spent already: at this cap projects stop at once/)).toBeTruthy()
    await press('Set cap')
    await waitFor(() =>
      expect(setSpendCap).toHaveBeenCalledWith(
        { organisationId: REELHOUSE, projectId: null, amount: '2000' },
        expect.anything(),
      ),
    )
  })

  it('is turned off only after a question', async () => {
    const setSpendCap = vi.fn(async () => undefined)
    show({ billing: { setSpendCap } })
    await userEvent.click(await screen.findByRole('switch', { name: 'Spend cap' }))
    expect(setSpendCap).not.toHaveBeenCalled()
    await press('Turn cap off')
    await waitFor(() =>
      expect(setSpendCap).toHaveBeenCalledWith(
        { organisationId: REELHOUSE, projectId: null, amount: null },
        expect.anything(),
      ),
    )
  })

  it('is not there where nothing is charged', async () => {
    show({
      overview: {
        plan: PLANS.free,
        status: 'none',
        spendCap: { amount: null, spent: '0', forecast: '0', reachedAt: null },
      },
    })
    expect(await screen.findByText(/Free stops at its quotas: nothing is ever charged/)).toBeTruthy()
    expect(screen.queryByRole('switch')).toBeNull()
    expect(screen.getByRole('button', { name: 'Choose a plan' })).toBeTruthy()
  })

  it('is shown and set in a trial as later', async () => {
    const setSpendCap = vi.fn(async () => undefined)
    show({
      overview: {
        status: 'trialing',
        trialEndsAt: '2026-11-30T00:00:00.000Z',
        spendCap: { amount: '4000', spent: '0', forecast: '0', reachedAt: null },
      },
      billing: { setSpendCap },
    })
    const field = await screen.findByLabelText('Spend cap in EUR')
    await userEvent.clear(field)
    await userEvent.type(field, '25')
    await press('Set cap')
    await waitFor(() =>
      expect(setSpendCap).toHaveBeenCalledWith(
        { organisationId: REELHOUSE, projectId: null, amount: '2500' },
        expect.anything(),
      ),
    )
  })

  it('has warnings that can be changed', async () => {
    const setRules = vi.fn(async () => undefined)
    show({ billing: { setRules } })
    await press('Change warnings')
    await userEvent.click(await screen.findByRole('checkbox', { name: '90 %' }))
    await userEvent.click(screen.getByRole('checkbox', { name: 'Warn when the forecast goes over' }))
    await press('Save warnings')
    await waitFor(() =>
      expect(setRules).toHaveBeenCalledWith(
        {
          organisationId: REELHOUSE,
          rules: { thresholds: [50, 80, 90, 100], onForecast: false, byMail: true },
        },
        expect.anything(),
      ),
    )
  })
})

describe('payment and invoices', () => {
  it('change details after they were checked', async () => {
    const setDetails = vi.fn(async () => DETAILS)
    show({ billing: { setDetails } })
    await press('Edit details')
    const contacts = await screen.findByLabelText('Mail invoices and warnings to')
    await userEvent.clear(contacts)
    await userEvent.type(contacts, 'nobody')
    await press('Save details')
    expect(await screen.findByText('One of these is no e-mail address.')).toBeTruthy()
    await userEvent.clear(contacts)
    await userEvent.type(contacts, 'books@reelhouse.example')
    await press('Save details')
    await waitFor(() =>
      expect(setDetails).toHaveBeenCalledWith(
        {
          organisationId: REELHOUSE,
          details: { ...DETAILS, contacts: ['books@reelhouse.example'] },
        },
        expect.anything(),
      ),
    )
  })

  it('remove a payment method after a question, and say why it may not be', async () => {
    show({
      billing: {
        removePaymentMethod: async () => {
          throw new AppError('CONFLICT', 'The plan is paid with it.')
        },
      },
    })
    await press('Actions of Visa ending 7719')
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
    await press('Remove payment method')
    expect(await screen.findByText('The plan is paid with it.')).toBeTruthy()
  })

  it('show an invoice’s lines, mail it and save its PDF', async () => {
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined)
    const mailInvoice = vi.fn(async () => undefined)
    const page = show({
      billing: {
        mailInvoice,
        invoice: async () => ({
          ...makeInvoice(),
          lines: [makeLine({}), makeLine({ description: 'Credit', kind: 'credit', amount: '-130' })],
        }),
        invoicePdf: async () => ({ fileName: 'NB-2026-1107.pdf', base64: btoa('%PDF') }),
      },
    })
    await press('NB-2026-1107')
    const dialog = await screen.findByRole('dialog')
    expect((await within(dialog).findByRole('row', { name: /Credit/ })).textContent).toContain('−€1.30')
    await press('Mail to contacts')
    await waitFor(() => expect(mailInvoice).toHaveBeenCalledOnce())
    await press('Download PDF')
    await waitFor(() => expect(clicked).toHaveBeenCalledOnce())
    expect(page.bugs).toEqual([])
  })

  it('that failed is paid from its row, from the plan and from the banner', async () => {
    const failed = makeInvoice({ status: 'failed' })
    const payInvoice = vi.fn(async () => ({ type: 'done' as const }))
    const page = show({
      overview: { status: 'past-due' },
      billing: {
        payInvoice,
        invoices: async () => [failed],
        notices: async () => [
          {
            kind: 'past-due',
            severity: 'warning',
            title: 'A payment failed.',
            message: 'Everything goes on for now.',
            metric: null,
            projectId: null,
          },
        ],
      },
    })
    await waitFor(() =>
      expect(screen.getAllByRole('button', { name: 'Pay NB-2026-1107 now' })).toHaveLength(2),
    )
    for (const button of [
      ...screen.getAllByRole('button', { name: 'Pay NB-2026-1107 now' }),
      await screen.findByRole('button', { name: 'Pay now' }),
    ])
      await userEvent.click(button)
    await waitFor(() => expect(payInvoice).toHaveBeenCalledTimes(3))
    expect(payInvoice).toHaveBeenCalledWith({ organisationId: REELHOUSE, id: failed.id }, expect.anything())
    expect(page.bugs).toEqual([])
  })

  it('whose card does not pay is paid on its page, which is waited for', async () => {
    const open = vi.spyOn(window, 'open').mockReturnValue(null)
    const checkReturn = vi.fn(async () => ({ state: 'complete' as const }))
    const page = show({
      billing: {
        invoices: async () => [makeInvoice({ status: 'open' }), makeInvoice({ status: 'void', id: REELS })],
        payInvoice: async () => ({
          type: 'hosted-page',
          url: 'https://pay.example/invoice/1',
          session: 'invoice:1',
        }),
        checkReturn,
      },
    })
    await press('Pay NB-2026-1107 now')
    await waitFor(() => expect(checkReturn).toHaveBeenCalled())
    expect(open).toHaveBeenCalledWith('https://pay.example/invoice/1', '_blank', 'noopener')
    await waitFor(() => expect(page.shell.notifications.kept.get()[0]?.text).toBe('The invoice is paid.'))
  })

  it('save all PDFs as one file', async () => {
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined)
    const made = vi.spyOn(URL, 'createObjectURL')
    const second = makeInvoice({ id: '0194d1f0-0000-4000-8000-0000000000c2', number: 'NB-2026-1007' })
    const invoicePdf = vi.fn(async ({ id }: { id: string }) => ({
      fileName: `${id}.pdf`,
      base64: btoa('%PDF'),
    }))
    show({ billing: { invoices: async () => [makeInvoice(), second], invoicePdf } })
    await press('All as ZIP')
    await waitFor(() => expect(clicked).toHaveBeenCalledOnce())
    expect(invoicePdf).toHaveBeenCalledTimes(2)
    const [blob] = made.mock.calls[0] ?? []
    expect(blob instanceof Blob ? [blob.type, blob.size] : undefined).toEqual([
      'application/zip',
      2 * (30 + 40 + 4 + 46 + 40) + 22,
    ])
  })
})
