// What is done with a body: copied, saved to a file, kept as an example, compared with an earlier one.
import { Copy, Download, MoreHorizontal } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { BodyInfo } from '#contract/capabilities/requests.ts'
import type { Exchange } from '#contract/requests/exchange.ts'
import type { ApiRequest, Example } from '#contract/requests/request.ts'
import { IconButton } from '../../../components/button.tsx'
import { formatBytes } from '../../../components/format.ts'
import { MenuButton } from '../../../components/menu.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useHost } from '../../../host/host-provider.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { useRequestWorkbench } from '../request-workbench.tsx'
import type { RequestTab } from '../tabs/open-tab.ts'
import { joined } from './body-preview.tsx'
import { DiffDialog } from './diff-dialog.tsx'
import { SaveBodyDialog } from './save-body-dialog.tsx'

/** A copy, or an example, of more is a file. */
const MOST_COPIED = 8_000_000

export interface BodyActionsProps {
  readonly exchange: Exchange
  readonly info: BodyInfo
  readonly tab: RequestTab
  readonly request: ApiRequest
}

/** The buttons. */
export function BodyActions({ exchange, info, tab, request }: BodyActionsProps): ReactNode {
  const host = useHost()
  const { notifications } = useShell()
  const { tabs } = useRequestWorkbench()
  const [dialog, setDialog] = useState<'diff' | 'save' | null>(null)
  const text = async (): Promise<string | null> => {
    if (info.bytes > MOST_COPIED) {
      notifications.toast({
        text: `${formatBytes(info.bytes)} are too much to copy. Save the response to a file.`,
      })
      return null
    }
    try {
      const got = await host.requests.bytes({ exchangeId: exchange.id, from: 0, count: MOST_COPIED })
      return new TextDecoder().decode(joined(got.bodies))
    } catch (error) {
      notifications.toast({ tone: 'danger', text: describeError(error)?.message ?? 'It could not be read.' })
      return null
    }
  }
  const copy = async (): Promise<void> => {
    const body = await text()
    if (body !== null) await navigator.clipboard.writeText(body)
  }
  const keep = async (): Promise<void> => {
    const body = await text()
    const response = exchange.response
    if (body === null || response === null || request.kind !== 'http') return
    const example: Example = {
      name: `${response.status} ${response.statusText}`.trim(),
      description: '',
      // As the person wrote it, with its variables: what was sent may hold values that belong in no file.
      request: { method: request.method, url: request.url, headers: request.headers, body: request.body },
      response: {
        status: Math.min(599, Math.max(100, response.status)),
        statusText: response.statusText,
        headers: response.headers.filter(({ name }) => name.toLowerCase() !== 'set-cookie'),
        body: { type: exampleType(info), text: body },
      },
    }
    tabs.edit(tab.id, (one) => (one.kind === 'http' ? { ...one, examples: [...one.examples, example] } : one))
    notifications.toast({ text: 'Added to the examples. Save the request to keep it.' })
  }
  return (
    <>
      <IconButton icon={Copy} label="Copy the body" onPress={() => void copy()} />
      <IconButton icon={Download} label="Save to a file" onPress={() => setDialog('save')} />
      <MenuButton
        label="More for this response"
        placement="bottom end"
        entries={[
          {
            id: 'example',
            label: 'Save as example',
            // A view that shows a response has no request to keep it with.
            isDisabled: request.kind !== 'http' || tabs.get(tab.id)?.kind !== 'request',
            onAction: () => void keep(),
          },
          { id: 'diff', label: 'Compare with an earlier response', onAction: () => setDialog('diff') },
        ]}
      >
        <IconButton icon={MoreHorizontal} label="More for this response" />
      </MenuButton>
      {dialog === 'diff' ? (
        <DiffDialog exchange={exchange} tabId={tab.id} onClose={() => setDialog(null)} />
      ) : null}
      {dialog === 'save' ? <SaveBodyDialog exchange={exchange} onClose={() => setDialog(null)} /> : null}
    </>
  )
}

function exampleType(info: BodyInfo): Example['response']['body']['type'] {
  return info.kind === 'json' || info.kind === 'xml' || info.kind === 'html'
    ? info.kind
    : info.kind === 'text'
      ? 'text'
      : 'binary'
}
