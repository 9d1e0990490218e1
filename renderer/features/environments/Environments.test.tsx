// Choosing and editing environments over a host that keeps them in memory: what is saved, what is refused, and what is never lost.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { Environment } from '#contract/requests/collection.ts'
import { COLLECTION_ID as ID, memoryHost, variable, type MemoryHost } from '#testing/memory-environments.ts'
import { renderPage } from '#testing/page.ts'
import { RequestPaletteSource, RequestWorkbenchProvider, useRequestWorkbench } from '../requests/index.ts'
import type { TesterAsk } from '../requests/index.ts'
import { EnvironmentDialogs, EnvironmentPicker } from './index.ts'

afterEach(cleanup)

const STAGING = Environment.parse({
  name: 'staging',
  color: 'orange',
  variables: [variable('base', 'http://a'), variable('token', '', true)],
})

function Asking({ ask: wanted }: { readonly ask: TesterAsk }) {
  const { ask } = useRequestWorkbench()
  return <button onClick={() => ask.set(wanted)}>Ask</button>
}

async function open(host: MemoryHost, extra: { readonly focus?: string; readonly variable?: string } = {}) {
  const page = renderPage(
    <RequestWorkbenchProvider parts={{ views: {} }}>
      <EnvironmentPicker collectionId={ID} />
      <RequestPaletteSource />
      <Asking ask={{ kind: 'environments', collectionId: ID, path: '', ...extra }} />
      <EnvironmentDialogs />
    </RequestWorkbenchProvider>,
    host.handlers,
  )
  await userEvent.click(await screen.findByRole('button', { name: 'Ask' }))
  const dialog = await screen.findByRole('dialog', { name: 'Environments' })
  await within(dialog).findByRole('table', { name: 'Variables' })
  return { page, dialog }
}

const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }))
const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name)
const type = (name: string, value: string) => fireEvent.change(field(name), { target: { value } })

describe('the picker', () => {
  test('shows the environments with their names and changes which one counts', async () => {
    const host = memoryHost([STAGING], { active: null })
    renderPage(
      <RequestWorkbenchProvider parts={{ views: {} }}>
        <EnvironmentPicker collectionId={ID} />
        <EnvironmentDialogs />
      </RequestWorkbenchProvider>,
      host.handlers,
    )
    await userEvent.click(await screen.findByRole('button', { name: 'No environment' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: /staging/ }))
    expect(await screen.findByRole('button', { name: 'Environment staging' })).toBeTruthy()
    expect(host.state.active).toBe('staging')
  })

  test('says that the one which counts is not there, and each one has a command', async () => {
    const host = memoryHost([STAGING], { active: 'gone' })
    const page = renderPage(
      <RequestWorkbenchProvider parts={{ views: {} }}>
        <EnvironmentPicker collectionId={ID} />
        <EnvironmentDialogs />
      </RequestWorkbenchProvider>,
      host.handlers,
    )
    expect(await screen.findByRole('button', { name: 'Environment gone, not there' })).toBeTruthy()
    page.shell.commands.run('environments.edit')
    expect(await screen.findByRole('dialog', { name: 'Environments' })).toBeTruthy()
  })
})

