// Accounts and tokens, served by the service. The desktop host calls it; pages never do, because tokens stay in the host.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { AccountId, Timestamp } from './ids.ts'

export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('Enter an e-mail address like mara@example.com.'))
export const NewPassword = z
  .string()
  .min(10, 'Use at least 10 characters.')
  .max(200, 'Use at most 200 characters.')
const Password = z.string().min(1, 'Enter the password.').max(200)

export const Account = z.object({ id: AccountId, email: z.string(), name: z.string(), createdAt: Timestamp })
export type Account = z.infer<typeof Account>

export const Tokens = z.object({
  /** JWT for the `authorization: Bearer` header or metadata. */
  accessToken: z.string(),
  accessTokenExpiresAt: Timestamp,
  /** Opaque and for one use: refreshing gives a new one. */
  refreshToken: z.string(),
})
export type Tokens = z.infer<typeof Tokens>
export const SignedIn = z.object({ account: Account, tokens: Tokens })
export type SignedIn = z.infer<typeof SignedIn>

export const SignUp = z.object({
  email: Email,
  password: NewPassword,
  name: z.string().trim().max(100).default(''),
})
export const LogIn = z.object({ email: Email, password: Password })
export const ChangePassword = z.object({ currentPassword: Password, newPassword: NewPassword })
export const RequestPasswordReset = z.object({ email: Email })
export const ResetPassword = z.object({ token: z.string().min(1).max(500), newPassword: NewPassword })
export const DeleteAccount = z.object({ password: Password })

const post = (path: string, summary: string, isPublic = false) =>
  ({ method: 'POST', path, summary, public: isPublic }) as const

export const auth = capability('auth', {
  signUp: call({
    input: SignUp,
    output: SignedIn,
    http: post('/auth/sign-up', 'Create an account and its personal organisation', true),
  }),
  logIn: call({
    input: LogIn,
    output: SignedIn,
    http: post('/auth/log-in', 'Log in with e-mail and password', true),
  }),
  refresh: call({
    input: z.object({ refreshToken: z.string().min(1).max(500) }),
    output: SignedIn,
    http: post('/auth/refresh', 'Exchange a refresh token for new tokens', true),
  }),
  /** Ends the session that the refresh token belongs to. */
  logOut: call({
    input: z.object({ refreshToken: z.string().min(1).max(500) }),
    output: z.void(),
    http: post('/auth/log-out', 'End the session of a refresh token', true),
  }),
  whoAmI: call({
    input: z.object({}),
    output: Account,
    http: { method: 'GET', path: '/auth/me', summary: 'The account of the access token' },
  }),
  changePassword: call({
    input: ChangePassword,
    output: SignedIn,
    http: post('/auth/change-password', 'Change the password and end all other sessions'),
  }),
  /** Always answers the same, in the same time, whether the address is known or not. */
  requestPasswordReset: call({
    input: RequestPasswordReset,
    output: z.void(),
    http: post('/auth/request-password-reset', 'Mail a link to set a new password', true),
  }),
  resetPassword: call({
    input: ResetPassword,
    output: z.void(),
    http: post('/auth/reset-password', 'Set a new password with the mailed token', true),
  }),
  deleteAccount: call({
    input: DeleteAccount,
    output: z.void(),
    http: post('/auth/delete-account', 'Delete the account, its personal organisation and their projects'),
  }),
})
