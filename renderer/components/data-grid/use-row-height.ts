// How high a row is: the design's `--row` token.
import { useEffect, useState } from 'react'

/** 26 px compact, 30 px normal: the `--row` token, followed while it changes. */
export function useRowHeight(): number {
  const [height, setHeight] = useState(readRowHeight)
  useEffect(() => {
    const observer = new MutationObserver(() => setHeight(readRowHeight()))
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-density'] })
    return () => observer.disconnect()
  }, [])
  return height
}

function readRowHeight(): number {
  const height = Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue('--row'), 10)
  return Number.isNaN(height) ? 26 : height
}
