// Requests in "Go to anything", with the prefix `/`.
import { useQueryClient } from '@tanstack/react-query'
import { Box } from 'lucide-react'
import { useMemo } from 'react'
import type { ItemSummary } from '#contract/requests/collection.ts'
import type { PaletteItem, PaletteSource } from '../../shell/palette-source.ts'
import { usePaletteSource } from '../../shell/shell.tsx'
import { useRequestWorkbench } from './request-workbench.tsx'
import { useCollections, useFreshCollections } from './use-collections.ts'

/** Renders nothing; mount it once. */
export function RequestPaletteSource(): null {
  const { openFile } = useRequestWorkbench()
  const { collections } = useCollections()
  const queries = useQueryClient()
  useFreshCollections()
  const source = useMemo<PaletteSource>(
    () => ({
      id: 'requests',
      title: 'Requests',
      prefix: '/',
      items: () =>
        collections.flatMap((collection) =>
          // What the tree has read is in memory; the palette reads nothing while somebody types.
          (queries.getQueryData<ItemSummary[]>(['collections', 'items', collection.id]) ?? [])
            .filter((item) => item.kind !== 'folder' && item.kind !== 'script')
            .map((item): PaletteItem => ({
              id: `request:${collection.id}:${item.path}`,
              title: item.name,
              detail: `${item.method} ${item.url}`.trim(),
              kind: collection.name,
              icon: Box,
              preview: item.url,
              keywords: [item.method, item.url, ...item.tags],
              run: () => openFile(collection.id, item.path),
            })),
        ),
    }),
    [collections, queries, openFile],
  )
  usePaletteSource(source)
  return null
}
