// Lines of any number: rows of one height, only those on screen drawn; selection and copy reach over all of them.
import {
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { classNames } from '../../../components/class-names.ts'
import { formatCount } from '../../../components/format.ts'
import { useShell } from '../../../shell/shell.tsx'
import { LineRow, type LineMark } from './line-row.tsx'
import type { LineLanguage } from './line-colour.ts'
import type { LineSource } from './line-source.ts'
import { cut, endsOf, isEmpty, wordAt, type Place, type TextSelection } from './text-selection.ts'
import { scaleOf, within } from './virtual-scroll.ts'

/** Height of a row, px. */
export const LINE = 20
const OVERSCAN = 10
/** A copy of more is a file: "Save to file". */
const MOST_COPIED_LINES = 200_000

export interface LineViewerHandle {
  reveal(line: number): void
  focus(): void
}

export interface LineViewerProps {
  readonly label: string
  readonly source: LineSource
  readonly language: LineLanguage
  readonly wraps: boolean
  /** Places to mark in a line: what a search found. */
  readonly marksOf: (line: number) => readonly LineMark[]
  readonly ref?: Ref<LineViewerHandle>
}

/** The viewer. It fills its container. */
export function LineViewer({ label, source, language, wraps, marksOf, ref }: LineViewerProps): ReactNode {
  const { notifications } = useShell()
  const container = useRef<HTMLDivElement>(null)
  const firstRow = useRef<HTMLDivElement>(null)
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const [view, setView] = useState(400)
  const [top, setTop] = useState(0)
  const [firstHeight, setFirstHeight] = useState(LINE)
  const [selection, setSelection] = useState<TextSelection | null>(null)
  const isSelecting = useRef(false)

  useEffect(() => source.onChange(redraw), [source])
  useLayoutEffect(() => {
    const element = container.current
    if (element === null) return undefined
    const sizes = new ResizeObserver(() => setView(element.clientHeight))
    sizes.observe(element)
    return () => sizes.disconnect()
  }, [])

  const total = source.total * LINE + 16
  const scale = scaleOf(total, view)
  const first = Math.max(0, Math.floor(top / LINE) - (wraps ? 0 : OVERSCAN))
  const last = Math.min(source.total - 1, Math.ceil((top + view) / LINE) + OVERSCAN)
  useEffect(() => source.show(first, last), [source, first, last])
  useLayoutEffect(() => {
    if (wraps && firstRow.current !== null) setFirstHeight(firstRow.current.offsetHeight)
  }, [wraps, first, top])

  const goTo = (next: number): void => {
    const to = within(next, total, view)
    setTop(to)
    if (container.current !== null) container.current.scrollTop = to / scale.factor
  }
  const reveal = (line: number): void => {
    const at = line * LINE
    if (at < top || at > top + view - 2 * LINE) goTo(at - view / 2)
  }
  useImperativeHandle(ref, () => ({ reveal, focus: () => container.current?.focus() }))

  // React's wheel listeners cannot keep the browser from scrolling by itself.
  const wheel = useRef<(event: WheelEvent) => void>(() => undefined)
  useLayoutEffect(() => {
    wheel.current = (event) => {
      if (scale.factor === 1 || event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return
      event.preventDefault()
      goTo(top + event.deltaY * (event.deltaMode === 1 ? LINE : 1))
    }
  })
  useEffect(() => {
    const element = container.current
    const onWheel = (event: WheelEvent): void => wheel.current(event)
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [])

  const copy = async (): Promise<void> => {
    if (selection === null || isEmpty(selection)) return
    const { from, to } = endsOf(selection)
    const count = to.line - from.line + 1
    if (count > MOST_COPIED_LINES) {
      notifications.toast({
        text: `${formatCount(count)} lines are too many to copy. Save the response to a file.`,
      })
      return
    }
    const lines = await source.read(from.line, count, new AbortController().signal)
    await navigator.clipboard.writeText(cut(lines, selection))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const isMod = event.ctrlKey || event.metaKey
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: top + LINE,
      ArrowUp: top - LINE,
      PageDown: top + view - LINE,
      PageUp: top - view + LINE,
      Home: 0,
      End: total,
    }
    const to = steps[event.key]
    if (isMod && event.key.toLowerCase() === 'c') void copy()
    else if (isMod && event.key.toLowerCase() === 'a')
      setSelection({
        anchor: { line: 0, column: 0 },
        head: { line: Math.max(0, source.total - 1), column: Number.MAX_SAFE_INTEGER },
      })
    else if (to !== undefined && !event.altKey) goTo(to)
    else return
    event.preventDefault()
  }
  const placeOf = (event: MouseEvent): Place | undefined =>
    placeAt(event.clientX, event.clientY, event.currentTarget)
  const onMouseDown = (event: MouseEvent): void => {
    if (event.button !== 0) return
    const head = placeOf(event)
    if (head === undefined) return
    isSelecting.current = true
    if (event.shiftKey && selection !== null) setSelection({ anchor: selection.anchor, head })
    else if (event.detail === 3)
      setSelection({ anchor: { line: head.line, column: 0 }, head: { line: head.line + 1, column: 0 } })
    else if (event.detail === 2) {
      const word = wordAt(source.line(head.line) ?? '', head.column)
      setSelection({
        anchor: { line: head.line, column: word.start },
        head: { line: head.line, column: word.end },
      })
    } else setSelection({ anchor: head, head })
  }
  const onMouseMove = (event: MouseEvent): void => {
    if (!isSelecting.current || event.buttons !== 1) return
    const head = placeOf(event)
    if (head !== undefined && selection !== null) setSelection({ anchor: selection.anchor, head })
  }

  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
  const digits = String(Math.max(1, source.total)).length
  const offset = wraps ? -((top / LINE - first) * firstHeight) : first * LINE - top
  return (
    <div
      ref={container}
      role="region"
      aria-label={label}
      aria-busy={source.total === 0 && !source.isComplete}
      tabIndex={0}
      data-line-viewer=""
      onKeyDown={onKeyDown}
      onMouseDown={onMouseDown}
      onMouseMove={onMouseMove}
      onMouseUp={() => (isSelecting.current = false)}
      onScroll={(event) => {
        const shown = event.currentTarget.scrollTop
        // What was scrolled to by `goTo` is known more exactly than the scroll bar tells.
        if (Math.abs(shown - top / scale.factor) > 1) setTop(within(shown * scale.factor, total, view))
      }}
      className={classNames(
        'relative min-h-0 flex-1 cursor-text overflow-y-auto font-mono text-data focus-visible:outline-offset-[-2px]',
        wraps ? 'overflow-x-hidden' : 'overflow-x-auto',
      )}
    >
      <div style={{ height: scale.height }} className="w-px" />
      <div
        className={classNames('absolute left-0 min-w-full select-none', wraps ? 'w-full' : 'w-max')}
        style={{ top: top / scale.factor + offset, paddingTop: 6 }}
      >
        {rows.map((line) => (
          <LineRow
            key={line}
            rowRef={line === first ? firstRow : undefined}
            number={line}
            digits={digits}
            text={source.line(line)}
            language={language}
            wraps={wraps}
            selection={selection}
            marks={marksOf(line)}
          />
        ))}
      </div>
    </div>
  )
}

/** The line and column under a point. */
function placeAt(x: number, y: number, within: Element): Place | undefined {
  const rows = [...within.querySelectorAll<HTMLElement>('[data-line]')]
  const row = rows.find((one) => {
    const box = one.getBoundingClientRect()
    return y >= box.top && y < box.bottom
  })
  const text = row?.querySelector<HTMLElement>('[data-line-text]')
  if (row === undefined || text === null || text === undefined) return undefined
  const line = Number(row.dataset['line'])
  const position = document.caretPositionFromPoint(x, y)
  if (position === null || !text.contains(position.offsetNode)) {
    const isLeft = x < text.getBoundingClientRect().left
    return { line, column: isLeft ? 0 : (text.textContent?.length ?? 0) }
  }
  const range = document.createRange()
  range.setStart(text, 0)
  range.setEnd(position.offsetNode, position.offset)
  return { line, column: range.toString().length }
}
