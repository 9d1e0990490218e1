// What is picked of each row: columns, and rows of related tables to any depth, each with filters, order and limit of its own.
import { Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  embedOf,
  pickColumn,
  type Embed,
  type PickedColumn,
  type SelectItem,
} from '#api-client/common/postgrest/form.ts'
import { readSelect } from '#api-client/common/postgrest/read-text.ts'
import type { ApiDescription, ApiRelation, ApiTable } from '#contract/requests/api-description.ts'
import { IconButton } from '../../components/button.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { ConditionList } from './condition-list.tsx'
import { JsonPathField } from './json-path-field.tsx'
import { removeAt, replaceAt } from './list-edit.ts'
import { OrderList } from './order-list.tsx'

export interface SelectTreeProps {
  readonly description: ApiDescription
  readonly table: ApiTable
  readonly select: readonly SelectItem[]
  readonly onChange: (select: readonly SelectItem[]) => void
}

/** Without anything picked all columns are answered. */
export function SelectTree({ description, table, select, onChange }: SelectTreeProps): ReactNode {
  const change =
    (index: number) =>
    (item: SelectItem): void =>
      onChange(replaceAt(select, index, item))
  const remove = (index: number) => (): void => onChange(removeAt(select, index))
  const picked = new Set(select.flatMap((item) => (item.kind === 'column' ? [item.field.name] : [])))
  const toggle = (name: string, isSelected: boolean): void =>
    onChange(
      isSelected
        ? [...select, pickColumn(name)]
        : select.filter((item) => item.kind === 'embed' || item.field.name !== name),
    )
  return (
    <div role="group" aria-label={`Columns of ${table.name}`} className="flex flex-col gap-8">
      <div className="flex flex-wrap gap-x-14 gap-y-6">
        {[{ name: '*' }, ...table.columns].map(({ name }) => (
          <Checkbox
            key={name}
            label={<span className="font-mono text-data">{name === '*' ? '* (all)' : name}</span>}
            isSelected={picked.has(name)}
            onChange={(isSelected) => toggle(name, isSelected)}
          />
        ))}
      </div>
      {select.map((item, index) =>
        item.kind === 'column' ? (
          item.field.name === '*' ? null : (
            <ColumnRow
              key={index}
              table={table}
              column={item}
              onChange={change(index)}
              onRemove={remove(index)}
            />
          )
        ) : (
          <EmbedRow
            key={index}
            description={description}
            table={table}
            embed={item}
            onChange={change(index)}
            onRemove={remove(index)}
          />
        ),
      )}
      {table.relations.length === 0 ? null : (
        <div className="w-240">
          <Select
            label="Embed a relation"
            isLabelHidden
            options={[
              { id: '', label: 'Embed related rows…' },
              ...table.relations.map(({ name, cardinality }) => ({
                id: name,
                label: name,
                detail: cardinality === 'one' ? 'one row' : 'many rows',
              })),
            ]}
            value=""
            onChange={(name) => {
              const relation = table.relations.find((one) => one.name === name)
              if (relation === undefined) return
              const own = select.length === 0 ? [pickColumn('*')] : []
              onChange([...select, ...own, newEmbed(relation, select)])
            }}
          />
        </div>
      )}
    </div>
  )
}

/** Its name and hint as the relation has them; another name where there is one of it already. */
function newEmbed({ name }: ApiRelation, select: readonly SelectItem[]): Embed {
  const [read] = readSelect(`${name}(*)`) ?? []
  const embed = read?.kind === 'embed' ? read : embedOf(name, { select: [pickColumn('*')] })
  const same = select.filter((item) => item.kind === 'embed' && item.target === embed.target).length
  return same === 0 ? embed : { ...embed, alias: `${embed.target}_${String(same + 1)}` }
}

