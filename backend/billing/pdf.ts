// The invoice as a PDF: our own layout, on as many A4 pages as it needs. The same invoice always gives the same bytes; nothing is read from clock or machine.
import PDFDocument from 'pdfkit'
import { METRICS } from '#contract/billing/metrics.ts'
import { formatDay } from './rate-plan.ts'
import { formatMoney } from './rate-words.ts'
import type { StoredInvoice, StoredLine } from './store-invoices.ts'

/** Points. */
const MARGIN = 56
const WIDTH = 595.28 - 2 * MARGIN
const BOTTOM = 841.89 - MARGIN
const COLUMNS = { description: 0, period: 270, amount: 400 } as const
const GREY = '#5b5f6b'
const RULE = '#d7d9df'

const TITLES: Readonly<Record<StoredInvoice['kind'], string>> = {
  invoice: 'Invoice',
  'credit-note': 'Credit note',
}

/** Draws it. Amounts are in the invoice's currency; quantities explain usage, in display units. */
export async function drawInvoice(invoice: StoredInvoice, lines: readonly StoredLine[]): Promise<Buffer> {
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    info: {
      Title: `${TITLES[invoice.kind]} ${invoice.number}`,
      Author: 'NebulaDB',
      Creator: 'NebulaDB',
      Producer: 'NebulaDB',
      CreationDate: invoice.issuedAt,
      ModDate: invoice.issuedAt,
    },
  })
  const chunks: Buffer[] = []
  const done = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk))
    document.on('end', resolve)
    document.on('error', reject)
  })
  drawHead(document, invoice)
  drawLines(document, invoice, lines)
  drawSum(document, invoice)
  document.end()
  await done
  return Buffer.concat(chunks)
}

type Document = InstanceType<typeof PDFDocument>

function drawHead(document: Document, invoice: StoredInvoice): void {
  const top = document.y
  bold(document, 18).text(TITLES[invoice.kind], MARGIN, top)
  bold(document, 12).text('NebulaDB', MARGIN, top + 3, { width: WIDTH, align: 'right' })
  const facts = [
    ['Number', invoice.number],
    ['Date', formatDay(invoice.issuedAt)],
    ['Period', formatPeriod(invoice)],
  ]
  let y = top + 44
  for (const [name, value] of facts) {
    regular(document, 9)
      .fillColor(GREY)
      .text(name ?? '', MARGIN + 270, y)
    regular(document, 9).text(printable(value ?? ''), MARGIN + 330, y)
    y += 14
  }
  const { recipient } = invoice
  const address = [
    recipient.company === '' ? recipient.organisation : recipient.company,
    recipient.line1,
    recipient.line2,
    [recipient.postalCode, recipient.city].filter((part) => part !== '').join(' '),
    [recipient.region, recipient.country].filter((part) => part !== '').join(', '),
    recipient.taxId === null ? '' : `Tax id ${recipient.taxId.value}`,
  ].filter((part) => part !== '')
  regular(document, 10).text(address.map(printable).join('\n'), MARGIN, top + 44, { width: 250 })
  document.y = Math.max(document.y, y) + 28
}

function drawLines(document: Document, invoice: StoredInvoice, lines: readonly StoredLine[]): void {
  drawColumns(document)
  for (const line of lines) {
    const text = printable(line.description)
    const quantity = describeQuantity(line)
    const options = { width: COLUMNS.period - 12 }
    regular(document, 10)
    const height = document.heightOfString(text, options) + (quantity === '' ? 0 : 13) + 10
    if (document.y + height > BOTTOM - 80) {
      document.addPage()
      drawColumns(document)
    }
    const y = document.y + 5
    regular(document, 10).text(text, MARGIN, y, options)
    if (quantity !== '')
      regular(document, 8)
        .fillColor(GREY)
        .text(quantity, MARGIN, document.y + 1, options)
    const below = document.y
    regular(document, 9)
      .fillColor(GREY)
      .text(formatPeriod(line), MARGIN + COLUMNS.period, y, { width: 130 })
    money(document, formatMoney(line.amount, invoice.currency), y)
    document.y = Math.max(below, document.y) + 5
    rule(document)
  }
}

function drawColumns(document: Document): void {
  const y = document.y
  for (const [name, x] of [
    ['Description', COLUMNS.description],
    ['Period', COLUMNS.period],
  ] as const)
    bold(document, 9).text(name, MARGIN + x, y)
  bold(document, 9).text('Amount', MARGIN + COLUMNS.amount, y, {
    width: WIDTH - COLUMNS.amount,
    align: 'right',
  })
  document.y = y + 16
  rule(document)
}

function drawSum(document: Document, invoice: StoredInvoice): void {
  document.y += 10
  for (const [name, amount] of [
    ['Net', invoice.net],
    ['Tax', invoice.tax],
    ['Total', invoice.total],
  ] as const) {
    const y = document.y
    const font = name === 'Total' ? bold : regular
    font(document, 10).text(name, MARGIN + COLUMNS.period, y)
    money(document, formatMoney(amount, invoice.currency), y, font)
    document.y = y + 16
  }
}

type Font = (document: Document, size: number) => Document
const regular: Font = (document, size) => document.font('Helvetica').fontSize(size).fillColor('#16181d')
const bold: Font = (document, size) => document.font('Helvetica-Bold').fontSize(size).fillColor('#16181d')

function money(document: Document, text: string, y: number, font: Font = regular): void {
  font(document, 10).text(printable(text), MARGIN + COLUMNS.amount, y, {
    width: WIDTH - COLUMNS.amount,
    align: 'right',
  })
}

function rule(document: Document): void {
  document
    .moveTo(MARGIN, document.y)
    .lineTo(MARGIN + WIDTH, document.y)
    .lineWidth(0.5)
    .strokeColor(RULE)
    .stroke()
}

function formatPeriod({ period }: Pick<StoredInvoice, 'period'>): string {
  return `${formatDay(period.from)} – ${formatDay(period.to)}`
}

/** All that was used, the quota too: `169.2 GB used`. Levels are told as what they were on average. */
function describeQuantity({ metric, quantity, period }: StoredLine): string {
  if (metric === null || quantity === null) return ''
  const { aggregation, basePerDisplay, displayUnit } = METRICS[metric]
  const seconds = BigInt(Math.round((period.to.getTime() - period.from.getTime()) / 1000))
  const size = aggregation === 'average' ? basePerDisplay * seconds : basePerDisplay
  if (size <= 0n) return ''
  const thousandths = (quantity * 1_000n) / size
  const rest = String(thousandths % 1_000n)
    .padStart(3, '0')
    .replace(/0+$/, '')
  const unit = basePerDisplay === 1n ? '' : ` ${displayUnit}${displayUnit === 'GB' ? '' : 's'}`
  return `${String(thousandths / 1_000n)}${rest === '' ? '' : `.${rest}`}${unit} used in all`
}

/** What the standard fonts can write (Windows-1252); letters without marks where they cannot, else a question mark. */
function printable(text: string): string {
  const known = /[^\n\x20-\x7e\xa0-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu
  return text.replaceAll('−', '–').replace(known, (letter) => {
    const [base = '?'] = letter.normalize('NFKD')
    return /[\x20-\x7e]/.test(base) ? base : '?'
  })
}
