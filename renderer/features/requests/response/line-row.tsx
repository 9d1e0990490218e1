// One line: its number, its text in colours, and over it what is selected or was found.
import { memo, type ReactNode, type Ref } from 'react'
import { classNames } from '../../../components/class-names.ts'
import { colourLine, type LineLanguage, type Piece } from './line-colour.ts'
import { selectedIn, type TextSelection } from './text-selection.ts'

export interface LineMark {
  readonly start: number
  readonly end: number
  /** The one that next and previous stand on. */
  readonly isCurrent: boolean
}

export interface LineRowProps {
  readonly rowRef: Ref<HTMLDivElement> | undefined
  readonly number: number
  /** Width of the numbers, in digits. */
  readonly digits: number
  /** Undefined while it is fetched. */
  readonly text: string | undefined
  readonly language: LineLanguage
  readonly wraps: boolean
  readonly selection: TextSelection | null
  readonly marks: readonly LineMark[]
}

/** The row. */
export const LineRow = memo(function LineRow(props: LineRowProps): ReactNode {
  const { text, number, wraps } = props
  const selected = selectedIn(props.selection, number)
  const pieces = text === undefined ? [] : colourLine(text, props.language)
  return (
    <div ref={props.rowRef} data-line={number} className={classNames('flex leading-20', wraps ? '' : 'h-20')}>
      <span
        aria-hidden="true"
        className="sticky left-0 z-10 mr-16 flex-none self-stretch bg-s1 pl-12 text-right text-3"
        style={{ width: `calc(${Math.max(2, props.digits)}ch + 14px)` }}
      >
        {number + 1}
      </span>
      <span
        data-line-text=""
        className={classNames(
          'pr-16',
          wraps ? 'min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap' : 'whitespace-pre',
        )}
      >
        {split(pieces, props.marks, selected).map((piece, at) => (
          <span key={at} className={piece.className}>
            {piece.text}
          </span>
        ))}
        {selected?.end === Infinity ? <span className="bg-accent-soft"> </span> : null}
      </span>
    </div>
  )
})

/** Pieces of a line, cut where marks and the selection begin and end. */
function split(
  pieces: readonly Piece[],
  marks: readonly LineMark[],
  selected: { readonly start: number; readonly end: number } | undefined,
): readonly Piece[] {
  if (marks.length === 0 && selected === undefined) return pieces
  const cuts = [...marks.flatMap((mark) => [mark.start, mark.end]), selected?.start ?? 0, selected?.end ?? 0]
  const result: Piece[] = []
  let at = 0
  for (const piece of pieces) {
    const end = at + piece.text.length
    const inside = [...new Set(cuts.filter((cut) => cut > at && cut < end))].sort((a, b) => a - b)
    for (const [index, from] of [at, ...inside].entries()) {
      const to = inside[index] ?? end
      const mark = marks.find((one) => from >= one.start && from < one.end)
      const isSelected = selected !== undefined && from >= selected.start && from < selected.end
      result.push({
        text: piece.text.slice(from - at, to - at),
        className: classNames(
          piece.className,
          isSelected && 'bg-accent-soft',
          mark !== undefined && (mark.isCurrent ? 'bg-accent text-on-accent' : 'bg-warning-soft text-1'),
        ),
      })
    }
    at = end
  }
  return result
}
