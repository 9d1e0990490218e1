// The cookies of a collection, and the variables that a request sees: what is shown, what is hidden until asked for, what is changed.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import type { Cookie } from '#contract/requests/exchange.ts'
import { COLLECTION_ID as ID, memoryHost, variable } from '#testing/memory-environments.ts'
import { renderPage, type SomeHandlers, type TestPage } from '#testing/page.ts'
import { RequestWorkbenchProvider, useRequestWorkbench, type TesterAsk } from '../requests/index.ts'
import { EnvironmentDialogs } from './index.ts'

afterEach(cleanup)

const SESSION: Cookie = {
  name: 'session',
  value: 'abc',
  domain: 'example.com',
  path: '/',
  expiresAt: null,
  isHttpOnly: true,
  isSecure: true,
  sameSite: 'lax',
  isHostOnly: true,
}
const THEME: Cookie = { ...SESSION, name: 'theme', value: 'dark', domain: 'other.test', isHttpOnly: false }

function Asking({ ask: wanted }: { readonly ask: TesterAsk }) {
  const { ask } = useRequestWorkbench()
  return <button onClick={() => ask.set(wanted)}>Ask</button>
}

async function open(ask: TesterAsk, handlers: SomeHandlers, active: string | null = null): Promise<TestPage> {
  const page = renderPage(
    <RequestWorkbenchProvider parts={{ views: {} }}>
      <Asking ask={ask} />
      <EnvironmentDialogs />
    </RequestWorkbenchProvider>,
    memoryHost([], { active, handlers }).handlers,
  )
  await userEvent.click(await screen.findByRole('button', { name: 'Ask' }))
  return page
}

/** A jar in memory. */
function jar(initial: readonly Cookie[]) {
  let cookies = [...initial]
  const saved: { cookie: Cookie; replaces: Cookie | null }[] = []
  const requests: NonNullable<SomeHandlers['requests']> = {
    cookies: async () => cookies,
    async saveCookie({ cookie, replaces }) {
      saved.push({ cookie, replaces })
      cookies = [...cookies.filter((one) => one.name !== replaces?.name), cookie]
    },
    async removeCookies({ domain, name }) {
      cookies = cookies.filter(
        (one) => (domain !== null && one.domain !== domain) || (name !== null && one.name !== name),
      )
    },
  }
  return { requests, saved, all: () => cookies }
}

const COOKIES: TesterAsk = { kind: 'cookies', collectionId: ID, path: '' }
const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }))

