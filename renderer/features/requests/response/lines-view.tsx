// The body as lines, with search and wrapping above.
import { ChevronDown, ChevronUp } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react'
import type { BodyInfo } from '#contract/capabilities/requests.ts'
import type { ExchangeId } from '#contract/requests/exchange.ts'
import { IconButton, TextButton } from '../../../components/button.tsx'
import { formatCount } from '../../../components/format.ts'
import { SearchField } from '../../../components/text-field.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useHost } from '../../../host/host-provider.tsx'
import { useCommands } from '../../../shell/shell.tsx'
import { createLineSource } from './line-source.ts'
import { LineViewer, type LineViewerHandle } from './line-viewer.tsx'
import { useFind } from './use-find.ts'

export interface LinesViewProps {
  readonly exchangeId: ExchangeId
  readonly view: 'pretty' | 'raw'
  readonly info: BodyInfo
  readonly wraps: boolean
  readonly isFinding: boolean
  readonly onFinding: (isFinding: boolean) => void
}

/** The lines with their search. */
export function LinesView(props: LinesViewProps): ReactNode {
  const { exchangeId, view, info, wraps, isFinding, onFinding } = props
  const host = useHost()
  const source = useMemo(
    () =>
      createLineSource((from, count, signal) =>
        host.requests.lines({ exchangeId, view, from, count }, { signal }),
      ),
    [host, exchangeId, view],
  )
  useEffect(() => () => source.close(), [source])
  const problem = useSyncExternalStore(source.onChange, () => source.problem)
  const [text, setText] = useState('')
  const [isCaseSensitive, setIsCaseSensitive] = useState(false)
  const [isRegex, setIsRegex] = useState(false)
  const viewer = useRef<LineViewerHandle>(null)
  const field = useRef<HTMLInputElement>(null)
  const find = useFind(exchangeId, view, { text: isFinding ? text : '', isCaseSensitive, isRegex })
  useEffect(() => {
    source.refresh()
  }, [source, info.lines, info.isComplete])
  const first = find.hits[0]
  const revealed = useRef('')
  useEffect(() => {
    // The first place is shown as soon as it is found, once per search.
    if (first === undefined || revealed.current === `${text} ${isCaseSensitive} ${isRegex}`) return
    revealed.current = `${text} ${isCaseSensitive} ${isRegex}`
    viewer.current?.reveal(first.line)
  }, [first, text, isCaseSensitive, isRegex])
  const step = (by: number): void => {
    const hit = find.step(by)
    if (hit !== undefined) viewer.current?.reveal(hit.line)
  }
  useCommands([
    {
      id: 'requests.findInBody',
      title: 'Find in the response',
      group: 'API',
      keys: ['Mod+F'],
      when: () => document.activeElement?.closest('[data-code-editor]') === null,
      run: () => onFinding(true),
    },
  ])
  useEffect(() => {
    if (isFinding) field.current?.focus()
  }, [isFinding])
  const failed = describeError(problem)
  const language =
    view === 'raw' && info.kind !== 'json'
      ? 'plain'
      : info.kind === 'json'
        ? 'json'
        : info.kind === 'html' || info.kind === 'xml'
          ? 'markup'
          : 'plain'
  return (
    <>
      {isFinding ? (
        <div className="flex h-34 flex-none items-center gap-4 border-b border-line-1 px-12">
          <div
            className="w-260"
            onKeyDown={(event) => {
              if (event.key === 'Escape' && text === '') {
                onFinding(false)
                viewer.current?.focus()
              } else if (event.key === 'Enter') {
                event.preventDefault()
                step(event.shiftKey ? -1 : 1)
              }
            }}
          >
            <SearchField label="Find in the response" value={text} onChange={setText} inputRef={field} />
          </div>
          <Toggle
            label="Match case"
            word="Aa"
            isOn={isCaseSensitive}
            onToggle={() => setIsCaseSensitive(!isCaseSensitive)}
          />
          <Toggle label="Regular expression" word=".*" isOn={isRegex} onToggle={() => setIsRegex(!isRegex)} />
          <IconButton
            icon={ChevronUp}
            size="small"
            label="Previous"
            isDisabled={first === undefined}
            onPress={() => step(-1)}
          />
          <IconButton
            icon={ChevronDown}
            size="small"
            label="Next"
            isDisabled={first === undefined}
            onPress={() => step(1)}
          />
          <span role="status" className="min-w-0 truncate pl-4 text-small text-3 tabular-nums">
            {text === ''
              ? ''
              : (find.problem ??
                (find.hits.length === 0
                  ? find.isComplete
                    ? 'Not found'
                    : 'Searching…'
                  : `${formatCount(find.current + 1)} of ${formatCount(find.hits.length)}${find.isCut ? '+' : find.isComplete ? '' : '…'}`))}
          </span>
          <span className="ml-auto flex items-center gap-8 text-small text-3 tabular-nums">
            {formatCount(info.lines)} {info.lines === 1 ? 'line' : 'lines'}
          </span>
        </div>
      ) : null}
      {failed === undefined ? null : (
        <p role="alert" className="flex flex-none items-center gap-8 px-14 py-8 text-small text-danger">
          {failed.message}
          <TextButton onPress={() => source.refresh()}>Try again</TextButton>
        </p>
      )}
      <LineViewer
        ref={viewer}
        label={view === 'pretty' ? 'Body of the response' : 'Body of the response, as it came'}
        source={source}
        language={language}
        wraps={wraps}
        marksOf={find.marksOf}
      />
    </>
  )
}

function Toggle(props: {
  readonly label: string
  readonly word: string
  readonly isOn: boolean
  readonly onToggle: () => void
}): ReactNode {
  return (
    <button
      type="button"
      aria-pressed={props.isOn}
      aria-label={props.label}
      title={props.label}
      onClick={props.onToggle}
      className={`flex size-22 items-center justify-center rounded-control font-mono text-micro ${props.isOn ? 'bg-active text-1' : 'text-2 hover:bg-hover'}`}
    >
      {props.word}
    </button>
  )
}
