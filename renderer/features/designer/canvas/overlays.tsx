// What lies over the canvas: the chip of a neighbourhood, the progress of a layout.
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from '../../../components/button.tsx'
import { Segmented } from '../../../components/toggles.tsx'
import type { Drawing } from './shapes.ts'
import type { LayoutProgress } from './use-layout.ts'

export interface Neighbourhood {
  readonly ids: readonly string[]
  readonly hops: number
}

const HOPS = [
  { id: '1', label: '1' },
  { id: '2', label: '2' },
  { id: '3', label: '3' },
] as const

export interface FocusChipProps {
  readonly drawing: Drawing
  readonly focus: Neighbourhood
  readonly onChange: (focus: Neighbourhood | null) => void
}

/** Whose neighbourhood is shown, how far, and the way out. */
export function FocusChip({ drawing, focus, onChange }: FocusChipProps): ReactNode {
  const first = drawing.shapes.find((shape) => shape.id === focus.ids[0])
  const others = focus.ids.length - 1
  return (
    <div className="absolute top-12 left-12 z-10 flex h-36 items-center gap-10 rounded-card bg-s3 pr-4 pl-12 text-small shadow-overlay">
      <span>
        Around <strong className="font-semibold">{first?.name ?? 'the selection'}</strong>
        {others > 0 ? ` and ${others} more` : ''}, hops
      </span>
      <Segmented
        label="Hops"
        options={HOPS}
        value={HOPS.find(({ id }) => id === String(focus.hops))?.id ?? '1'}
        onChange={(hops) => onChange({ ...focus, hops: Number(hops) })}
      />
      <IconButton icon={X} label="Show the whole diagram" caps={['Esc']} onPress={() => onChange(null)} />
    </div>
  )
}

export interface LayoutOverlayProps {
  readonly progress: LayoutProgress | null
  readonly problem: string | null
}

/** Only for a layout that is worth waiting for: a small one is done before anybody sees it. */
const MIN_SHOWN = 150

/** How far a layout is, with Cancel; and why one failed. */
export function LayoutOverlay({ progress, problem }: LayoutOverlayProps): ReactNode {
  if (progress !== null && progress.count >= MIN_SHOWN)
    return (
      <div
        role="status"
        className="absolute top-12 left-1/2 z-10 flex h-36 -translate-x-1/2 items-center gap-12 rounded-card bg-s3 pr-6 pl-14 text-small shadow-overlay"
      >
        <span className="tabular-nums">
          Laying out {progress.done} of {progress.count} tables
        </span>
        <Button size="compact" onPress={progress.cancel}>
          Cancel
        </Button>
      </div>
    )
  if (problem === null) return null
  return (
    <div
      role="status"
      className="absolute top-12 left-1/2 z-10 flex h-36 -translate-x-1/2 items-center rounded-card bg-s3 px-14 text-small text-danger shadow-overlay"
    >
      The layout did not work, so tables stand in a grid: {problem}
    </div>
  )
}
