// The left card of the welcome page: log in, create an account, reset the password, use another service.
import { useState, type ReactNode } from 'react'
import type { AccountState } from '#contract/capabilities/account.ts'
import { account } from '#contract/capabilities/account.ts'
import { LogIn, RequestPasswordReset, ResetPassword, SignUp } from '#contract/capabilities/auth.ts'
import { useQueryClient } from '@tanstack/react-query'
import { Button, TextButton } from '../../components/button.tsx'
import { Form } from '../../components/form.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Segmented } from '../../components/toggles.tsx'
import { useForm, type FieldBinding } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { resetTokenIn } from './use-account.ts'

type Mode = 'log-in' | 'sign-up' | 'ask-reset' | 'reset'

export interface SignInCardProps {
  readonly serviceUrl: string
  /** The address of the account whose session ended. */
  readonly email?: string | undefined
  readonly startsWith?: 'log-in' | 'sign-up'
}

/** Everything that needs the service, in one card. */
export function SignInCard(props: SignInCardProps): ReactNode {
  const [mode, setMode] = useState<Mode>(props.startsWith ?? 'log-in')
  const [email, setEmail] = useState(props.email ?? '')
  const [note, setNote] = useState<string>()
  const go = (next: Mode, message?: string): void => {
    setMode(next)
    setNote(message)
  }
  const isReset = mode === 'ask-reset' || mode === 'reset'
  return (
    <section
      aria-label="Log in or create an account"
      className="flex flex-col rounded-card border border-line-1 bg-s2 px-20 pt-20 pb-18 light:bg-s1"
    >
      <h2 className="text-[14px]/18 font-semibold">
        {isReset ? 'Set a new password' : 'Log in or create an account'}
      </h2>
      <p className="mt-3 mb-16 text-small text-2">
        {isReset
          ? 'We mail a link that is good for one hour.'
          : 'An account brings hosted Postgres databases and keeps your machines in sync.'}
      </p>
      {isReset ? null : (
        <div className="mb-14">
          <Segmented
            label="What to do"
            options={[
              { id: 'log-in', label: 'Log in' },
              { id: 'sign-up', label: 'Create account' },
            ]}
            value={mode}
            onChange={(next) => go(next)}
          />
        </div>
      )}
      {note === undefined ? null : (
        <p role="status" className="mb-12 rounded-control bg-info-soft px-10 py-8 text-small text-info">
          {note}
        </p>
      )}
      {mode === 'log-in' ? (
        <LogInForm email={email} onEmailChange={setEmail} onForgot={() => go('ask-reset')} />
      ) : mode === 'sign-up' ? (
        <SignUpForm email={email} onEmailChange={setEmail} />
      ) : mode === 'ask-reset' ? (
        <AskResetForm
          email={email}
          onEmailChange={setEmail}
          onAsked={() =>
            go('reset', `If ${email.trim()} has an account, the link is on its way. Paste it below.`)
          }
          onHasToken={() => go('reset')}
        />
      ) : (
        <ResetForm onDone={() => go('log-in', 'The new password is set. Log in with it.')} />
      )}
      <div className="min-h-18 flex-1" />
      <div className="border-t border-line-1 pt-12 text-small text-3">
        {isReset ? (
          <TextButton onPress={() => go('log-in')}>Back to log in</TextButton>
        ) : (
          <ServiceAddress serviceUrl={props.serviceUrl} />
        )}
      </div>
    </section>
  )
}

function useSettleAccount(): (state: AccountState) => void {
  const queries = useQueryClient()
  return (state) => void queries.setQueryData(['account', 'current'], state)
}

interface EmailProps {
  readonly email: string
  readonly onEmailChange: (email: string) => void
}

/** The address stays when the person goes from one of these forms to another. */
function EmailField({
  onAlsoChange,
  ...field
}: FieldBinding & { readonly onAlsoChange: (email: string) => void }): ReactNode {
  return (
    <TextField
      label="E-mail"
      type="email"
      name="email"
      autoComplete="username"
      isLarge
      autoFocus
      {...field}
      onChange={(email) => {
        field.onChange(email)
        onAlsoChange(email)
      }}
    />
  )
}

/** The one button of such a form; Enter presses it. */
function SubmitButton(props: {
  readonly isBusy: boolean
  readonly label: string
  readonly busyLabel: string
}): ReactNode {
  return (
    <Button type="submit" variant="primary" size="large" isFullWidth isBusy={props.isBusy} caps={['↵']}>
      {props.isBusy ? props.busyLabel : props.label}
    </Button>
  )
}

function LogInForm(props: EmailProps & { readonly onForgot: () => void }): ReactNode {
  const settle = useSettleAccount()
  const form = useForm({ email: props.email, password: '' }, LogIn)
  const logIn = useAction(
    (host, input: { email: string; password: string }) => host.account.logIn(input),
    ['organisations', 'projects', 'connections'],
    { onSuccess: settle, onError: (error) => form.setErrors(fieldErrorsOf(error)) },
  )
  return (
    <Form
      problem={describeError(logIn.error)}
      onSubmit={() => {
        if (form.check()) logIn.mutate(form.values)
      }}
      actions={
        <>
          <SubmitButton isBusy={logIn.isPending} label="Log in" busyLabel="Logging in…" />
          <div className="text-small">
            <TextButton onPress={props.onForgot}>Forgot the password?</TextButton>
          </div>
        </>
      }
    >
      <EmailField {...form.field('email')} onAlsoChange={props.onEmailChange} />
      <TextField
        label="Password"
        type="password"
        name="password"
        autoComplete="current-password"
        isLarge
        {...form.field('password')}
      />
    </Form>
  )
}

