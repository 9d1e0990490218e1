// Lines of an invoice or of a preview: what, how much of it, for how much.
import type { ReactNode } from 'react'
import type { Currency } from '#contract/billing/money.ts'
import type { InvoiceLine } from '#contract/capabilities/billing.ts'
import { formatMoney } from './money.ts'
import { formatQuantity, periodSeconds } from './quantity.ts'

export interface LinesTableProps {
  readonly label: string
  readonly lines: readonly InvoiceLine[]
  readonly currency: Currency
}

/** A table of lines without their sum. */
export function LinesTable({ label, lines, currency }: LinesTableProps): ReactNode {
  return (
    <table aria-label={label} className="w-full border-collapse text-small tabular-nums">
      <tbody>
        {lines.map((line, index) => (
          <tr key={`${line.description} ${index}`} className="h-28 border-b border-line-1">
            <th scope="row" className="text-left font-normal">
              {line.description}
            </th>
            <td className="px-12 text-right whitespace-nowrap text-3">
              {line.metric === null || line.quantity === null
                ? ''
                : formatQuantity(line.metric, line.quantity, periodSeconds(line.period))}
            </td>
            <td className="text-right whitespace-nowrap">{formatMoney(line.amount, currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
