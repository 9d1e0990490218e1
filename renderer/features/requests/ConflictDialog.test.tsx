// A file that changed while it was edited: both versions are shown, and the dialog stays until the choice is written.
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { AppError } from '#contract/errors.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import { renderPage } from '#testing/page.ts'
import { linesOf } from './conflict-dialog.tsx'
import { RequestWorkbenchProvider } from './request-workbench.tsx'
import { RequestsArea } from './requests-screen.tsx'

afterEach(cleanup)

const ID = CollectionId.parse('00000000-0000-4000-8000-000000000001')
const DRAFT = '00000000-0000-4000-8000-000000000002'

function show() {
  const file = { request: newHttpRequest('Open', { url: '/theirs' }), revision: '2' }
  const written = Promise.withResolvers<undefined>()
  const write = vi.fn(async ({ revision }: { revision: string | null }) => {
    if (revision !== file.revision) throw new AppError('CONFLICT', 'The file changed.')
    await written.promise
    return { path: 'Open.yml', revision: '3' }
  })
  renderPage(
    <RequestWorkbenchProvider parts={{ views: {} }}>
      <RequestsArea />
    </RequestWorkbenchProvider>,
    {
      collections: {
        drafts: async () => [
          {
            id: DRAFT,
            collectionId: ID,
            path: 'Open.yml',
            baseRevision: '1',
            request: newHttpRequest('Open', { url: '/mine' }),
            updatedAt: '2026-11-23T10:00:00Z',
          },
        ],
        list: async () => [],
        variables: async () => [],
        read: async () => ({ item: file.request, revision: file.revision, inherited: [] }),
        saveDraft: async () => undefined,
        removeDraft: async () => undefined,
        write,
      },
    },
  )
  return { file, write, written }
}

const compare = async (): Promise<void> => {
  await userEvent.click(await screen.findByRole('button', { name: 'Compare' }))
}

test('a draft of an older file says so, and shows the lines that differ', async () => {
  show()
  await compare()
  expect(await screen.findByText('url: /theirs')).toBeTruthy()
  expect(screen.getByText('url: /mine')).toBeTruthy()
})

test('mine is saved over the version that was seen, and the dialog waits for it', async () => {
  const { write, written } = show()
  await compare()
  await userEvent.click(await screen.findByRole('button', { name: 'Save mine over it' }))
  await waitFor(() => expect(write).toHaveBeenCalledOnce())
  expect(write.mock.calls[0]?.[0].revision).toBe('2')
  expect(screen.queryByRole('dialog')).not.toBeNull()
  written.resolve(undefined)
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

test('a file that changed again meanwhile is not overwritten', async () => {
  const { file, write } = show()
  await compare()
  const save = await screen.findByRole('button', { name: 'Save mine over it' })
  file.revision = '9'
  file.request = newHttpRequest('Open', { url: '/again' })
  await userEvent.click(save)
  expect(await screen.findByText(/The file changed again/)).toBeTruthy()
  expect(await screen.findByText('url: /again')).toBeTruthy()
  expect(write).toHaveBeenCalledOnce()
})

test('taking the file’s version lets go of what was typed', async () => {
  const { write } = show()
  await compare()
  await userEvent.click(await screen.findByRole('button', { name: 'Take the file’s' }))
  await waitFor(() => expect(screen.getByLabelText('URL')).toHaveProperty('value', '/theirs'))
  expect(write).not.toHaveBeenCalled()
})

test('a request in lines leaves out what a file leaves out', () => {
  const lines = linesOf(newHttpRequest('Open', { url: '/x', docs: 'one\ntwo' }))
  expect(lines).toContain('url: /x')
  expect(lines).toContain('  two')
  expect(lines.some((line) => line.startsWith('headers'))).toBe(false)
})
