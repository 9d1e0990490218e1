// A mock server that runs: its address, what it answers with, and the requests that come.
import { Square } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Mock } from '#contract/capabilities/mocks.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { DataList } from '../../components/data-list.tsx'
import { FormError } from '../../components/form-error.tsx'
import { formatAge, formatCount, formatFull, formatMoment } from '../../components/format.ts'
import { MethodLabel } from '../../components/method-label.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'

const MOST_SHOWN = 100
const MOST_CONTENTS = 30

/** The card. */
export function RunningMock({ mock }: { readonly mock: Mock }): ReactNode {
  const now = useNow(30_000)
  const stop = useAction((host, id: string) => host.mocks.stop({ id }), ['mocks'])
  const problem = describeError(stop.error)
  const shown = mock.contents.slice(0, MOST_CONTENTS)
  return (
    <Card
      title={mock.name}
      actions={
        <Button size="compact" icon={Square} isBusy={stop.isPending} onPress={() => stop.mutate(mock.id)}>
          Stop
        </Button>
      }
    >
      <div className="flex flex-col gap-10 p-14">
        <div className="flex flex-wrap items-center gap-8">
          <code className="font-mono text-data select-text">{mock.url}</code>
          <CopyButton label="Copy URL" text={mock.url} size="compact" />
          <span className="text-small text-3" title={formatFull(mock.startedAt)}>
            {[
              mock.source.type === 'examples' ? 'from examples' : 'from rows',
              `started ${formatAge(mock.startedAt, now)}`,
              mock.delayMs === 0 ? '' : `answers after ${mock.delayMs} ms`,
              mock.answered === 1 ? '1 request' : `${formatCount(mock.answered)} requests`,
            ]
              .filter((word) => word !== '')
              .join(' · ')}
          </span>
        </div>
        <p className="text-small text-2">
          Put this URL into the variable that your requests begin with, such as <code>baseUrl</code>, in an
          environment of its own. It answers this machine alone and ends with the app.
        </p>
        {problem === undefined ? null : <FormError message={problem.message} hint={problem.hint} />}
        {mock.notes.map((note) => (
          <p key={note} className="text-small text-warning">
            {note}
          </p>
        ))}
        <ul
          aria-label={`What ${mock.name} answers with`}
          className="flex flex-wrap gap-x-14 gap-y-4 text-small"
        >
          {shown.map(({ name, detail }, at) => (
            <li key={at}>
              <span className="text-1">{name}</span> <span className="text-3">{detail}</span>
            </li>
          ))}
          {mock.contents.length > shown.length ? (
            <li className="text-3">{`and ${mock.contents.length - shown.length} more`}</li>
          ) : null}
        </ul>
      </div>
      <Log mock={mock} />
    </Card>
  )
}

function Log({ mock }: { readonly mock: Mock }): ReactNode {
  const now = useNow(30_000)
  const reading = useCall(['mocks', 'log', mock.id], (host, options) =>
    host.mocks.log({ id: mock.id }, options),
  )
  const hits = (reading.data ?? []).slice(0, MOST_SHOWN)
  if (hits.length === 0)
    return <p className="border-t border-line-1 px-14 py-10 text-small text-3">No request came yet.</p>
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={`Requests to ${mock.name}`}
      className="max-h-280 overflow-auto border-t border-line-1"
    >
      <DataList
        label={`Log of ${mock.name}`}
        columns={[
          { id: 'request', title: 'Request', isFluid: true },
          { id: 'status', title: 'Status' },
          { id: 'matched', title: 'Answered by' },
          { id: 'at', title: 'At', align: 'right' },
        ]}
        rows={hits.map((hit, at) => ({
          id: `${hit.at} ${mock.answered - at}`,
          cells: [
            <span key="request" className="flex min-w-0 items-center gap-10">
              <MethodLabel method={hit.method} isColumn />
              <span className="truncate font-mono text-data select-text">{hit.path}</span>
            </span>,
            <Badge key="status" tone={hit.status < 400 ? 'success' : 'danger'}>
              {hit.status}
            </Badge>,
            hit.matched ?? <span className="text-3">nothing</span>,
            <span key="at" title={formatFull(hit.at)}>
              {formatMoment(hit.at, now)}
            </span>,
          ],
        }))}
      />
    </div>
  )
}
