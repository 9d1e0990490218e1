// Follows the view: how much detail is drawn, how large names are from afar, where the dots of the ground stand. Written to the DOM directly, so that
// panning draws nothing anew.
import { useStoreApi } from '@xyflow/react'
import { useEffect, type ReactNode, type RefObject } from 'react'
import { useCanvas } from './canvas-state.ts'

/** Below this zoom rows cannot be read. */
const FULL_FROM = 0.45
/** A name from afar, in pixels of the screen. */
const NAME_PX = 11
const MAX_NAME = 64
const DOTS = 20

/** Draws nothing. */
export function ZoomWatch({
  container,
}: {
  readonly container: RefObject<HTMLDivElement | null>
}): ReactNode {
  const flow = useStoreApi()
  const { detail, nameSize } = useCanvas()
  useEffect(() => {
    let step = Number.NaN
    const follow = (): void => {
      const element = container.current
      if (element === null) return
      const [, , zoom] = flow.getState().transform
      detail.set(zoom >= FULL_FROM ? 'full' : 'names')
      // In steps: each one lays out every name anew.
      const next = Math.round(Math.log2(zoom) * 3)
      if (next === step) return
      step = next
      const rough = 2 ** (next / 3)
      const name = Math.min(MAX_NAME, NAME_PX / rough)
      nameSize.set(name)
      element.style.setProperty('--far-name', `${name}px`)
      element.style.setProperty('--far-line', `${Math.min(12, 1 / rough)}px`)
    }
    follow()
    return flow.subscribe(follow)
  }, [container, flow, detail, nameSize])
  return <Dots />
}

function Dots(): ReactNode {
  const flow = useStoreApi()
  useEffect(() => {
    const element = document.querySelector('.designer-dots')
    if (!(element instanceof HTMLElement)) return undefined
    let before: readonly number[] = []
    const follow = (): void => {
      const { transform } = flow.getState()
      if (transform === before) return
      before = transform
      const [x, y, zoom] = transform
      let gap = DOTS * zoom
      while (gap < DOTS * 0.75) gap *= 2
      element.style.backgroundSize = `${gap}px ${gap}px`
      element.style.backgroundPosition = `${x}px ${y}px`
    }
    follow()
    return flow.subscribe(follow)
  }, [flow])
  return <div aria-hidden="true" className="designer-dots pointer-events-none absolute inset-0" />
}
