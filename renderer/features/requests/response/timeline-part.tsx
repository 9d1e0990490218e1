// What went over the wire, in order: the request as sent, redirects, the connection, the response, and what scripts wrote.
import type { ReactNode } from 'react'
import type { Exchange, HeaderPair } from '#contract/requests/exchange.ts'
import { Badge } from '../../../components/badge.tsx'
import { formatBytes, formatDuration } from '../../../components/format.ts'
import { MethodLabel } from '../../../components/method-label.tsx'
import { PhasesCard, toneOf } from './status-line.tsx'

/** The timeline. */
export function TimelinePart({ exchange }: { readonly exchange: Exchange }): ReactNode {
  const { request, response } = exchange
  return (
    <div
      role="region"
      aria-label="Timeline"
      tabIndex={0}
      className="min-h-0 flex-1 overflow-auto px-12 py-10 text-small select-text"
    >
      {exchange.hops.map((hop, at) => (
        <Step
          key={at}
          title={<Line method={hop.method} url={hop.url} />}
          end={<Badge tone={toneOf(hop.status)}>{hop.status}</Badge>}
        >
          <Headers headers={hop.headers} sign="<" />
        </Step>
      ))}
      <Step title={<Line method={request.method} url={request.url} />} end={formatBytes(request.bodyBytes)}>
        <Headers headers={request.headers} sign=">" />
        {request.bodyPreview === null || request.bodyPreview === '' ? null : (
          <pre
            tabIndex={0}
            className="mt-6 max-h-240 overflow-auto rounded-control border border-line-1 bg-s2 px-10 py-8 font-mono text-data"
          >
            {request.bodyPreview}
          </pre>
        )}
        {request.unresolved.length === 0 ? null : (
          <p className="mt-6 text-warning">Nothing gave these a value: {request.unresolved.join(', ')}.</p>
        )}
      </Step>
      {response === null ? null : (
        <>
          <Step
            title={`Connection${response.remoteAddress === null ? '' : ` to ${response.remoteAddress}`}`}
            end={`HTTP/${response.httpVersion}`}
          >
            {response.tls === null ? (
              <p className="text-2">Not encrypted.</p>
            ) : (
              <p className="text-2">
                {response.tls.version}, {response.tls.cipher}
                {response.tls.certificate === null
                  ? ''
                  : `. Certificate of ${response.tls.certificate.subject} by ${response.tls.certificate.issuer}, until ${response.tls.certificate.validTo}`}
              </p>
            )}
          </Step>
          <Step
            title={`Response ${response.status} ${response.statusText}`}
            end={formatDuration(exchange.timings.total)}
          >
            <div className="max-w-480">
              <PhasesCard timings={exchange.timings} />
            </div>
            <Headers headers={response.headers} sign="<" />
            {response.incomplete === null ? null : (
              <p className="mt-6 text-warning">The body ends early: {response.incomplete}</p>
            )}
          </Step>
        </>
      )}
      {exchange.console.length === 0 ? null : (
        <Step title="Console" end={String(exchange.console.length)}>
          <ul className="font-mono text-data">
            {exchange.console.map((line, at) => (
              <li key={at} className="flex gap-12">
                <span className="w-70 flex-none text-right text-3 tabular-nums">
                  {formatDuration(line.atMs)}
                </span>
                <span
                  className={
                    line.level === 'error' ? 'text-danger' : line.level === 'warn' ? 'text-warning' : 'text-1'
                  }
                >
                  {line.level === 'error' || line.level === 'warn' ? `${line.level}: ` : ''}
                  <span className="[overflow-wrap:anywhere] whitespace-pre-wrap">{line.text}</span>
                </span>
              </li>
            ))}
          </ul>
        </Step>
      )}
    </div>
  )
}

function Step(props: {
  readonly title: ReactNode
  readonly end: ReactNode
  readonly children: ReactNode
}): ReactNode {
  return (
    <section className="mb-12 border-b border-line-1 pb-12 last:border-b-0">
      <h2 className="mb-6 flex items-center gap-8 text-small font-semibold">
        <span className="min-w-0 flex-1 truncate">{props.title}</span>
        <span className="flex-none font-mono text-data font-normal text-2">{props.end}</span>
      </h2>
      {props.children}
    </section>
  )
}

function Line({ method, url }: { readonly method: string; readonly url: string }): ReactNode {
  return (
    <span className="flex items-center gap-8">
      <MethodLabel method={method} />
      <span className="truncate font-mono text-data font-normal">{url}</span>
    </span>
  )
}

function Headers({
  headers,
  sign,
}: {
  readonly headers: readonly HeaderPair[]
  readonly sign: string
}): ReactNode {
  return (
    <ul className="font-mono text-data">
      {headers.map((header, at) => (
        <li key={at} className="flex gap-8">
          <span aria-hidden="true" className="text-3">
            {sign}
          </span>
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <span className="text-2">{header.name}:</span> {header.value}
          </span>
        </li>
      ))}
    </ul>
  )
}
