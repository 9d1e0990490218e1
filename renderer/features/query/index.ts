// The door of the SQL area. Monaco and the grid are loaded when the area is looked at.
export { sqlArea } from './sql-area.ts'
export { SqlWorkbenchProvider } from './sql-workbench.tsx'

/** The script laid out, by a worker that is loaded for it. Rejects where there are no workers. */
export async function formatSqlLater(text: string): Promise<string> {
  const { formatInWorker } = await import('./format/format-in-worker.ts')
  return formatInWorker(text)
}
