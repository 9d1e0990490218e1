// The parts of an endpoint's form: what is read, what is written, what is called with, and how it is preferred.
import type { ReactNode } from 'react'
import type { AnswerFormat, EndpointForm } from '#api-client/common/postgrest/form.ts'
import { familyOf, sampleBody } from '#api-client/common/postgrest/types.ts'
import type { ApiDescription, ApiTable } from '#contract/requests/api-description.ts'
import { Button } from '../../components/button.tsx'
import { Select } from '../../components/select.tsx'
import { TextArea, TextField } from '../../components/text-field.tsx'
import { Checkbox, Segmented } from '../../components/toggles.tsx'
import { ConditionList } from './condition-list.tsx'
import { OrderList } from './order-list.tsx'
import { SelectTree } from './select-tree.tsx'

export interface FieldsProps {
  readonly form: EndpointForm
  readonly onChange: (fields: Partial<EndpointForm>) => void
}

/** A part under a heading. */
export function Part({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <section aria-label={title} className="flex flex-col gap-8">
      <h3 className="text-small font-semibold">{title}</h3>
      {children}
    </section>
  )
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

/** The body of a write, with samples by the columns' types. Nothing for what has no body. */
export function BodyFields({ table, form, onChange }: FieldsProps & { readonly table: ApiTable }): ReactNode {
  if (form.action === 'read' || form.action === 'delete' || form.action === 'call') return null
  const isInsert = form.action === 'insert' || form.action === 'upsert'
  const fill = (which: 'required' | 'all', isBulk: boolean) => () =>
    onChange({ body: sampleBody(table.columns, { which, isBulk }), bodyFormat: 'json' })
  return (
    <Part title="Body">
      <div className="flex flex-wrap items-center gap-6">
        <Button size="compact" onPress={fill('required', false)}>
          Required columns
        </Button>
        <Button size="compact" onPress={fill('all', false)}>
          All columns
        </Button>
        {isInsert ? (
          <Button size="compact" onPress={fill('all', true)}>
            Several rows
          </Button>
        ) : null}
        <span className="flex-1" />
        {isInsert ? (
          <Segmented
            label="Format of the body"
            options={[
              { id: 'json', label: 'JSON' },
              { id: 'csv', label: 'CSV' },
            ]}
            value={form.bodyFormat === 'csv' ? 'csv' : 'json'}
            onChange={(bodyFormat) => onChange({ bodyFormat })}
          />
        ) : null}
      </div>
      <TextArea
        label={form.bodyFormat === 'csv' ? 'Rows as CSV' : 'Rows as JSON'}
        isMono
        rows={8}
        value={form.body}
        onChange={(body) => onChange({ body })}
        error={bodyProblem(form)}
      />
      {form.action === 'upsert' ? (
        <div className="flex flex-wrap gap-8">
          <Select
            label="Rows that are there"
            options={[
              { id: 'merge-duplicates', label: 'are updated' },
              { id: 'ignore-duplicates', label: 'stay as they are' },
            ]}
            value={form.prefer.resolution === 'ignore-duplicates' ? 'ignore-duplicates' : 'merge-duplicates'}
            onChange={(resolution) => onChange({ prefer: { ...form.prefer, resolution } })}
          />
          <TextField
            label="Found by"
            isMono
            placeholder="the primary key"
            help="Columns of a unique constraint, by commas."
            value={form.onConflict.join(',')}
            onChange={(text) => onChange({ onConflict: names(text) })}
          />
        </div>
      ) : null}
      {isInsert ? (
        <TextField
          label="Keys of the body that count"
          isMono
          placeholder="all"
          value={form.columns.join(',')}
          onChange={(text) => onChange({ columns: names(text) })}
        />
      ) : null}
    </Part>
  )
}

function names(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

/** Variables are filled in when it is sent: a body with some is not judged. */
export function bodyProblem({ body, bodyFormat }: EndpointForm): string | undefined {
  if (bodyFormat !== 'json' || body === '' || body.includes('{{')) return undefined
  try {
    JSON.parse(body)
    return undefined
  } catch (error) {
    return `This is no JSON. ${error instanceof Error ? error.message : ''}`
  }
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
