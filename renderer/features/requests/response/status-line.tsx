// Status, time and size of a response; the time opens into its phases.
import type { ReactNode } from 'react'
import type { Exchange, Timings } from '#contract/requests/exchange.ts'
import { Badge, type BadgeTone } from '../../../components/badge.tsx'
import { Button } from '../../../components/button.tsx'
import { formatBytes, formatDuration } from '../../../components/format.ts'
import { PopoverButton } from '../../../components/popover.tsx'
import type { SendState } from '../send/send-controller.ts'

/** The line. */
export function StatusLine({ state }: { readonly state: SendState }): ReactNode {
  const { exchange } = state
  const response = exchange?.response
  const status = response?.status ?? state.head?.status
  if (status === undefined) return null
  return (
    <div className="flex items-center gap-4 tabular-nums">
      <Badge tone={toneOf(status)}>
        {/* In a narrow pane the number alone is seen. */}
        <span className="overflow-hidden @max-[440px]:max-w-[3ch]">
          {status} {response?.statusText ?? state.head?.statusText}
        </span>
      </Badge>
      {exchange === null || response === null || response === undefined ? null : (
        <>
          <PopoverButton
            label="Phases of the time"
            width={340}
            trigger={
              <Button
                variant="ghost"
                size="compact"
                label={`Took ${formatDuration(exchange.timings.total)}, show phases`}
              >
                <span className="font-mono text-data">{formatDuration(exchange.timings.total)}</span>
              </Button>
            }
          >
            {() => <PhasesCard timings={exchange.timings} />}
          </PopoverButton>
          <PopoverButton
            label="Sizes"
            width={280}
            trigger={
              <Button
                variant="ghost"
                size="compact"
                label={`${formatBytes(response.decodedBytes)}, show sizes`}
              >
                <span className="font-mono text-data">{formatBytes(response.decodedBytes)}</span>
              </Button>
            }
          >
            {() => <SizesCard exchange={exchange} />}
          </PopoverButton>
        </>
      )}
    </div>
  )
}

/** 2xx good, 3xx neutral, the rest bad. */
export function toneOf(status: number): BadgeTone {
  return status < 300 ? 'success' : status < 400 ? 'info' : status < 500 ? 'warning' : 'danger'
}

const PHASES: readonly { readonly name: keyof Timings; readonly label: string; readonly colour: string }[] = [
  { name: 'blocked', label: 'Waited here', colour: 'bg-line-3' },
  { name: 'dns', label: 'DNS', colour: 'bg-chart-1' },
  { name: 'connect', label: 'Connect', colour: 'bg-chart-2' },
  { name: 'tls', label: 'TLS', colour: 'bg-chart-4' },
  { name: 'send', label: 'Send', colour: 'bg-chart-6' },
  { name: 'firstByte', label: 'First byte', colour: 'bg-chart-3' },
  { name: 'download', label: 'Download', colour: 'bg-chart-7' },
]

/** The phases one after the other, each with its share of the whole. */
export function PhasesCard({ timings }: { readonly timings: Timings }): ReactNode {
  const total = Math.max(timings.total, 0.001)
  const steps: { label: string; colour: string; from: number; ms: number | null }[] = []
  let at = 0
  for (const { name, label, colour } of PHASES) {
    steps.push({ label, colour, from: at, ms: timings[name] })
    at += timings[name] ?? 0
  }
  return (
    <table aria-label="Phases" className="w-full border-collapse px-12 py-10 text-small">
      <tbody>
        {steps.map((step) => (
          <tr key={step.label} className="h-24">
            <th scope="row" className="w-90 pl-12 text-left font-normal text-2">
              {step.label}
            </th>
            <td>
              <span className="relative block h-6 rounded-badge bg-active">
                {step.ms === null ? null : (
                  <span
                    className={`absolute inset-y-0 min-w-2 rounded-badge ${step.colour}`}
                    style={{
                      left: `${Math.min(99, (step.from / total) * 100)}%`,
                      width: `${Math.min(100, (step.ms / total) * 100)}%`,
                    }}
                  />
                )}
              </span>
            </td>
            <td className="w-90 pr-12 text-right font-mono text-data text-2">
              {step.ms === null ? <span className="text-3">none</span> : formatDuration(step.ms)}
            </td>
          </tr>
        ))}
        <tr className="h-26 border-t border-line-1">
          <th scope="row" className="pl-12 text-left font-medium">
            In all
          </th>
          <td />
          <td className="pr-12 text-right font-mono text-data">{formatDuration(timings.total)}</td>
        </tr>
      </tbody>
    </table>
  )
}

function SizesCard({ exchange }: { readonly exchange: Exchange }): ReactNode {
  const { response, request } = exchange
  if (response === null) return null
  const rows = [
    ['Body, as received', response.bodyBytes],
    ['Body, decompressed', response.decodedBytes],
    ['Headers', response.headerBytes],
    ['Body sent', request.bodyBytes],
  ] as const
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-y-4 px-12 py-10 text-small">
      {rows.map(([label, bytes]) => (
        <div key={label} className="contents">
          <dt className="text-2">{label}</dt>
          <dd className="text-right font-mono text-data">{formatBytes(bytes)}</dd>
        </div>
      ))}
    </dl>
  )
}
