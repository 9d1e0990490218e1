// A PDF, page below page; a page is drawn when it comes near the visible part.
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { EmptyState } from '../empty-state.tsx'
import { SkeletonRows } from '../skeleton.tsx'
import { openPdf, type OpenPdf } from './open-pdf.ts'

/** As wide as a sheet is shown at most, in CSS px. */
const WIDTH = 720
/** The form of a sheet before it is known: A4. */
const A4 = Math.SQRT2

type State = OpenPdf | { readonly problem: string } | null

export interface PdfViewProps {
  readonly label: string
  readonly bytes: Uint8Array
}

/** The document, scrolling by itself. Loaded lazily: what reads PDF is large. */
export function PdfView({ label, bytes }: PdfViewProps): ReactNode {
  const [state, setState] = useState<State>(null)
  useEffect(() => {
    let isOver = false
    let opened: OpenPdf | undefined
    // The worker takes the bytes over, so it gets its own.
    openPdf(bytes.slice()).then(
      (pdf) => {
        opened = pdf
        if (isOver) pdf.close()
        else setState(pdf)
      },
      (error: unknown) => {
        if (!isOver) setState({ problem: error instanceof Error ? error.message : String(error) })
      },
    )
    return () => {
      isOver = true
      opened?.close()
    }
  }, [bytes])
  if (state === null) return <SkeletonRows count={4} label="Reading the PDF" />
  if ('problem' in state)
    return (
      <EmptyState title="The PDF cannot be shown">{state.problem} Save it to a file to open it.</EmptyState>
    )
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="flex min-h-0 flex-1 flex-col items-center gap-12 overflow-auto bg-s2 p-16"
    >
      {Array.from({ length: state.pages }, (_, index) => (
        <Sheet key={index} pdf={state} number={index + 1} />
      ))}
    </div>
  )
}

function Sheet({ pdf, number }: { readonly pdf: OpenPdf; readonly number: number }): ReactNode {
  const ref = useRef<HTMLCanvasElement>(null)
  const [height, setHeight] = useState<number>()
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    const canvas = ref.current
    if (canvas === null) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        observer.disconnect()
        pdf.draw(canvas, number, WIDTH).then(setHeight, (error: unknown) => {
          setProblem(error instanceof Error ? error.message : String(error))
        })
      },
      { rootMargin: '600px' },
    )
    observer.observe(canvas)
    return () => observer.disconnect()
  }, [pdf, number])
  return (
    <figure className="flex-none">
      <canvas
        ref={ref}
        role="img"
        aria-label={`Page ${number} of ${pdf.pages}`}
        style={{ width: WIDTH, height: height ?? WIDTH * A4 }}
        className="max-w-full rounded-control border border-line-1 bg-on-accent"
      />
      {problem === undefined ? null : <figcaption className="text-small text-danger">{problem}</figcaption>}
    </figure>
  )
}
