// Log in, create an account, reset the password: what the person sees when it does not work, and when it does.
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AccountState } from '#contract/capabilities/account.ts'
import { AppError } from '#contract/errors.ts'
import { renderPage, type SomeHandlers } from '#testing/page.ts'
import { SignInCard } from './sign-in-card.tsx'
import { initials, resetTokenIn } from './use-account.ts'

afterEach(cleanup)

const STATE: AccountState = { mode: 'undecided', account: null, serviceUrl: 'http://127.0.0.1:7400' }
const show = (handlers: NonNullable<SomeHandlers['account']>, startsWith: 'log-in' | 'sign-up' = 'log-in') =>
  renderPage(<SignInCard serviceUrl={STATE.serviceUrl} startsWith={startsWith} />, { account: handlers })
const submit = (name: string) =>
  userEvent.click(screen.getAllByRole('button', { name }).at(-1) ?? document.body)

describe('the sign-in card', () => {
  it('checks the fields before it asks, says what is wrong beside each, and clears it on input', async () => {
    const signUp = vi.fn(async () => STATE)
    show({ signUp }, 'sign-up')
    await userEvent.type(screen.getByLabelText('E-mail'), 'mara')
    await userEvent.type(screen.getByLabelText('Password'), 'short')
    await submit('Create account')
    const email = screen.getByLabelText('E-mail')
    expect(email.getAttribute('aria-invalid')).toBe('true')
    expect(screen.getByText('Enter an e-mail address like mara@example.com.')).toBeTruthy()
    expect(screen.getByText('Use at least 10 characters.')).toBeTruthy()
    expect(signUp).not.toHaveBeenCalled()
    await userEvent.type(email, '@reelhouse.example')
    expect(email.getAttribute('aria-invalid')).toBe('false')
  })

  it('says what is wrong with a field that is left, but not on the way to a button', async () => {
    show({}, 'log-in')
    await userEvent.type(screen.getByLabelText('E-mail'), 'mara')
    screen.getByRole('button', { name: 'Forgot the password?' }).focus()
    expect(screen.queryByText(/Enter an e-mail address/)).toBeNull()
    screen.getByLabelText('E-mail').focus()
    await userEvent.tab()
    expect(screen.getByText(/Enter an e-mail address/)).toBeTruthy()
  })

  it("shows the service's own words when it refuses", async () => {
    show({
      logIn: async () => {
        throw new AppError('CREDENTIALS_REJECTED', 'The e-mail and password do not match.')
      },
    })
    await userEvent.type(screen.getByLabelText('E-mail'), 'mara@reelhouse.example')
    await userEvent.type(screen.getByLabelText('Password'), 'wrong')
    await submit('Log in')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('do not match'))
  })

  it('says when to try again after too many attempts', async () => {
    show({
      logIn: async () => {
        throw new AppError('RATE_LIMITED', 'Too many attempts.', { details: { retryAfterMs: 29_500 } })
      },
    })
    await userEvent.type(screen.getByLabelText('E-mail'), 'mara@reelhouse.example')
    await userEvent.type(screen.getByLabelText('Password'), 'wrong')
    await submit('Log in')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Try again in 30 s.'))
  })

  it('puts what the service says of a field beside that field', async () => {
    show(
      {
        signUp: async () => {
          throw new AppError('INVALID_INPUT', 'password: too common', {
            details: { issues: [{ path: 'password', message: 'This password is too common.' }] },
          })
        },
      },
      'sign-up',
    )
    await userEvent.type(screen.getByLabelText('E-mail'), 'mara@reelhouse.example')
    await userEvent.type(screen.getByLabelText('Password'), 'passwordpassword')
    await submit('Create account')
    await waitFor(() => expect(screen.getByText('This password is too common.')).toBeTruthy())
  })

  it('mails a link, takes it whole, sets the password and goes back to log in', async () => {
    const asked: string[] = []
    const reset = vi.fn(async () => undefined)
    show({
      requestPasswordReset: async ({ email }) => void asked.push(email),
      resetPassword: reset,
    })
    await userEvent.click(screen.getByRole('button', { name: 'Forgot the password?' }))
    await userEvent.type(screen.getByLabelText('E-mail'), 'mara@reelhouse.example')
    await submit('Mail the link')
    await screen.findByText(/If mara@reelhouse.example has an account/)
    expect(asked).toEqual(['mara@reelhouse.example'])
    await userEvent.type(
      screen.getByLabelText('Link from the mail'),
      'http://127.0.0.1:7400/reset#token=abc%2F1',
    )
    await userEvent.type(screen.getByLabelText('New password'), 'correct horse battery')
    await submit('Set new password')
    await screen.findByText('The new password is set. Log in with it.')
    expect(reset).toHaveBeenCalledWith(
      { token: 'abc/1', newPassword: 'correct horse battery' },
      expect.anything(),
    )
  })

  it('takes another service address and refuses what is none', async () => {
    const set = vi.fn(async () => ({ ...STATE, serviceUrl: 'https://db.example' }))
    show({ setServiceUrl: set })
    await userEvent.click(screen.getByRole('button', { name: 'Use another address' }))
    const field = screen.getByLabelText('Service address')
    await userEvent.clear(field)
    await userEvent.type(field, 'ftp://db.example')
    await submit('Use this address')
    expect(screen.getByText('Enter an address that starts with http:// or https://.')).toBeTruthy()
    await userEvent.clear(field)
    await userEvent.type(field, 'https://db.example')
    await submit('Use this address')
    await waitFor(() => expect(set).toHaveBeenCalledOnce())
  })
})

describe('small things of the account', () => {
  it('makes initials of a name, else of the address', () => {
    expect(initials('Mara Keller', '')).toBe('MK')
    expect(initials('', 'mara.keller@reelhouse.example')).toBe('MK')
    expect(initials('', 'jo@x.example')).toBe('JO')
  })
  it('finds the token in a link or takes it as it is', () => {
    expect(resetTokenIn(' https://x.example/reset?token=a.b&x=1 ')).toBe('a.b')
    expect(resetTokenIn('a.b')).toBe('a.b')
  })
})
