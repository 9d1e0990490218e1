// Reads what would be imported of each source, and a typed text only once it has settled.
import { useQueries } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useHost } from '../../../host/host-provider.tsx'
import type { GivenSource } from './sources.ts'
import type { ShownSource } from './source-list.tsx'

const SETTLE_MS = 350

/** A text after it has not changed for a moment. An emptied one counts at once. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  if (text === '' && settled !== '') setSettled('')
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** The sources with their previews. */
export function usePreviews(sources: readonly GivenSource[]): readonly ShownSource[] {
  const host = useHost()
  const results = useQueries({
    queries: sources.map((given) => ({
      // Not below `collections`: a change of their files changes nothing here.
      queryKey: ['import preview', given.key],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        host.collections.previewImport({ source: given.source }, { signal }),
      staleTime: Infinity,
      gcTime: 0,
      retry: false,
    })),
  })
  return sources.map((given, at) => ({
    given,
    preview: results[at]?.data,
    error: results[at]?.error ?? null,
  }))
}
