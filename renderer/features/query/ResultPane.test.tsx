// What the result pane says in each state of a run, with the host's events as the contract has them.
import { act, cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { encodeBatch } from '#contract/batch/encode.ts'
import { ConnectionId, ResultId } from '#contract/capabilities/ids.ts'
import type { QueryEvent, RunQuery } from '#contract/capabilities/query.ts'
import type { WorkspaceTab } from '#contract/capabilities/workspace.ts'
import type { CallContext, WithBodies } from '#contract/rpc/definition.ts'
import { renderPage, type TestPage } from '#testing/page.ts'
import type { CodeEditorHandle } from '../../components/code-editor/types.ts'
import { ResultPane } from './ResultPane.tsx'
import { SqlWorkbenchProvider, useSqlWorkbench, type SqlWorkbench } from './sql-workbench.tsx'

afterEach(cleanup)

const uuid = (last: number): string => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`
const TAB: WorkspaceTab = {
  id: uuid(1),
  title: 'Query 1',
  connectionId: ConnectionId.parse(uuid(2)),
  savedQueryId: null,
  sql: 'select a from t',
  cursorOffset: 0,
}
const resultId = ResultId.parse(uuid(3))
const at = { statementIndex: 0, start: 0, end: 15 }
const bare = (value: QueryEvent): WithBodies<QueryEvent> => ({ value, bodies: [] })
const began = bare({ type: 'statement', ...at, sql: TAB.sql })
const columns = bare({
  type: 'columns',
  statementIndex: 0,
  resultId,
  isSortable: true,
  columns: [{ name: 'a', typeOid: 25, type: 'text', tableOid: 0, attributeNumber: 0 }],
})
const rows: WithBodies<QueryEvent> = {
  value: { type: 'batch', resultId, firstRow: 0, rowCount: 2 },
  bodies: encodeBatch([['x'], ['y']], 1),
}
const done = (fields: Partial<Extract<QueryEvent, { type: 'done' }>> = {}): WithBodies<QueryEvent> =>
  bare({
    type: 'done',
    ...at,
    resultId,
    command: 'SELECT',
    rowCount: 2,
    isComplete: true,
    elapsedMs: 380,
    firstRowMs: 4.2,
    snapshotAt: null,
    ...fields,
  })

interface Shown extends TestPage {
  readonly workbench: SqlWorkbench
  readonly cancel: ReturnType<typeof vi.fn>
}

/** The pane of a tab that ran a statement to which the host answered with `events`, over and done unless it `staysOpen`. */
async function show(events: readonly WithBodies<QueryEvent>[], staysOpen = false): Promise<Shown> {
  let workbench: SqlWorkbench | undefined
  function Pane(): ReactNode {
    workbench = useSqlWorkbench()
    return <ResultPane tab={TAB} />
  }
  const cancel = vi.fn(async () => undefined)
  async function* run(_: RunQuery, { signal }: CallContext): AsyncGenerator<WithBodies<QueryEvent>> {
    yield* events
    if (staysOpen) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
  const page = renderPage(
    <SqlWorkbenchProvider workspace={{ tabs: [TAB], activeTabId: TAB.id, layout: {} }}>
      <Pane />
    </SqlWorkbenchProvider>,
    { query: { run, cancel, closeResult: async () => undefined } },
  )
  if (workbench === undefined) throw new Error('The pane was not rendered.')
  const { runs } = workbench
  if (events.length > 0) {
    act(() =>
      runs.run(TAB.id, { connectionId: ConnectionId.parse(uuid(2)), sql: TAB.sql, scope: { kind: 'all' } }),
    )
    await waitFor(() =>
      expect(runs.runs(TAB.id).get().current).toMatchObject(
        staysOpen ? { statements: [{ index: 0 }] } : { status: expect.not.stringMatching('running') },
      ),
    )
  }
  return { ...page, workbench, cancel }
}

describe('the result pane', () => {
  test('says how to run before anything ran', async () => {
    await show([])
    expect(screen.getByRole('heading', { name: 'No results yet' })).toBeTruthy()
    expect(screen.queryByRole('tablist')).toBeNull()
  })

  test('offers Cancel and the rows so far once a statement has run for a second, not before', async () => {
    const { cancel, workbench } = await show([began, columns, rows], true)
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull()
    const button = await screen.findByRole('button', { name: 'Cancel' }, { timeout: 3000 })
    expect(screen.getByText('2 rows so far…')).toBeTruthy()
    await userEvent.click(button)
    const runId = workbench.runs.runs(TAB.id).get().current?.runId
    await waitFor(() => expect(cancel.mock.calls[0]?.[0]).toEqual({ runId }))
    expect(screen.getByText('Cancelling…')).toBeTruthy()
  })

  test('says how many rows came and how long it took, and says it aloud', async () => {
    await show([began, columns, rows, done()])
    expect(screen.getByText('2 rows, 0.38 s, first row 4.2 ms')).toBeTruthy()
    expect(screen.getByRole('tab', { name: 'Result 1 2', selected: true })).toBeTruthy()
    await waitFor(() =>
      expect(document.querySelector('[data-results] > [aria-live]')?.textContent).toBe(
        '2 rows, 0.38 s, first row 4.2 ms',
      ),
    )
  })

  test('does not call the rows read so far all of them', async () => {
    const suspended = bare({ type: 'progress', resultId, rowCount: 2, elapsedMs: 9, isSuspended: true })
    await show([began, columns, rows, suspended, done({ isComplete: false, rowCount: null })])
    expect(screen.getByText('2 rows read so far, more are read as you scroll')).toBeTruthy()
    expect(screen.queryByText(/^2 rows,/)).toBeNull()
  })

  test('says that rows come from a snapshot, and of when', async () => {
    await show([began, columns, rows, done({ snapshotAt: '2026-01-02T03:04:05Z' })])
    expect(screen.getByText(/^Snapshot of 2 Jan \d\d:04\.$/)).toBeTruthy()
    expect(screen.getByText(/The database cannot be reached/)).toBeTruthy()
  })

  test('has no snapshot banner over rows that just came', async () => {
    await show([began, columns, rows, done()])
    expect(screen.queryByText(/Snapshot of/)).toBeNull()
  })

  test('shows an error with its fields, and goes to its place in the text', async () => {
    const failed = bare({
      type: 'failed',
      ...at,
      code: 'QUERY_FAILED',
      message: 'column "b" does not exist',
      postgres: { sqlstate: '42703', hint: 'Perhaps you meant "t.a".' },
      errorOffset: 7,
      elapsedMs: 2,
    })
    const { workbench } = await show([began, failed])
    const messages = screen.getByRole('region', { name: 'What the server said' })
    expect(within(messages).getByText('column "b" does not exist')).toBeTruthy()
    expect(within(messages).getByText('42703')).toBeTruthy()
    expect(within(messages).getByText('Perhaps you meant "t.a".')).toBeTruthy()
    const reveal = vi.fn<CodeEditorHandle['reveal']>()
    const focus = vi.fn<CodeEditorHandle['focus']>()
    act(() => workbench.editor.set(editorWith({ reveal, focus })))
    await userEvent.click(screen.getByRole('button', { name: 'Go to its place in the text' }))
    expect(reveal).toHaveBeenCalledWith(7)
    expect(focus).toHaveBeenCalledOnce()
  })

  test('names the statements that gave no rows, with what they did', async () => {
    await show([
      began,
      bare({ type: 'notice', statementIndex: 0, severity: 'WARNING', message: 'there is no transaction' }),
      done({ resultId: null, command: 'UPDATE', rowCount: 1, firstRowMs: null }),
    ])
    expect(screen.getByText('1 row affected')).toBeTruthy()
    expect(screen.getByText('WARNING: there is no transaction')).toBeTruthy()
    expect(screen.getByRole('tab', { name: 'Messages 1', selected: true })).toBeTruthy()
  })
})

/** An editor of which only what is given can be called. */
function editorWith(given: Pick<CodeEditorHandle, 'reveal' | 'focus'>): CodeEditorHandle {
  const missing = (): never => {
    throw new Error('The test has no such editor.')
  }
  return { text: missing, length: missing, caret: missing, insert: missing, replace: missing, ...given }
}
