// The order of rows: columns, each with its direction and where nulls go.
import { Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { orderBy, type OrderTerm } from '#api-client/common/postgrest/form.ts'
import type { ApiColumn } from '#contract/requests/api-description.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Select } from '../../components/select.tsx'
import { removeAt, replaceAt } from './list-edit.ts'

export interface OrderListProps {
  readonly columns: readonly ApiColumn[]
  readonly order: readonly OrderTerm[]
  readonly onChange: (order: readonly OrderTerm[]) => void
}

/** The list, the first counts first. */
export function OrderList({ columns, order, onChange }: OrderListProps): ReactNode {
  const [first] = columns
  return (
    <div role="group" aria-label="Order" className="flex flex-col gap-6">
      {order.map((term, index) => {
        const change = (fields: Partial<OrderTerm>): void =>
          onChange(replaceAt(order, index, { ...term, ...fields }))
        const { name } = term.field
        const names = [...new Set([name, ...columns.map((one) => one.name)])]
        return (
          <div key={index} className="flex flex-wrap items-center gap-6">
            {term.relation === '' ? null : <code className="font-mono text-data">{term.relation}</code>}
            <Select
              label="Order by"
              isLabelHidden
              options={names.map((id) => ({ id, label: id }))}
              value={name}
              onChange={(next) => change({ field: { name: next, path: [] } })}
            />
            <Select
              label="Direction"
              isLabelHidden
              options={[
                { id: '', label: 'ascending' },
                { id: 'asc', label: 'ascending', detail: 'asc' },
                { id: 'desc', label: 'descending', detail: 'desc' },
              ]}
              value={term.direction}
              onChange={(direction) => change({ direction })}
            />
            <Select
              label="Nulls"
              isLabelHidden
              options={[
                { id: '', label: 'nulls as usual' },
                { id: 'nullsfirst', label: 'nulls first' },
                { id: 'nullslast', label: 'nulls last' },
              ]}
              value={term.nulls}
              onChange={(nulls) => change({ nulls })}
            />
            <IconButton
              size="small"
              icon={Trash2}
              label="Remove from the order"
              onPress={() => onChange(removeAt(order, index))}
            />
          </div>
        )
      })}
      {first === undefined ? null : (
        <div>
          <Button size="compact" onPress={() => onChange([...order, orderBy(first.name)])}>
            Add to the order
          </Button>
        </div>
      )}
    </div>
  )
}
