import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import { drawInvoice } from './pdf.ts'
import type { StoredInvoice, StoredLine } from './store-invoices.ts'

const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const INVOICE: StoredInvoice = {
  id: '6d5c0f4e-6f4b-4ef4-8b6f-0f6a4a3f2b10',
  organisationId: OrganisationId.parse('2b0c6f0a-57bb-4b43-9d24-64b6f6d3d8a1'),
  number: 'NB-2026-1107',
  kind: 'invoice',
  status: 'paid',
  currency: 'eur',
  providerId: 'in_1',
  issuedAt: period.to,
  period,
  net: 2590n,
  tax: 492n,
  total: 3082n,
  recipient: {
    organisation: 'Reelhouse',
    company: 'Reelhouse GmbH, Łódź',
    line1: 'Hafenstraße 7',
    line2: '',
    city: 'Hamburg',
    postalCode: '20359',
    region: '',
    country: 'DE',
    taxId: { type: 'eu_vat', value: 'DE123456557' },
  },
}
const PLAN: StoredLine = {
  description: 'Pro plan',
  kind: 'plan',
  metric: null,
  quantity: null,
  period,
  amount: 1900n,
  priceVersion: '2026-11-01',
}
const LINES: readonly StoredLine[] = [
  PLAN,
  {
    description: 'Data out over 100 GB',
    kind: 'usage',
    metric: 'egress',
    quantity: 169_000_000_000n,
    period,
    amount: 690n,
    priceVersion: '2026-11-01',
  },
]

/** The text that a PDF of ours draws: hexadecimal strings in its deflated page contents. */
function textOf(pdf: Buffer): string {
  const raw = pdf.toString('latin1')
  const parts: string[] = []
  for (const { index } of raw.matchAll(/stream\n/g)) {
    const start = index + 'stream\n'.length
    try {
      const content = inflateSync(pdf.subarray(start, raw.indexOf('endstream', start))).toString('latin1')
      for (const [, hex] of content.matchAll(/<([0-9a-f]+)>/g))
        parts.push(Buffer.from(hex ?? '', 'hex').toString('latin1'))
    } catch {
      continue // not deflated: no page content
    }
  }
  return parts.join('')
}

test('the same invoice gives the same bytes, another one gives others', async () => {
  const first = await drawInvoice(INVOICE, LINES)
  expect(first.subarray(0, 5).toString()).toBe('%PDF-')
  expect((await drawInvoice(INVOICE, LINES)).equals(first)).toBe(true)
  expect((await drawInvoice({ ...INVOICE, number: 'NB-2026-1108' }, LINES)).equals(first)).toBe(false)
})

test('it says number, recipient, each line with what was used, and the sums', async () => {
  const text = textOf(await drawInvoice(INVOICE, LINES))
  for (const part of [
    'NB-2026-1107',
    'Reelhouse GmbH, ?ódz',
    'Hafenstraße 7',
    'DE123456557',
    'Pro plan',
    'Data out over 100 GB',
    '169 GB used in all',
    '19.00',
    '6.90',
    '4.92',
    '30.82',
  ])
    expect(text).toContain(part)
})

test('many lines go on over pages, with the columns named again', async () => {
  const many = Array.from({ length: 60 }, (_, at) => ({ ...PLAN, description: `Line ${at}.` }))
  const text = textOf(await drawInvoice(INVOICE, many))
  expect(text.split('Description').length - 1).toBeGreaterThan(1)
  expect(text).toContain('Line 59.')
})
