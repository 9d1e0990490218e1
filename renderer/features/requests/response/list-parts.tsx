// Headers, cookies and events of a response: plain lists that can be selected and copied.
import { useState, type ReactNode } from 'react'
import type { Cookie, HeaderPair } from '#contract/requests/exchange.ts'
import { CopyButton, CopyIconButton } from '../../../components/copy-button.tsx'
import { formatDuration, formatFull } from '../../../components/format.ts'
import { SearchField } from '../../../components/text-field.tsx'
import { TextButton } from '../../../components/button.tsx'
import type { ServerEvent } from '../send/send-controller.ts'

/** Names and values as they came. */
export function HeadersPart({ headers }: { readonly headers: readonly HeaderPair[] }): ReactNode {
  if (headers.length === 0)
    return <p className="px-14 py-12 text-small text-3">The response has no headers.</p>
  return (
    <table aria-label="Headers" className="w-full border-collapse text-small select-text">
      <tbody>
        {headers.map((header, at) => (
          <tr key={at} className="group/row border-b border-line-1 hover:bg-hover">
            <th
              scope="row"
              className="h-28 w-[28%] px-12 text-left align-top font-mono text-data leading-28 font-normal text-2"
            >
              {header.name}
            </th>
            <td className="py-5 pr-8 font-mono text-data [overflow-wrap:anywhere]">{header.value}</td>
            <td className="w-32 align-top leading-28">
              <span className="opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100">
                <CopyIconButton text={header.value} label={`Copy ${header.name}`} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Cookies that this response set. */
export function CookiesPart({ cookies }: { readonly cookies: readonly Cookie[] }): ReactNode {
  if (cookies.length === 0)
    return <p className="px-14 py-12 text-small text-3">The response set no cookies.</p>
  return (
    <div role="region" aria-label="Cookies of the response" tabIndex={0} className="overflow-auto">
      <table aria-label="Cookies" className="w-full border-collapse text-small whitespace-nowrap select-text">
        <thead>
          <tr className="text-left text-3">
            {['Name', 'Value', 'Domain', 'Path', 'Expires', 'Flags'].map((title) => (
              <th key={title} scope="col" className="h-28 border-b border-line-1 px-12 font-medium">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cookies.map((cookie, at) => (
            <tr key={at} className="border-b border-line-1 hover:bg-hover">
              <td className="h-28 px-12 font-mono text-data">{cookie.name}</td>
              <td className="max-w-320 truncate px-12 font-mono text-data" title={cookie.value}>
                {cookie.value}
              </td>
              <td className="px-12">{cookie.domain}</td>
              <td className="px-12">{cookie.path}</td>
              <td className="px-12">
                {cookie.expiresAt === null ? 'With the session' : formatFull(cookie.expiresAt)}
              </td>
              <td className="px-12 text-2">
                {[
                  cookie.isHttpOnly ? 'HttpOnly' : '',
                  cookie.isSecure ? 'Secure' : '',
                  cookie.sameSite === null ? '' : `SameSite ${cookie.sameSite}`,
                  cookie.isHostOnly ? 'this host only' : '',
                ]
                  .filter((word) => word !== '')
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const SHOWN = 500

/** Events of a stream, the newest last, as they come. */
export function EventsPart(props: {
  readonly events: readonly ServerEvent[]
  readonly startedAt: number
}): ReactNode {
  const [filter, setFilter] = useState('')
  const [isAll, setIsAll] = useState(false)
  const fitting = props.events.filter(
    (event) => filter === '' || event.data.includes(filter) || event.event.includes(filter),
  )
  const shown = isAll ? fitting : fitting.slice(-SHOWN)
  return (
    <>
      <div className="flex h-38 flex-none items-center gap-12 border-b border-line-1 px-12">
        <div className="w-240">
          <SearchField label="Filter events" value={filter} onChange={setFilter} />
        </div>
        {shown.length < fitting.length ? (
          <TextButton onPress={() => setIsAll(true)}>{`Show all ${fitting.length}`}</TextButton>
        ) : null}
        <span className="ml-auto">
          <CopyButton
            label="Copy events"
            variant="ghost"
            text={fitting.map((event) => event.data).join('\n')}
          />
        </span>
      </div>
      <ol aria-label="Events" aria-live="polite" className="min-h-0 flex-1 overflow-auto select-text">
        {shown.map((event, at) => (
          <li
            key={`${event.atMs} ${at}`}
            className="flex gap-12 border-b border-line-1 px-12 py-4 font-mono text-data hover:bg-hover"
          >
            <span className="w-70 flex-none text-right text-3 tabular-nums">
              {formatDuration(event.atMs)}
            </span>
            <span className="w-110 flex-none truncate text-syn-function">
              {event.event === '' ? 'message' : event.event}
            </span>
            <span className="min-w-0 flex-1 [overflow-wrap:anywhere] whitespace-pre-wrap">{event.data}</span>
            <span className="flex-none text-3">{event.id}</span>
          </li>
        ))}
      </ol>
    </>
  )
}