describe('cookies', () => {
  test('stand by domain with their attributes, values masked until one is asked for', async () => {
    await open(COOKIES, { requests: jar([SESSION, THEME]).requests })
    const session = await screen.findByRole('table', { name: 'Cookies of example.com' })
    expect(session.textContent).toContain('this host, Secure, HttpOnly, SameSite lax')
    expect(screen.queryByText('abc')).toBeNull()
    await press('Show the value of session')
    expect(screen.getByText('abc')).toBeTruthy()
    expect(screen.queryByText('dark')).toBeNull()
  })

  test('are found by name and domain', async () => {
    await open(COOKIES, { requests: jar([SESSION, THEME]).requests })
    await userEvent.type(await screen.findByRole('searchbox', { name: 'Search cookies' }), 'other')
    expect(await screen.findByText('1 of 2')).toBeTruthy()
    expect(screen.queryByRole('table', { name: 'Cookies of example.com' })).toBeNull()
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search cookies' }), 'x')
    expect(screen.getByText('No cookie matches')).toBeTruthy()
  })

  test('are changed, the one before is replaced', async () => {
    const { requests, saved } = jar([SESSION])
    await open(COOKIES, { requests })
    await userEvent.click(await screen.findByRole('button', { name: 'session' }))
    fireEvent.change(screen.getByLabelText('Value'), { target: { value: 'new' } })
    fireEvent.change(screen.getByLabelText('Expires'), { target: { value: '2999-01-31T12:00:00Z' } })
    await press('Save cookie')
    await waitFor(() => expect(saved).toHaveLength(1))
    expect(saved[0]).toEqual({
      cookie: { ...SESSION, value: 'new', expiresAt: '2999-01-31T12:00:00.000Z' },
      replaces: SESSION,
    })
  })

  test.each([
    ['Name', 'a b', /A name has no spaces/],
    ['Value', 'a;b', /A value has no semicolon/],
    ['Domain', 'https://example.com/', /A host only/],
    ['Path', 'films', 'A path begins with /.'],
    ['Expires', 'soon', /A date and time/],
    ['Expires', '2001-01-01', /It is over/],
  ])('with %s %s are refused at the field', async (label, value, message) => {
    const { requests, saved } = jar([])
    await open(COOKIES, { requests })
    await screen.findByText('No cookies')
    await userEvent.click(screen.getAllByRole('button', { name: 'Add cookie' })[0] ?? document.body)
    const form = within(await screen.findByRole('dialog', { name: 'Add cookie' }))
    fireEvent.change(form.getByLabelText('Name'), { target: { value: 'a' } })
    fireEvent.change(form.getByLabelText('Domain'), { target: { value: 'example.com' } })
    fireEvent.change(form.getByLabelText(label), { target: { value } })
    await userEvent.click(form.getByRole('button', { name: 'Add cookie' }))
    expect(await form.findByText(message)).toBeTruthy()
    expect(saved).toEqual([])
  })

  test('one that was deleted comes back with undo', async () => {
    const { requests, all } = jar([SESSION, THEME])
    await open(COOKIES, { requests })
    await userEvent.click(await screen.findByRole('button', { name: 'Delete theme' }))
    await waitFor(() => expect(all()).toEqual([SESSION]))
    await screen.findByText(/Cookie theme deleted/)
    await press('Undo')
    await waitFor(() => expect(all()).toEqual([SESSION, THEME]))
  })

  test('of a domain are cleared after a question', async () => {
    const { requests, all } = jar([SESSION, THEME])
    await open(COOKIES, { requests })
    await userEvent.click(await screen.findByRole('button', { name: 'Clear other.test' }))
    const question = within(await screen.findByRole('alertdialog'))
    expect(question.getByText(/1 cookie is deleted/)).toBeTruthy()
    await userEvent.click(question.getByRole('button', { name: 'Clear cookies' }))
    await waitFor(() => expect(all()).toEqual([SESSION]))
  })

  test('that cannot be read say why and can be tried again', async () => {
    const { requests } = jar([SESSION])
    let isLocked = true
    await open(COOKIES, {
      requests: {
        ...requests,
        async cookies() {
          if (isLocked) throw new AppError('SECRET_STORE_UNAVAILABLE', 'The keychain is locked.')
          return [SESSION]
        },
      },
    })
    expect(await screen.findByText(/could not be read. The keychain is locked./)).toBeTruthy()
    isLocked = false
    await press('Try again')
    expect(await screen.findByRole('button', { name: 'session' })).toBeTruthy()
  })
})

describe('variables of a request', () => {
  const seen = (name: string, from: string, isOverridden: boolean) => ({
    ...variable(name, `of ${from}`),
    scope: 'environment' as const,
    from,
    hasValue: true,
    isOverridden,
  })
  const VARIABLES: SomeHandlers = {
    collections: {
      variables: async () => [
        seen('base', 'local', false),
        seen('base', 'staging', true),
        { ...seen('token', 'staging', false), ...variable('token', '', true), hasValue: false },
      ],
    },
  }
  const ask = (name: string): TesterAsk => ({ kind: 'variables', collectionId: ID, path: 'A.yml', name })

  test('overridden ones are struck, secrets without a value are marked', async () => {
    await open(ask(''), VARIABLES, 'local')
    const rows = await screen.findAllByRole('row')
    expect(rows.map(({ textContent }) => textContent).slice(1)).toEqual([
      'baseof localenvironment local',
      'baseof stagingenvironment stagingoverridden',
      'tokensecretenvironment stagingNo value on this machine',
    ])
    expect(within(rows[2] ?? document.body).getByText('base').className).toContain('line-through')
  })

  test('one that nothing gives is said so, and added where it is wanted', async () => {
    await open(ask('region'), VARIABLES, null)
    await userEvent.click(await screen.findByRole('button', { name: 'Add it to globals' }))
    const editor = within(await screen.findByRole('dialog', { name: 'Environments' }))
    expect(await editor.findByLabelText('Value of region')).toBeTruthy()
    expect(editor.getByRole('button', { name: 'Save globals' })).toBeTruthy()
  })
})
