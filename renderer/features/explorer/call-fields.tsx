// The form of a function: its arguments, and what is kept of the rows that it gives.
import type { ReactNode } from 'react'
import type { ApiFunction } from '#contract/requests/api-description.ts'
import { TextField } from '../../components/text-field.tsx'
import { Segmented } from '../../components/toggles.tsx'
import { ConditionList } from './condition-list.tsx'
import { BodyEditor } from './body-fields.tsx'
import { Answer, type FieldsProps } from './form-fields.tsx'
import { OrderList } from './order-list.tsx'
import { Part } from './part.tsx'

/** The arguments of a function. */
export function CallFields({
  endpoint,
  form,
  onChange,
}: FieldsProps & { readonly endpoint: ApiFunction }): ReactNode {
  const isGet = form.method !== 'POST'
  return (
    <>
      {endpoint.methods.includes('GET') && endpoint.parameters[0]?.name !== '' ? (
        <Segmented
          label="Called by"
          options={[
            { id: 'GET', label: 'GET' },
            { id: 'POST', label: 'POST' },
          ]}
          value={isGet ? 'GET' : 'POST'}
          onChange={(method) =>
            onChange(
              method === 'GET'
                ? { method, body: '' }
                : {
                    method,
                    body: JSON.stringify(
                      Object.fromEntries(form.arguments.map((one) => [one.name, one.value])),
                      null,
                      2,
                    ),
                  },
            )
          }
        />
      ) : null}
      <Part title="Arguments">
        {endpoint.parameters.length === 0 ? <p className="text-body text-2">It takes none.</p> : null}
        {isGet ? (
          endpoint.parameters.map(({ name, type, isRequired }) => {
            const given = form.arguments.find((one) => one.name === name)
            return (
              <TextField
                key={name}
                label={name}
                isMono
                help={isRequired ? type : `${type}, may be left empty`}
                value={given?.value ?? ''}
                onChange={(value) =>
                  onChange({
                    arguments: [
                      ...form.arguments.filter((one) => one.name !== name),
                      ...(value === '' && !isRequired ? [] : [{ name, value }]),
                    ],
                  })
                }
              />
            )
          })
        ) : endpoint.parameters.length === 0 ? null : (
          <BodyEditor
            label={form.bodyFormat === 'text' ? 'Body' : 'Arguments as JSON'}
            form={form}
            known={endpoint.parameters.map(({ name, type, docs }) => ({ name, type, docs, values: [] }))}
            onChange={onChange}
          />
        )}
      </Part>
      {endpoint.returns.columns.length > 0 ? (
        <>
          <Part title="Filters of the result">
            <ConditionList
              label="Filters of the result"
              columns={endpoint.returns.columns}
              conditions={form.where}
              onChange={(where) => onChange({ where })}
            />
          </Part>
          <Part title="Order">
            <OrderList
              columns={endpoint.returns.columns}
              order={form.order}
              onChange={(order) => onChange({ order })}
            />
          </Part>
          <Part title="Rows">
            <div className="flex gap-8">
              <TextField label="Limit" value={form.limit} onChange={(limit) => onChange({ limit })} />
              <TextField label="Offset" value={form.offset} onChange={(offset) => onChange({ offset })} />
            </div>
          </Part>
        </>
      ) : null}
      <Part title="Answer">
        <Answer form={form} onChange={onChange} hasBytes={endpoint.returns.type === 'bytea'} />
      </Part>
    </>
  )
}
