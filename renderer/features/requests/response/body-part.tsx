// The body in the view that suits it: text in lines, a tree, a table, a preview, bytes; with search, JSON path, copy, save and compare.
import { useMemo, useState, type ReactNode } from 'react'
import type { Exchange } from '#contract/requests/exchange.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import type { BodyInfo } from '#contract/capabilities/requests.ts'
import { Search, WrapText } from 'lucide-react'
import { Button, IconButton } from '../../../components/button.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { Segmented } from '../../../components/toggles.tsx'
import { SkeletonRows } from '../../../components/skeleton.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useCall } from '../../../host/host-provider.tsx'
import { useCaps } from '../../../shell/command-hint.tsx'
import { useLayoutFlag } from '../../../shell/use-layout.ts'
import type { RequestTab } from '../tabs/open-tab.ts'
import { BodyActions } from './body-actions.tsx'
import { BodyHex } from './body-hex.tsx'
import { BodyPreview } from './body-preview.tsx'
import { BodyTable } from './body-table.tsx'
import { BodyTree } from './body-tree.tsx'
import { LinesView } from './lines-view.tsx'

export type BodyView = 'pretty' | 'tree' | 'table' | 'preview' | 'raw' | 'hex'

const TITLES: Readonly<Record<BodyView, string>> = {
  pretty: 'Pretty',
  tree: 'Tree',
  table: 'Table',
  preview: 'Preview',
  raw: 'Raw',
  hex: 'Hex',
}

/** How often a body that still grows is asked for again. */
const GROWING_MS = 250

export interface BodyPartProps {
  readonly exchange: Exchange
  readonly tab: RequestTab
  readonly request: ApiRequest
}

/** The body of one exchange. */
export function BodyPart({ exchange, tab, request }: BodyPartProps): ReactNode {
  const exchangeId = exchange.id
  const [chosen, setChosen] = useState<BodyView | null>(null)
  const [isGrowing, setIsGrowing] = useState(true)
  const [isFinding, setIsFinding] = useState(false)
  const [wraps, setWraps] = useLayoutFlag('requests.wrap', false)
  const reading = useCall(
    ['requests', 'bodyInfo', exchangeId],
    (host, options) => host.requests.bodyInfo({ exchangeId, view: 'pretty' }, options),
    { refetchInterval: isGrowing ? GROWING_MS : false, staleTime: Infinity },
  )
  const info = reading.data
  if (info !== undefined && info.isComplete === isGrowing) setIsGrowing(!info.isComplete)
  const findCaps = useCaps('requests.findInBody')
  const views = useMemo(() => (info === undefined ? [] : viewsOf(info)), [info])
  if (info === undefined) {
    const problem = describeError(reading.error)
    return problem === undefined ? (
      <SkeletonRows count={6} label="Reading the body" />
    ) : (
      <EmptyState
        title="The body cannot be shown"
        action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
      >
        {problem.message} {problem.hint}
      </EmptyState>
    )
  }
  if (info.kind === 'empty') return <p className="px-14 py-12 text-small text-3">The response has no body.</p>
  const view = chosen !== null && views.includes(chosen) ? chosen : (views[0] ?? 'raw')
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-38 flex-none items-center gap-8 px-12">
        <Segmented
          label="View of the body"
          options={views.map((id) => ({
            id,
            label: id === 'pretty' && info.kind === 'json' ? 'JSON' : TITLES[id],
          }))}
          value={view}
          onChange={setChosen}
        />
        <span
          className="min-w-0 flex-1 truncate text-right text-small text-3"
          title={info.problem ?? undefined}
        >
          {exchange.response?.incomplete ?? (view === 'pretty' ? info.problem : null)}
        </span>
        {view === 'pretty' || view === 'raw' ? (
          <>
            <IconButton
              icon={Search}
              label="Find in the response"
              caps={findCaps}
              isActive={isFinding}
              onPress={() => setIsFinding(!isFinding)}
            />
            <IconButton
              icon={WrapText}
              label="Wrap lines"
              isActive={wraps}
              onPress={() => setWraps(!wraps)}
            />
          </>
        ) : null}
        <BodyActions exchange={exchange} info={info} tab={tab} request={request} />
      </div>
      {view === 'pretty' || view === 'raw' ? (
        <LinesView
          key={view}
          exchangeId={exchangeId}
          view={view}
          info={info}
          wraps={wraps}
          isFinding={isFinding}
          onFinding={setIsFinding}
        />
      ) : view === 'tree' ? (
        <BodyTree exchangeId={exchangeId} />
      ) : view === 'table' ? (
        <BodyTable exchangeId={exchangeId} />
      ) : view === 'preview' ? (
        <BodyPreview exchangeId={exchangeId} info={info} />
      ) : (
        <BodyHex exchangeId={exchangeId} />
      )}
    </div>
  )
}

/** The views of a kind of body, the best first. */
function viewsOf(info: BodyInfo): readonly BodyView[] {
  switch (info.kind) {
    case 'json':
      return info.isTable ? ['pretty', 'table', 'tree', 'raw', 'hex'] : ['pretty', 'tree', 'raw', 'hex']
    case 'html':
      return ['pretty', 'preview', 'raw', 'hex']
    case 'xml':
      return info.contentType?.includes('svg') === true
        ? ['preview', 'pretty', 'raw', 'hex']
        : ['pretty', 'raw', 'hex']
    case 'image':
    case 'pdf':
      return ['preview', 'hex']
    case 'binary':
      return ['hex']
    default:
      return ['raw', 'hex']
  }
}
