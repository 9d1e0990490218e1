// What a request has that no field of the form shows: it stays as it stands, is sent and saved, and is said.
import type { ReactNode } from 'react'
import type { EndpointForm } from '#api-client/common/postgrest/form.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { PairTable } from '../requests/index.ts'
import { Part } from './part.tsx'

export interface KeptPartsProps {
  readonly form: EndpointForm
  /** What the form was read from; null for a form that began empty. */
  readonly origin: HttpRequest | null
  readonly onChange: (fields: Partial<EndpointForm>) => void
}

/** Nothing where the form shows all. */
export function KeptParts({ form, origin, onChange }: KeptPartsProps): ReactNode {
  const { otherParameters, otherHeaders } = form
  const rest = origin === null ? [] : restOf(origin)
  if (otherParameters.length + otherHeaders.length + rest.length === 0) return null
  return (
    <Part title="Kept as it stands">
      <p className="text-small text-2">The form has no field for these. They are sent as they are.</p>
      {otherParameters.length === 0 ? null : (
        <div className="rounded-control border border-line-1">
          <PairTable
            label="Other parameters"
            noun="parameter"
            pairs={otherParameters}
            make={(pair) => ({ ...pair, place: 'query' as const })}
            onChange={(next) => onChange({ otherParameters: next })}
          />
        </div>
      )}
      {otherHeaders.length === 0 ? null : (
        <div className="rounded-control border border-line-1">
          <PairTable
            label="Other headers"
            noun="header"
            pairs={otherHeaders}
            make={(pair) => pair}
            onChange={(next) => onChange({ otherHeaders: next })}
          />
        </div>
      )}
      {rest.length === 0 ? null : (
        <p className="text-small text-2">
          Also kept with the request: <span className="text-1">{rest.join(', ')}</span>.
        </p>
      )}
    </Part>
  )
}

/** In words. */
function restOf(request: HttpRequest): string[] {
  const { body, scripts, assertions, variables, parameters, docs, examples } = request
  const count = (number: number, one: string): string[] =>
    number === 0 ? [] : [`${String(number)} ${one}${number === 1 ? '' : 's'}`]
  return [
    ...(body.type === 'form' || body.type === 'multipart' || body.type === 'file' || body.type === 'xml'
      ? [`a body of kind ${body.type}`]
      : []),
    ...count(parameters.filter(({ place }) => place === 'path').length, 'path parameter'),
    ...count(Object.values(scripts).filter((text) => text !== '').length, 'script'),
    ...count(assertions.length, 'assertion'),
    ...count(variables.length, 'variable'),
    ...count(examples.length, 'example'),
    ...(docs === '' ? [] : ['its docs']),
  ]
}
