// The address that the form means, which can be typed as well: what is typed goes back into the form.
import { useState, type ReactNode } from 'react'
import { readBack } from '#api-client/common/postgrest/read-back.ts'
import type { EndpointForm } from '#api-client/common/postgrest/form.ts'
import type { ApiDescription } from '#contract/requests/api-description.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { methodColour } from '../../components/method-label.tsx'
import { VariableField } from '../requests/index.ts'
import { addressOf } from './preview.tsx'

export interface UrlFieldProps {
  readonly description: ApiDescription
  readonly form: EndpointForm
  readonly request: HttpRequest
  /** A form that the typed address means, of this endpoint. */
  readonly onChange: (form: EndpointForm) => void
  readonly onEnter: () => void
}

/** The line, with what is wrong with it below. */
export function UrlField({ description, form, request, onChange, onEnter }: UrlFieldProps): ReactNode {
  const [typed, setTyped] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const type = (url: string): void => {
    setTyped(url)
    const path = request.parameters.filter(({ place }) => place === 'path')
    const read = readBack(description, { ...request, url, parameters: path })
    if (read === null) setProblem('This is no address of this API. The form stays as it was.')
    else if (read.name !== form.name || (read.action === 'call') !== (form.action === 'call'))
      setProblem(
        `This is the address of ${read.name}, and this form is of ${form.name}. Open ${read.name} in the sidebar.`,
      )
    else {
      setProblem(null)
      // Which operation it is does not stand in an address.
      onChange({ ...read, action: form.action, method: form.method })
    }
  }
  return (
    <div className="min-w-0 flex-1">
      <div
        className="flex h-30 items-center rounded-control border border-line-2 bg-s2 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent-text"
        onBlur={() => {
          setTyped(null)
          setProblem(null)
        }}
      >
        <span
          className={`flex h-full flex-none items-center border-r border-line-2 px-10 font-mono text-data font-semibold ${methodColour(request.method)}`}
        >
          {request.method}
        </span>
        <div className="flex min-w-0 flex-1 px-10">
          <VariableField
            label="URL"
            value={typed ?? addressOf(request)}
            onChange={type}
            onEnter={() => {
              if (problem === null) setTyped(null)
              if (problem === null) onEnter()
            }}
          />
        </div>
      </div>
      {problem === null ? null : (
        <p role="alert" className="pt-4 text-small text-danger">
          {problem}
        </p>
      )}
    </div>
  )
}
