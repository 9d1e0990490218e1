// The trace with its statements laid out for reading, both at once: the panel comes with its final height.
import { useQuery } from '@tanstack/react-query'
import type { RequestTrace, TracedStatement } from '#contract/capabilities/insight.ts'
import { formatSqlLater } from '../query/index.ts'

export interface ShownStatement extends TracedStatement {
  readonly formatted: string
}

/** The statements laid out; as they were sent where that is not possible; undefined while it is under way. */
export function useFormatted(trace: RequestTrace | undefined): readonly ShownStatement[] | undefined {
  const { data } = useQuery({
    queryKey: ['insight', 'formatted', trace?.ticket],
    queryFn: () => Promise.all((trace?.statements ?? []).map(layOut)),
    enabled: trace !== undefined,
    networkMode: 'always',
    staleTime: Infinity,
  })
  return data
}

async function layOut(statement: TracedStatement): Promise<ShownStatement> {
  // Only queries are worth the formatter.
  if (statement.purpose === 'settings') return { ...statement, formatted: statement.sql }
  const formatted = await formatSqlLater(statement.sql).catch(() => statement.sql)
  return { ...statement, formatted }
}
