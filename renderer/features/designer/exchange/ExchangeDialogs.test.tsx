// Import and export of a design, over a host that reads texts as the test says.
import { act, cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createElement } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import type { SchemaSource } from '#contract/capabilities/schema.ts'
import { AppError } from '#contract/errors.ts'
import { testSession, type TestSession } from '#testing/design-session.ts'
import { testColumn, testTable } from '#testing/model-objects.ts'
import { renderPage, type SomeHandlers, type TestPage } from '#testing/page.ts'
import { ExchangeCommands } from './exchange-commands.tsx'

afterEach(cleanup)

const SUPPLIER = testTable('supplier', [testColumn('id', 'integer')])
const PROBLEM = { line: 3, column: 1, message: 'A DO block is not run.' }

/** Reads every text as a table of suppliers with a problem; refuses what says so. */
function reading(asked: SchemaSource[]): SomeHandlers {
  return {
    schema: {
      async *load({ source }) {
        asked.push(source)
        if (source.kind === 'text' && source.text.includes('too long'))
          throw new AppError('TOO_LARGE', 'The text is too long.')
        yield {
          type: 'start',
          serverVersion: 180_000,
          database: '',
          asOf: '2026-11-23T10:00:00.000Z',
          isStale: false,
          problems: [PROBLEM],
        }
        yield { type: 'objects', objects: [SUPPLIER] }
      },
    },
  }
}

async function open(session: TestSession, command: string) {
  const asked: SchemaSource[] = []
  const page: TestPage = renderPage(createElement(ExchangeCommands, { session }), reading(asked))
  await act(async () => {
    await page.shell.commands.run(command)
  })
  return { page, asked, dialog: await screen.findByRole('dialog') }
}

describe('import', () => {
  it('shows what is in the text and what is not, and stages it as one step', async () => {
    const session = testSession()
    const { dialog, asked } = await open(session, 'designer.import')
    await userEvent.type(within(dialog).getByLabelText('Text'), 'create table supplier')
    const submit = await within(dialog).findByRole('button', { name: 'Import 1 object' })
    expect(dialog.textContent).toContain('1 object to add.')
    expect(dialog.textContent).toContain('3:1 A DO block is not run.')
    expect(asked.at(-1)).toEqual({
      kind: 'text',
      format: 'sql',
      text: 'create table supplier',
      serverVersion: 180_000,
    })
    await userEvent.click(submit)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(session.draft.state.get().steps).toHaveLength(1)
    expect(session.draft.state.get().model.objects.map(({ name }) => name)).toContain('supplier')
    act(() => session.history.undo())
    expect(session.draft.state.get().model.objects.map(({ name }) => name)).not.toContain('supplier')
  })

  it('takes the format from the name of a file, and places from a diagram', async () => {
    const session = testSession()
    const { dialog, asked } = await open(session, 'designer.import')
    const input = dialog.querySelector<HTMLInputElement>('input[type=file]')
    const text = 'nebuladb diagram 1\n\ntable public.supplier at 40 60\n  id: integer\n'
    await userEvent.upload(input ?? dialog, new File([text], 'shop.diagram'), { applyAccept: false })
    await userEvent.click(await within(dialog).findByRole('button', { name: 'Import 1 object' }))
    expect(asked.at(-1)).toEqual({ kind: 'text', format: 'diagram', text, serverVersion: 180_000 })
    expect(Object.values(session.diagram.get().positions)).toEqual([{ x: 40, y: 60 }])
  })

  it('says why a text cannot be read', async () => {
    const { dialog } = await open(testSession(), 'designer.import')
    await userEvent.type(within(dialog).getByLabelText('Text'), 'too long')
    expect(await within(dialog).findByText(/The text is too long/)).toBeTruthy()
    expect(within(dialog).getByRole('button', { name: 'Import' })).toHaveProperty('disabled', true)
  })
})

describe('export', () => {
  it('shows each format of the design', async () => {
    const { dialog } = await open(testSession(), 'designer.export')
    const choose = (name: string) => userEvent.click(within(dialog).getByRole('radio', { name }))
    for (const [format, text] of [
      ['DBML', /Table "?(public"?\."?)?rental/],
      ['Mermaid', /^erDiagram/],
      ['Diagram file', /^nebuladb diagram 1/],
      ['SQL', /create table .*rental/],
    ] as const) {
      await choose(format)
      const preview = await within(dialog).findByRole('region', { name: `${format} preview` })
      await waitFor(() => expect(preview.textContent).toMatch(text))
    }
    await choose('SVG')
    const picture = await within(dialog).findByRole('img', { name: 'Diagram of All tables' })
    expect(decodeURIComponent(picture.getAttribute('src') ?? '')).toContain('rental')
  })
})