function ColumnRow(props: {
  readonly table: ApiTable
  readonly column: PickedColumn
  readonly onChange: (column: PickedColumn) => void
  readonly onRemove: () => void
}): ReactNode {
  const { column, onChange } = props
  const known = props.table.columns.find(({ name }) => name === column.field.name)
  return (
    <div className="flex flex-wrap items-center gap-6">
      <code className="min-w-110 font-mono text-data">
        {column.field.name === '' ? 'count()' : column.field.name}
      </code>
      <JsonPathField
        column={known}
        field={column.field}
        onChange={(field) => onChange({ ...column, field })}
      />
      <div className="w-120">
        <TextField
          label={`Alias of ${column.field.name}`}
          isLabelHidden
          placeholder="alias"
          value={column.alias}
          onChange={(alias) => onChange({ ...column, alias })}
        />
      </div>
      <div className="w-120">
        <TextField
          label={`Cast of ${column.field.name}`}
          isLabelHidden
          isMono
          placeholder="cast"
          value={column.cast}
          onChange={(cast) => onChange({ ...column, cast })}
        />
      </div>
      <Select
        label={`Aggregate of ${column.field.name}`}
        isLabelHidden
        options={[
          { id: '', label: 'each value' },
          { id: 'count', label: 'count' },
          { id: 'sum', label: 'sum' },
          { id: 'avg', label: 'average' },
          { id: 'max', label: 'largest' },
          { id: 'min', label: 'smallest' },
        ]}
        value={column.aggregate}
        onChange={(aggregate) => onChange({ ...column, aggregate })}
      />
      <IconButton
        size="small"
        icon={Trash2}
        label={`Leave out ${column.field.name}`}
        onPress={props.onRemove}
      />
    </div>
  )
}

function EmbedRow(props: {
  readonly description: ApiDescription
  readonly table: ApiTable
  readonly embed: Embed
  readonly onChange: (embed: Embed) => void
  readonly onRemove: () => void
}): ReactNode {
  const { description, table, embed, onChange } = props
  const full = embed.hint === '' ? embed.target : `${embed.target}!${embed.hint}`
  const relation = table.relations.find((one) => one.name === full || one.target === embed.target)
  const target = description.tables.find(
    ({ name, schema }) => name === relation?.target && schema === table.schema,
  )
  const change = (fields: Partial<Embed>): void => onChange({ ...embed, ...fields })
  return (
    <div
      role="group"
      aria-label={`Embed ${full}`}
      className="flex flex-col gap-8 border-l-2 border-accent pl-10"
    >
      <div className="flex flex-wrap items-center gap-6">
        <code className="font-mono text-data font-semibold">{full}</code>
        <Select
          label="Join"
          isLabelHidden
          options={[
            { id: '', label: 'where there are any' },
            { id: 'left', label: 'left', detail: 'all rows' },
            { id: 'inner', label: 'inner', detail: 'only rows that have some' },
          ]}
          value={embed.join}
          onChange={(join) => change({ join })}
        />
        <Checkbox
          label="spread"
          isSelected={embed.isSpread}
          onChange={(isSpread) => change({ isSpread, alias: '' })}
        />
        {embed.isSpread ? null : (
          <div className="w-120">
            <TextField
              label={`Alias of ${full}`}
              isLabelHidden
              placeholder="alias"
              value={embed.alias}
              onChange={(alias) => change({ alias })}
            />
          </div>
        )}
        <span className="flex-1" />
        <IconButton size="small" icon={Trash2} label={`Leave out ${full}`} onPress={props.onRemove} />
      </div>
      {target === undefined ? null : (
        <>
          <SelectTree
            description={description}
            table={target}
            select={embed.select}
            onChange={(select) => change({ select })}
          />
          <ConditionList
            label={`Filters of ${full}`}
            columns={target.columns}
            conditions={embed.where}
            onChange={(where) => change({ where })}
          />
          {relation?.cardinality === 'one' ? null : (
            <>
              <OrderList
                columns={target.columns}
                order={embed.order}
                onChange={(order) => change({ order })}
              />
              <div className="flex gap-8">
                <div className="w-90">
                  <TextField label="Limit" value={embed.limit} onChange={(limit) => change({ limit })} />
                </div>
                <div className="w-90">
                  <TextField label="Offset" value={embed.offset} onChange={(offset) => change({ offset })} />
                </div>
              </div>
            </>
          )}
        </>
      )}
    </div>
  )
}
