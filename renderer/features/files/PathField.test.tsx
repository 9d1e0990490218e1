// The field for a path: completed while one types, browsed for with its button.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState, type ReactNode } from 'react'
import { afterEach, expect, it } from 'vitest'
import type { FolderListing } from '#contract/capabilities/files.ts'
import { AppError } from '#contract/errors.ts'
import { renderPage, type SomeHandlers } from '#testing/page.ts'
import { Form } from '../../components/form.tsx'
import { PathField, type PathFieldProps } from './index.ts'

afterEach(cleanup)

const TREE: Readonly<Record<string, readonly string[]>> = {
  '/home/me': ['films/', 'notes.txt', 'data.csv'],
  '/home/me/films': ['old/', 'a.csv', 'b.csv'],
  '/home/me/films/old': [],
  '/home': ['me/'],
  '/': ['home/'],
}

const files: NonNullable<SomeHandlers['files']> = {
  home: async () => ({ folder: '/home/me', separator: '/' }),
  list: async ({ folder, startsWith, kinds, endings }): Promise<FolderListing> => {
    const at = folder === '/' ? '/' : folder.replace(/\/$/, '')
    const names = TREE[at]
    if (names === undefined) throw new AppError('NOT_FOUND', `There is no folder ${at}.`)
    return {
      folder: at,
      parent: at === '/' ? null : at.slice(0, at.lastIndexOf('/')) || '/',
      separator: '/',
      isCut: false,
      entries: names
        .filter(
          (name) =>
            name.startsWith(startsWith) &&
            (name.endsWith('/') ||
              (kinds === 'all' &&
                (endings.length === 0 || endings.some((ending) => name.endsWith(`.${ending}`))))),
        )
        .map((name) => ({
          name: name.replace('/', ''),
          kind: name.endsWith('/') ? ('folder' as const) : ('file' as const),
          sizeBytes: name.endsWith('/') ? null : 12,
          modifiedAt: null,
        })),
    }
  },
  makeFolder: async ({ folder, name }) => {
    if (name === 'old') throw new AppError('ALREADY_EXISTS', `${folder}/old is there already.`)
    return { folder: '/home/me/films/old' }
  },
}

function Field(props: Omit<PathFieldProps, 'label' | 'value' | 'onChange'>): ReactNode {
  const [path, setPath] = useState('')
  return <PathField label="Data" value={path} onChange={setPath} {...props} />
}
const field = () => screen.findByRole('combobox', { name: 'Data' })
const text = async (): Promise<unknown> => Reflect.get(await field(), 'value')
const browse = async () => {
  const button = await screen.findByRole('button', { name: 'Browse for data' })
  await waitFor(() => expect(button).toHaveProperty('disabled', false))
  await userEvent.click(button)
  return screen.findByRole('dialog')
}

it('completes folders and files, folder by folder', async () => {
  renderPage(<Field choosing="file" />, { files })
  await userEvent.type(await field(), '/home/me/fi')
  await userEvent.click(await screen.findByRole('option', { name: '/home/me/films/' }))
  expect(await text()).toBe('/home/me/films/')
  await userEvent.type(await field(), 'b')
  await userEvent.click(await screen.findByRole('option', { name: '/home/me/films/b.csv' }))
  expect(await text()).toBe('/home/me/films/b.csv')
})

it('writes out ~, so that the path is whole for whoever gets it', async () => {
  renderPage(<Field choosing="file" />, { files })
  await waitFor(async () => {
    await userEvent.clear(await field())
    await userEvent.type(await field(), '~/fi')
    expect(await text()).toBe('/home/me/fi')
  })
})

it('completes folders alone where a folder is chosen', async () => {
  renderPage(<Field choosing="folder" />, { files })
  await userEvent.type(await field(), '/home/me/')
  const options = await screen.findAllByRole('option')
  expect(options.map((one) => one.textContent)).toEqual(['/home/me/films/'])
})

it('browses from home, into a folder and to a file', async () => {
  renderPage(<Field choosing="file" endings={['csv']} />, { files })
  const dialog = await browse()
  await userEvent.click(await within(dialog).findByRole('button', { name: 'films' }))
  expect(await within(dialog).findByRole('button', { name: 'a.csv' })).toBeTruthy()
  await userEvent.click(within(dialog).getByRole('button', { name: 'The folder above' }))
  await userEvent.click(await within(dialog).findByRole('button', { name: 'data.csv' }))
  expect(await text()).toBe('/home/me/data.csv')
  expect(screen.queryByRole('dialog')).toBeNull()
})

it('says a file of the collection’s folder from there', async () => {
  renderPage(<Field choosing="file" base="/home/me/films" />, { files })
  const dialog = await browse()
  await userEvent.click(await within(dialog).findByRole('button', { name: 'a.csv' }))
  expect(await text()).toBe('a.csv')
})

it('makes a folder, says why it could not, and submits no form around the field', async () => {
  let submitted = 0
  renderPage(
    <Form onSubmit={() => submitted++}>
      <Field choosing="folder" />
    </Form>,
    { files },
  )
  const dialog = await browse()
  await userEvent.click(await within(dialog).findByRole('button', { name: 'New folder' }))
  await userEvent.type(within(dialog).getByLabelText('Name of the new folder'), 'old')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Make folder' }))
  expect(await within(dialog).findByText('/home/me/old is there already.')).toBeTruthy()
  await userEvent.type(within(dialog).getByLabelText('Name of the new folder'), 'er')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Make folder' }))
  expect(await within(dialog).findByText('Nothing to choose here')).toBeTruthy()
  await userEvent.click(within(dialog).getByRole('button', { name: 'Choose this folder' }))
  expect(await text()).toBe('/home/me/films/old')
  expect(submitted).toBe(0)
})

it('names a new file in the folder that is shown', async () => {
  renderPage(<Field choosing="newFile" suggestedName="shop.json" />, { files })
  const dialog = await browse()
  const name = await within(dialog).findByLabelText('Name of the file')
  expect(name).toHaveProperty('value', 'shop.json')
  await userEvent.click(await within(dialog).findByRole('button', { name: 'films' }))
  await within(dialog).findByRole('button', { name: 'a.csv' })
  await userEvent.click(within(dialog).getByRole('button', { name: 'Choose' }))
  expect(await text()).toBe('/home/me/films/shop.json')
})

it('a folder that cannot be listed says so, and leads home', async () => {
  renderPage(<Field choosing="file" base="/gone" />, { files })
  const dialog = await browse()
  expect(await within(dialog).findByText('There is no folder /gone.')).toBeTruthy()
  await userEvent.click(within(dialog).getByRole('button', { name: 'Go to the home folder' }))
  expect(await within(dialog).findByRole('button', { name: 'films' })).toBeTruthy()
})
