// Whether the inspector is open. In a narrow window it lies over the content, so in areas that say so it is opened there by hand only.
import { useSyncExternalStore } from 'react'
import { useLayoutFlag } from './use-layout.ts'

/** Below it the inspector is a sheet; `--breakpoint-wide` of the theme. */
const NARROW = '(width < 1180px)'

function onNarrowChange(tell: () => void): () => void {
  const query = window.matchMedia(NARROW)
  query.addEventListener('change', tell)
  return () => query.removeEventListener('change', tell)
}

/** Whether it is open, and how to open and close it. `waits`: the area's `inspectorWaits`. */
export function useInspector(waits: boolean): readonly [boolean, (isShown: boolean) => void] {
  const isNarrow = useSyncExternalStore(onNarrowChange, () => window.matchMedia(NARROW).matches)
  const pane = useLayoutFlag('inspector.shown', true)
  const sheet = useLayoutFlag('inspector.sheet', false)
  return isNarrow && waits ? sheet : pane
}
