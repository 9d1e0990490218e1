// A cookie with all its attributes, to be added or changed.
import type { ReactNode } from 'react'
import { z } from 'zod'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { Cookie } from '#contract/requests/exchange.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'

export interface CookieFormProps {
  readonly collectionId: CollectionId | null
  /** What is changed; null to add one. */
  readonly cookie: Cookie | null
  readonly onClose: () => void
}

type SameSite = 'none' | 'lax' | 'strict' | ''

const SAME_SITE: readonly { readonly id: SameSite; readonly label: string }[] = [
  { id: '', label: 'Not said' },
  { id: 'lax', label: 'Lax' },
  { id: 'strict', label: 'Strict' },
  { id: 'none', label: 'None' },
]

/** What can be written into a header and read again. Servers set names that RFC 6265 does not allow, and those can be changed too. */
const Fields = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give it a name.')
    .regex(/^[^=;\s\p{Cc}]+$/u, 'A name has no spaces, no = and no semicolon.'),
  value: z
    .string()
    .max(100_000, 'A value has at most 100 000 characters.')
    .regex(/^[^;\p{Cc}]*$/u, 'A value has no semicolon and no line breaks.'),
  domain: z
    .string()
    .trim()
    .min(1, 'Say which host it is sent to.')
    .max(255)
    .regex(/^[^\s/:;]+$/, 'A host only, without protocol, port and path: example.com.'),
  path: z.string().regex(/^\/[^;\p{Cc}]*$/u, 'A path begins with /.'),
  expires: z
    .string()
    .trim()
    .refine(
      (text) => text === '' || !Number.isNaN(Date.parse(text)),
      'A date and time: 2027-01-31T12:00:00Z.',
    )
    .refine(
      (text) => text === '' || !(Date.parse(text) <= Date.now()),
      'It is over: the cookie would be gone at once.',
    ),
})

/** Rendered only while it is open. */
export function CookieForm({ collectionId, cookie, onClose }: CookieFormProps): ReactNode {
  const form = useForm(
    {
      name: cookie?.name ?? '',
      value: cookie?.value ?? '',
      domain: cookie?.domain ?? '',
      path: cookie?.path ?? '/',
      expires: cookie?.expiresAt ?? '',
      sameSite: sameSiteOf(cookie),
      isSecure: cookie?.isSecure ?? false,
      isHttpOnly: cookie?.isHttpOnly ?? false,
      isHostOnly: cookie?.isHostOnly ?? true,
    },
    Fields,
  )
  const { values } = form
  const saving = useAction(
    (host, next: Cookie) => host.requests.saveCookie({ collectionId, cookie: next, replaces: cookie }),
    ['requests'],
    {
      onSuccess: onClose,
      onError: (error) =>
        form.setErrors(
          Object.fromEntries(
            Object.entries(fieldErrorsOf(error)).map(([path, message]) => [
              path.replace(/^cookie\./, '').replace('expiresAt', 'expires'),
              message,
            ]),
          ),
        ),
    },
  )
  const submit = (): void => {
    if (!form.check()) return
    const { name, value, domain, path, expires, sameSite, isSecure, isHttpOnly, isHostOnly } = values
    saving.mutate({
      name: name.trim(),
      value,
      domain: domain.trim().replace(/^\./, ''),
      path,
      expiresAt: expires.trim() === '' ? null : new Date(expires).toISOString(),
      sameSite: sameSite === '' ? null : sameSite,
      isSecure,
      isHttpOnly,
      isHostOnly,
    })
  }
  const hasFieldError = Object.keys(form.errors).length > 0
  return (
    <FormDialog
      title={cookie === null ? 'Add cookie' : `Change cookie ${cookie.name}`}
      submitLabel={cookie === null ? 'Add cookie' : 'Save cookie'}
      busyLabel="Saving…"
      isBusy={saving.isPending}
      problem={hasFieldError ? undefined : describeError(saving.error)}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextField label="Name" isMono autoFocus {...form.field('name')} />
      <TextField label="Value" isMono type="password" autoComplete="off" {...form.field('value')} />
      <div className="grid grid-cols-2 gap-12">
        <TextField label="Domain" isMono placeholder="example.com" {...form.field('domain')} />
        <TextField label="Path" isMono {...form.field('path')} />
        <TextField
          label="Expires"
          isMono
          placeholder="2027-01-31T12:00:00Z"
          help="Empty: with the session."
          {...form.field('expires')}
        />
        <Select
          label="SameSite"
          options={SAME_SITE}
          value={values.sameSite}
          onChange={(sameSite) => form.set('sameSite', sameSite)}
        />
      </div>
      <div className="flex flex-col gap-6">
        <Checkbox
          label="Secure: over https only"
          isSelected={values.isSecure}
          onChange={(isSecure) => form.set('isSecure', isSecure)}
        />
        <Checkbox
          label="HttpOnly: not for scripts of a page"
          isSelected={values.isHttpOnly}
          onChange={(isHttpOnly) => form.set('isHttpOnly', isHttpOnly)}
        />
        <Checkbox
          label="For this very host, not for its subdomains"
          isSelected={values.isHostOnly}
          onChange={(isHostOnly) => form.set('isHostOnly', isHostOnly)}
        />
      </div>
    </FormDialog>
  )
}

function sameSiteOf(cookie: Cookie | null): SameSite {
  return cookie?.sameSite ?? ''
}
