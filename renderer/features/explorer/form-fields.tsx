// The parts of an endpoint's form: what is read, what is written, what is called with, and how it is preferred.
import type { ReactNode } from 'react'
import type { AnswerFormat, EndpointForm } from '#api-client/common/postgrest/form.ts'
import { familyOf } from '#api-client/common/postgrest/types.ts'
import type { ApiDescription, ApiTable } from '#contract/requests/api-description.ts'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { ConditionList } from './condition-list.tsx'
import { OrderList } from './order-list.tsx'
import { Part } from './part.tsx'
import { SelectTree } from './select-tree.tsx'

export interface FieldsProps {
  readonly form: EndpointForm
  readonly onChange: (fields: Partial<EndpointForm>) => void
}

/** What is picked, filtered, ordered and paged. A write answers what it wrote, so it picks as well. */
export function ReadFields(
  props: FieldsProps & { readonly description: ApiDescription; readonly table: ApiTable },
): ReactNode {
  const { description, table, form, onChange } = props
  const isRead = form.action === 'read'
  const isFiltered = form.action !== 'insert' && form.action !== 'upsert'
  const isAnswered = isRead || form.prefer.return === 'representation'
  return (
    <>
      {isFiltered ? (
        <Part title="Filters">
          <ConditionList
            label="Filters"
            columns={table.columns}
            conditions={form.where}
            onChange={(where) => onChange({ where })}
          />
        </Part>
      ) : null}
      {isAnswered ? (
        <Part title="Columns and relations">
          <SelectTree
            description={description}
            table={table}
            select={form.select}
            onChange={(select) => onChange({ select })}
          />
        </Part>
      ) : null}
      {isRead ? (
        <>
          <Part title="Order">
            <OrderList columns={table.columns} order={form.order} onChange={(order) => onChange({ order })} />
          </Part>
          <Part title="Rows">
            <Paging form={form} onChange={onChange} />
          </Part>
        </>
      ) : null}
      <Part title="Answer">
        <Answer
          form={form}
          onChange={onChange}
          hasGeometry={table.columns.some(({ type }) => /geometry|geography/.test(type))}
          hasBytes={table.columns.some((column) => familyOf(column) === 'binary')}
        />
      </Part>
    </>
  )
}

function Paging({ form, onChange }: FieldsProps): ReactNode {
  const areNumbers = /^\d*$/.test(form.limit) && /^\d*$/.test(form.offset) && form.limit !== '0'
  return (
    <div className="flex flex-wrap items-end gap-8">
      <div className="w-90">
        <TextField label="Limit" value={form.limit} onChange={(limit) => onChange({ limit })} />
      </div>
      <div className="w-90">
        <TextField label="Offset" value={form.offset} onChange={(offset) => onChange({ offset })} />
      </div>
      <Select
        label="Count"
        options={[
          { id: '', label: 'none' },
          { id: 'exact', label: 'exact' },
          { id: 'planned', label: 'planned', detail: 'fast, from statistics' },
          { id: 'estimated', label: 'estimated', detail: 'exact when small' },
        ]}
        value={form.prefer.count}
        onChange={(count) => onChange({ prefer: { ...form.prefer, count } })}
      />
      <Checkbox
        label="as a Range header"
        isSelected={form.usesRangeHeader}
        isDisabled={!areNumbers}
        onChange={(usesRangeHeader) => onChange({ usesRangeHeader })}
      />
      <Checkbox
        label="headers only"
        isSelected={form.method === 'HEAD'}
        onChange={(isHead) => onChange({ method: isHead ? 'HEAD' : 'GET' })}
      />
    </div>
  )
}

const FORMATS: Readonly<Record<AnswerFormat, string>> = {
  json: 'JSON',
  csv: 'CSV',
  geojson: 'GeoJSON',
  binary: 'bytes',
  text: 'text',
  xml: 'XML',
}

export function Answer(
  props: FieldsProps & { readonly hasGeometry?: boolean; readonly hasBytes?: boolean },
): ReactNode {
  const { form, onChange } = props
  const formats: readonly AnswerFormat[] = [
    'json',
    'csv',
    ...(props.hasGeometry === true ? (['geojson'] as const) : []),
    ...(props.hasBytes === true ? (['binary'] as const) : []),
  ]
  const shown = formats.includes(form.format) ? formats : [...formats, form.format]
  return (
    <div className="flex flex-wrap items-end gap-12">
      <Select
        label="Format"
        options={shown.map((id) => ({ id, label: FORMATS[id] }))}
        value={form.format}
        onChange={(format) => onChange({ format })}
      />
      {form.format === 'json' ? (
        <>
          <Checkbox
            label="a single object"
            isSelected={form.isSingle}
            onChange={(isSingle) => onChange({ isSingle })}
          />
          <Checkbox
            label="without nulls"
            isSelected={form.stripsNulls}
            onChange={(stripsNulls) => onChange({ stripsNulls })}
          />
        </>
      ) : null}
    </div>
  )
}

/** What stands in `Prefer`. */
export function Preferences({ form, onChange }: FieldsProps): ReactNode {
  const { prefer } = form
  const change = (fields: Partial<EndpointForm['prefer']>): void =>
    onChange({ prefer: { ...prefer, ...fields } })
  const isWrite = form.action !== 'read' && form.action !== 'call'
  const mayMissing = form.action === 'insert' || form.action === 'upsert' || form.action === 'update'
  return (
    <Part title="Preferences">
      <div className="flex flex-wrap items-end gap-8">
        {isWrite ? (
          <Select
            label="Return"
            options={[
              { id: '', label: 'as usual' },
              { id: 'minimal', label: 'nothing' },
              { id: 'headers-only', label: 'headers' },
              { id: 'representation', label: 'the rows' },
            ]}
            value={prefer.return}
            onChange={(value) => change({ return: value })}
          />
        ) : null}
        {mayMissing ? (
          <Select
            label="Missing keys"
            options={[
              { id: '', label: 'as usual' },
              { id: 'default', label: 'become the default' },
              { id: 'null', label: 'become null' },
            ]}
            value={prefer.missing}
            onChange={(missing) => change({ missing })}
          />
        ) : null}
        <Select
          label="Transaction"
          options={[
            { id: '', label: 'as usual' },
            { id: 'commit', label: 'commit' },
            { id: 'rollback', label: 'rollback', detail: 'where the API allows it' },
          ]}
          value={prefer.tx}
          onChange={(tx) => change({ tx })}
        />
        <Select
          label="Handling"
          options={[
            { id: '', label: 'as usual' },
            { id: 'strict', label: 'strict' },
            { id: 'lenient', label: 'lenient' },
          ]}
          value={prefer.handling}
          onChange={(handling) => change({ handling })}
        />
        {isWrite || form.action === 'call' ? (
          <div className="w-110">
            <TextField
              label="At most rows"
              value={prefer.maxAffected}
              // It is heeded under strict handling only.
              onChange={(maxAffected) =>
                change({ maxAffected, ...(maxAffected === '' ? {} : { handling: 'strict' }) })
              }
            />
          </div>
        ) : null}
        <div className="w-140">
          <TextField
            label="Time zone"
            placeholder="Europe/Vienna"
            value={prefer.timezone}
            onChange={(timezone) => change({ timezone })}
          />
        </div>
      </div>
    </Part>
  )
}