function SignUpForm(props: EmailProps): ReactNode {
  const settle = useSettleAccount()
  const form = useForm({ email: props.email, password: '', name: '' }, SignUp)
  const signUp = useAction(
    (host, input: { email: string; password: string; name: string }) => host.account.signUp(input),
    ['organisations', 'projects', 'connections'],
    { onSuccess: settle, onError: (error) => form.setErrors(fieldErrorsOf(error)) },
  )
  return (
    <Form
      problem={describeError(signUp.error)}
      onSubmit={() => {
        if (form.check()) signUp.mutate(form.values)
      }}
      actions={<SubmitButton isBusy={signUp.isPending} label="Create account" busyLabel="Creating…" />}
    >
      <TextField label="Name (optional)" name="name" autoComplete="name" isLarge {...form.field('name')} />
      <EmailField {...form.field('email')} onAlsoChange={props.onEmailChange} />
      <TextField
        label="Password"
        type="password"
        name="new-password"
        autoComplete="new-password"
        isLarge
        {...form.field('password')}
        help="At least 10 characters. A few words are better than symbols."
      />
    </Form>
  )
}

function AskResetForm(
  props: EmailProps & { readonly onAsked: () => void; readonly onHasToken: () => void },
): ReactNode {
  const form = useForm({ email: props.email }, RequestPasswordReset)
  const ask = useAction((host, input: { email: string }) => host.account.requestPasswordReset(input), [], {
    onSuccess: props.onAsked,
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  })
  return (
    <Form
      problem={describeError(ask.error)}
      onSubmit={() => {
        if (form.check()) ask.mutate(form.values)
      }}
      actions={
        <>
          <SubmitButton isBusy={ask.isPending} label="Mail the link" busyLabel="Mailing…" />
          <div className="text-small">
            <TextButton onPress={props.onHasToken}>I have a link already</TextButton>
          </div>
        </>
      }
    >
      <EmailField {...form.field('email')} onAlsoChange={props.onEmailChange} />
    </Form>
  )
}

function ResetForm({ onDone }: { readonly onDone: () => void }): ReactNode {
  const form = useForm({ token: '', newPassword: '' }, ResetPassword)
  const reset = useAction(
    (host, input: { token: string; newPassword: string }) =>
      host.account.resetPassword({ ...input, token: resetTokenIn(input.token) }),
    [],
    { onSuccess: onDone, onError: (error) => form.setErrors(fieldErrorsOf(error)) },
  )
  return (
    <Form
      problem={describeError(reset.error)}
      onSubmit={() => {
        if (form.check()) reset.mutate(form.values)
      }}
      actions={<SubmitButton isBusy={reset.isPending} label="Set new password" busyLabel="Setting…" />}
    >
      <TextField
        label="Link from the mail"
        isLarge
        isMono
        autoFocus
        placeholder="Paste the whole link, or the token at its end"
        value={form.values.token}
        onChange={(token) => form.set('token', token)}
        error={form.errors['token'] === undefined ? undefined : 'Paste the link from the mail.'}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        isLarge
        {...form.field('newPassword')}
        help="At least 10 characters."
      />
    </Form>
  )
}

const ServiceUrlInput = account.members.setServiceUrl.input

/** The address of the service in use, and a way to change it. */
export function ServiceAddress({ serviceUrl }: { readonly serviceUrl: string }): ReactNode {
  const [isEditing, setIsEditing] = useState(false)
  const settle = useSettleAccount()
  const form = useForm({ serviceUrl }, ServiceUrlInput)
  const save = useAction(
    (host, input: { serviceUrl: string }) => host.account.setServiceUrl(input),
    ['connectivity'],
    {
      onSuccess: (state) => {
        settle(state)
        setIsEditing(false)
      },
      onError: (error) => form.setErrors(fieldErrorsOf(error)),
    },
  )
  if (!isEditing) {
    return (
      <span className="flex min-w-0 items-center gap-6">
        <span className="truncate" title={serviceUrl}>
          Service: {serviceUrl.replace(/^https?:\/\//, '')}
        </span>
        <TextButton
          onPress={() => {
            form.reset({ serviceUrl })
            setIsEditing(true)
          }}
        >
          Use another address
        </TextButton>
      </span>
    )
  }
  return (
    <Form
      className="gap-8"
      problem={describeError(save.error)}
      onSubmit={() => {
        if (form.check()) save.mutate(form.values)
      }}
      actions={
        <div className="flex gap-8">
          <Button type="submit" size="compact" isBusy={save.isPending}>
            Use this address
          </Button>
          <Button size="compact" variant="ghost" onPress={() => setIsEditing(false)}>
            Cancel
          </Button>
        </div>
      }
    >
      <TextField label="Service address" type="url" isMono autoFocus {...form.field('serviceUrl')} />
    </Form>
  )
}
