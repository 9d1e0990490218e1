// The body of a write: samples by the columns' types, written in the editor with completion from the schema.
import type { ReactNode } from 'react'
import type { EndpointForm } from '#api-client/common/postgrest/form.ts'
import { sampleBody } from '#api-client/common/postgrest/types.ts'
import type { ApiTable } from '#contract/requests/api-description.ts'
import { Button } from '../../components/button.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Segmented } from '../../components/toggles.tsx'
import { CodeField, suggestJson, useVariables, type KnownName } from '../requests/index.ts'
import type { FieldsProps } from './form-fields.tsx'
import { Part } from './part.tsx'

/** Nothing for what has no body. */
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
      <BodyEditor
        label={form.bodyFormat === 'csv' ? 'Rows as CSV' : 'Rows as JSON'}
        form={form}
        known={table.columns.filter(({ isGenerated }) => !isGenerated)}
        onChange={onChange}
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

export interface BodyEditorProps {
  readonly label: string
  readonly form: EndpointForm
  /** Names that are offered as keys. */
  readonly known: readonly KnownName[]
  readonly onChange: (fields: Partial<EndpointForm>) => void
}

/** The text of a body. */
export function BodyEditor({ label, form, known, onChange }: BodyEditorProps): ReactNode {
  const variables = useVariables()
  const problem = bodyProblem(form)
  return (
    <div>
      <div className="flex h-180 flex-col overflow-hidden rounded-control border border-line-2 bg-s1">
        <CodeField
          key={`${form.action} ${form.bodyFormat}`}
          label={label}
          language={form.bodyFormat === 'json' ? 'json' : 'text'}
          value={form.body}
          onChange={(body) => onChange({ body })}
          {...(form.bodyFormat === 'json'
            ? {
                suggest: (text: string, offset: number) =>
                  suggestJson({
                    text,
                    offset,
                    known,
                    variables: variables.all().map((one) => one.variable.name),
                  }),
              }
            : {})}
        />
      </div>
      {problem === undefined ? null : (
        <p role="alert" className="pt-4 text-small text-danger">
          {problem}
        </p>
      )}
    </div>
  )
}
