// Looking for a text in a body: places as the host finds them, the one stood on, next and previous.
import { useEffect, useState } from 'react'
import type { ExchangeId } from '#contract/requests/exchange.ts'
import { describeError } from '../../../host/error-text.ts'
import { useHost } from '../../../host/host-provider.tsx'
import type { LineMark } from './line-row.tsx'

export interface Hit {
  readonly line: number
  readonly column: number
  readonly length: number
}

export interface FindOptions {
  readonly text: string
  readonly isCaseSensitive: boolean
  readonly isRegex: boolean
}

export interface Finding {
  readonly hits: readonly Hit[]
  readonly isComplete: boolean
  /** There are more, but nobody steps through so many. */
  readonly isCut: boolean
  readonly current: number
  readonly problem: string | undefined
  step(by: number): Hit | undefined
  marksOf(line: number): readonly LineMark[]
}

const WAIT_MS = 120
const SHOW_EVERY_MS = 100
const MOST_HITS = 100_000
const NO_MARKS: readonly LineMark[] = []

interface Found {
  readonly key: string
  readonly hits: readonly Hit[]
  readonly isComplete: boolean
  readonly problem: string | undefined
}

/** Searches while `options.text` is not empty. */
export function useFind(exchangeId: ExchangeId, view: 'pretty' | 'raw', options: FindOptions): Finding {
  const host = useHost()
  const { text, isCaseSensitive, isRegex } = options
  const key = JSON.stringify([exchangeId, view, text, isCaseSensitive, isRegex])
  const [found, setFound] = useState<Found>({ key: '', hits: [], isComplete: false, problem: undefined })
  const [current, setCurrent] = useState({ key: '', at: 0 })

  useEffect(() => {
    if (text === '') return undefined
    const controller = new AbortController()
    const search = async (): Promise<void> => {
      const hits: Hit[] = []
      let shownAt = 0
      const show = (isComplete: boolean, problem?: string): void =>
        setFound({ key, hits: [...hits], isComplete, problem })
      try {
        const input = { exchangeId, view, text, isCaseSensitive, isRegex }
        for await (const part of host.requests.find(input, { signal: controller.signal })) {
          for (const hit of part.hits) if (hits.length < MOST_HITS) hits.push(hit)
          const isOver = part.isComplete || hits.length >= MOST_HITS
          // Thousands of places come in many parts: the page is drawn for the first and then ten times a second.
          if (isOver || shownAt === 0 || performance.now() - shownAt > SHOW_EVERY_MS) {
            shownAt = performance.now()
            show(isOver)
          }
          if (hits.length >= MOST_HITS) return
        }
        show(true)
      } catch (error) {
        if (!controller.signal.aborted) show(true, describeError(error)?.message)
      }
    }
    const timer = setTimeout(() => void search(), WAIT_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [host, key, exchangeId, view, text, isCaseSensitive, isRegex])

  const isCurrent = found.key === key && text !== ''
  const hits = isCurrent ? found.hits : []
  const at = current.key === key ? current.at : 0
  return {
    hits,
    isComplete: isCurrent && found.isComplete,
    isCut: hits.length >= MOST_HITS,
    current: at,
    problem: isCurrent ? found.problem : undefined,
    step(by) {
      if (hits.length === 0) return undefined
      const next = (at + by + hits.length) % hits.length
      setCurrent({ key, at: next })
      return hits[next]
    },
    marksOf(line) {
      if (hits.length === 0) return NO_MARKS
      const marks: LineMark[] = []
      for (let index = firstAtLine(hits, line); hits[index]?.line === line; index++) {
        const hit = hits[index]
        if (hit !== undefined)
          marks.push({
            start: hit.column,
            end: hit.column + hit.length,
            isCurrent: index === at,
          })
      }
      return marks.length === 0 ? NO_MARKS : marks
    },
  }
}

/** Hits come in order of lines: the first that is not before one. */
function firstAtLine(hits: readonly Hit[], line: number): number {
  let low = 0
  let high = hits.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hits[middle]?.line ?? 0) < line) low = middle + 1
    else high = middle
  }
  return low
}