describe('the editor', () => {
  test('saves what was typed, and gives a secret to the keychain and not to the file', async () => {
    const host = memoryHost([STAGING])
    await open(host)
    type('Value of base', 'http://b')
    type('Value of token', 'opensesame')
    await press('Save environment')
    await waitFor(() => expect(host.state.secrets.get('staging/token')).toBe('opensesame'))
    await screen.findByPlaceholderText(/Kept here/)
    expect(host.state.environments[0]?.variables[0]?.value).toBe('http://b')
    expect(JSON.stringify(host.state.environments)).not.toContain('opensesame')
    expect(field('Value of token').value).toBe('')
  })

  test('keeps a secret that the keychain refused, says why, and can save it again', async () => {
    const host = memoryHost([STAGING])
    host.state.refusal = new AppError('SECRET_STORE_UNAVAILABLE', 'The keychain is locked.')
    await open(host)
    type('Value of token', 'opensesame')
    await press('Save environment')
    expect(await screen.findByText('The keychain is locked.')).toBeTruthy()
    expect(field('Value of token').value).toBe('opensesame')
    host.state.refusal = null
    await press('Save environment')
    await waitFor(() => expect(host.state.secrets.get('staging/token')).toBe('opensesame'))
  })

  test('a value that was cleared is forgotten, and one that is kept again is not', async () => {
    const host = memoryHost([STAGING])
    host.state.secrets.set('staging/token', 'old')
    await open(host)
    await press('Clear the value of token')
    await press('Keep the value of token')
    expect(screen.queryByText(/^Not saved/)).toBeNull()
    await press('Clear the value of token')
    await press('Save environment')
    await waitFor(() => expect(host.state.secrets.has('staging/token')).toBe(false))
  })

  test('names what is wrong by field, and does not save it', async () => {
    const host = memoryHost([STAGING])
    await open(host)
    type('Name of the new variable', 'base')
    await press('Save environment')
    expect((await screen.findAllByText('Another variable has this name.')).length).toBe(2)
    expect(host.state.environments[0]?.variables.length).toBe(2)
    type('Name', '')
    expect(await screen.findByText('Give it a name.')).toBeTruthy()
  })

  test('a new one gets a free name and is found after it was saved', async () => {
    const host = memoryHost([STAGING])
    await open(host)
    await press('New environment')
    type('Name', 'live')
    await press('Save environment')
    await waitFor(() => expect(host.state.environments.map(({ name }) => name)).toEqual(['staging', 'live']))
    await waitFor(() => expect(screen.queryByText(/^Not saved/)).toBeNull())
    expect(field('Name').value).toBe('live')
  })

  test('a copy has the variables and no values of secrets', async () => {
    const host = memoryHost([STAGING])
    host.state.secrets.set('staging/token', 'old')
    await open(host)
    await press('More for this environment')
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Duplicate' }))
    expect(field('Name').value).toBe('staging 2')
    expect(field('Value of token').placeholder).toContain('No value')
  })

  test('is removed after a question that says what is lost', async () => {
    const host = memoryHost([STAGING])
    host.state.secrets.set('staging/token', 'old')
    await open(host)
    await press('More for this environment')
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Remove' }))
    const question = await screen.findByRole('alertdialog')
    expect(question.textContent).toContain('2 variables is deleted, and the values of 1 secret')
    await userEvent.click(within(question).getByRole('button', { name: 'Remove environment' }))
    await waitFor(() => expect(host.state.environments).toEqual([]))
  })

  test('a change outside keeps what was typed until it is decided', async () => {
    const host = memoryHost([STAGING])
    await open(host)
    type('Value of base', 'http://mine')
    host.changeOutside({ ...STAGING, color: 'red' })
    expect(await screen.findByText('It changed outside.')).toBeTruthy()
    expect(field('Value of base').value).toBe('http://mine')
    await press('Keep both changes')
    await press('Save environment')
    await waitFor(() => expect(host.state.environments[0]).toMatchObject({ color: 'red' }))
    expect(host.state.environments[0]?.variables[0]?.value).toBe('http://mine')
  })

  test('what is outside can be taken instead', async () => {
    const host = memoryHost([STAGING])
    await open(host)
    type('Value of base', 'http://mine')
    host.changeOutside({ ...STAGING, variables: [variable('base', 'http://theirs')] })
    await screen.findByText('It changed outside.')
    await press('Take what is outside')
    expect(field('Value of base').value).toBe('http://theirs')
  })

  test('one whose file is gone while it is edited can be kept as a new one', async () => {
    const host = memoryHost([STAGING])
    await open(host)
    type('Value of base', 'http://mine')
    host.changeOutside(null)
    await screen.findByText(/The file is gone/)
    await press('Keep it as a new one')
    await press('Save environment')
    await waitFor(() => expect(host.state.environments[0]?.variables[0]?.value).toBe('http://mine'))
  })

  test('asks before what was typed is lost', async () => {
    const host = memoryHost([STAGING])
    const { dialog } = await open(host)
    type('Value of base', 'http://mine')
    await userEvent.keyboard('{Escape}')
    const question = await screen.findByRole('alertdialog')
    expect(question.textContent).toContain('staging')
    await userEvent.click(within(question).getByRole('button', { name: 'Cancel' }))
    expect(within(dialog).getByLabelText<HTMLTextAreaElement>('Value of base').value).toBe('http://mine')
  })

  test('what is looked for shows its rows alone, and a row stays while it is typed in', async () => {
    const host = memoryHost([STAGING])
    await open(host)
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search in environments' }), 'http://a')
    expect(screen.queryByLabelText('Name of token')).toBeNull()
    type('Value of base', 'other')
    expect(field('Value of base').value).toBe('other')
  })

  test('many are pasted where a name is typed, names of secrets are kept as such', async () => {
    const host = memoryHost([STAGING])
    await open(host)
    await userEvent.click(field('Name of the new variable'))
    await userEvent.paste('LIMIT=5\nDB_PASSWORD=hunter2')
    expect(await screen.findByText('2 variables taken')).toBeTruthy()
    await press('Save environment')
    await waitFor(() => expect(host.state.secrets.get('staging/DB_PASSWORD')).toBe('hunter2'))
    expect(host.state.environments[0]?.variables.map(({ name, value }) => [name, value])).toContainEqual([
      'LIMIT',
      '5',
    ])
  })

  test('arrows and Enter go from row to row', async () => {
    const host = memoryHost([STAGING])
    await open(host)
    await userEvent.click(field('Name of base'))
    await userEvent.keyboard('{ArrowDown}')
    expect(document.activeElement).toBe(field('Name of token'))
    await userEvent.keyboard('{Enter}')
    expect(document.activeElement).toBe(field('Name of the new variable'))
    await userEvent.keyboard('{ArrowUp}{ArrowUp}')
    expect(document.activeElement).toBe(field('Name of base'))
  })

  test('globals are edited beside them, and a variable that is asked for is added to them', async () => {
    const host = memoryHost([STAGING])
    await open(host, { focus: '', variable: 'region' })
    type('Value of region', 'eu')
    await press('Save globals')
    await waitFor(() => expect(host.state.globals.variables).toMatchObject([{ name: 'region', value: 'eu' }]))
  })
})
