// What "Go to anything" finds of the SQL area: tables of the active connection, saved queries, the latest statements.
import { Code, History, ScanEye, Table2 } from 'lucide-react'
import { useMemo } from 'react'
import type { CatalogSnapshot } from '#contract/capabilities/catalog.ts'
import type { HistoryEntry } from '#contract/capabilities/history.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { SavedQuery } from '#contract/capabilities/saved-queries.ts'
import { formatCount } from '../../components/format.ts'
import { useCall } from '../../host/host-provider.tsx'
import type { PaletteItem, PaletteSource } from '../../shell/palette-source.ts'
import { usePaletteSource, useShell, type Shell } from '../../shell/shell.tsx'
import { openTableSql, useCatalog } from '../catalog/index.ts'

/** Objects offered at most: the palette ranks what it is given at each key. */
const MAX_OBJECTS = 300
const LATEST = { limit: 100 }

export interface PaletteSourcesOptions {
  readonly connectionId: ConnectionId | null
  readonly queries: readonly SavedQuery[]
}

/** Adds the sources while the area is mounted. */
export function usePaletteSources({ connectionId, queries }: PaletteSourcesOptions): void {
  const shell = useShell()
  const { reading } = useCatalog(connectionId)
  const { data: history } = useCall(['history', 'list', LATEST], (host, options) =>
    host.history.list(LATEST, options),
  )
  usePaletteSource(
    useMemo(() => objectSource(shell, connectionId, reading.data), [shell, connectionId, reading.data]),
  )
  usePaletteSource(useMemo(() => savedQuerySource(shell, queries), [shell, queries]))
  usePaletteSource(useMemo(() => historySource(shell, history?.entries ?? []), [shell, history]))
}

function objectSource(
  shell: Shell,
  connectionId: ConnectionId | null,
  snapshot: CatalogSnapshot | undefined,
): PaletteSource {
  return {
    id: 'catalog',
    title: 'In this database',
    prefix: '#',
    items(query) {
      const wanted = query.trim().toLowerCase()
      const items: PaletteItem[] = []
      for (const table of snapshot?.catalog.tables ?? []) {
        if (items.length === MAX_OBJECTS) break
        if (wanted !== '' && !isIn(table.name, wanted)) continue
        const isView = table.kind.endsWith('view')
        const rows = table.estimatedRows === null ? '' : `, ${formatCount(table.estimatedRows)} rows`
        items.push({
          id: `table:${connectionId ?? ''}:${table.schema}.${table.name}`,
          title: table.name,
          detail: `${table.schema}${rows}, ${table.columns.length} columns`,
          kind: isView ? 'View' : 'Table',
          icon: isView ? ScanEye : Table2,
          preview: openTableSql(table).replaceAll('\n', ' '),
          run: () => shell.openSql({ connectionId, sql: openTableSql(table), title: table.name, run: true }),
        })
      }
      return items
    },
  }
}

function savedQuerySource(shell: Shell, queries: readonly SavedQuery[]): PaletteSource {
  return {
    id: 'savedQueries',
    title: 'Saved queries',
    prefix: 'none',
    items: () =>
      queries.map((query) => ({
        id: `savedQuery:${query.id}`,
        title: query.name,
        kind: 'Query',
        icon: Code,
        preview: oneLine(query.sql),
        run: () =>
          shell.openSql({
            connectionId: query.connectionId,
            sql: query.sql,
            title: query.name,
            savedQueryId: query.id,
          }),
      })),
  }
}

function historySource(shell: Shell, entries: readonly HistoryEntry[]): PaletteSource {
  return {
    id: 'history',
    title: 'History',
    prefix: 'none',
    items: (query) =>
      query.trim() === ''
        ? []
        : entries.map((entry) => ({
            id: `history:${entry.id}`,
            title: oneLine(entry.sql).slice(0, 120),
            detail: entry.connectionName,
            kind: 'History',
            icon: History,
            preview: oneLine(entry.sql),
            run: () => shell.openSql({ connectionId: entry.connectionId, sql: entry.sql }),
          })),
  }
}

/** Every letter in order: the palette ranks more finely. */
function isIn(name: string, wanted: string): boolean {
  let at = 0
  const lower = name.toLowerCase()
  for (const letter of wanted.replaceAll(' ', '')) {
    at = lower.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}

function oneLine(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').trim()
}
