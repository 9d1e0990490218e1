// Who uses this app: nobody yet, a person who stays local, or a signed-in one. Served by the host; tokens never come along.
import { z } from 'zod'
import { call, capability, event } from '../rpc/definition.ts'
import {
  Account,
  ChangePassword,
  DeleteAccount,
  LogIn,
  RequestPasswordReset,
  ResetPassword,
  SignUp,
} from './auth.ts'

export const AccountState = z.object({
  /** `undecided` shows the welcome screen. `expired`: the account is known, its session ended; local work goes on. */
  mode: z.enum(['undecided', 'local', 'signed-in', 'expired']),
  account: Account.nullable(),
  serviceUrl: z.string(),
})
export type AccountState = z.infer<typeof AccountState>

export const account = capability('account', {
  current: call({ input: z.object({}), output: AccountState }),
  signUp: call({ input: SignUp, output: AccountState }),
  logIn: call({ input: LogIn, output: AccountState }),
  /** Forgets the tokens; cached projects of the account are removed from this machine. */
  logOut: call({ input: z.object({}), output: AccountState }),
  stayLocal: call({ input: z.object({}), output: AccountState }),
  changePassword: call({ input: ChangePassword, output: AccountState }),
  requestPasswordReset: call({ input: RequestPasswordReset, output: z.void() }),
  resetPassword: call({ input: ResetPassword, output: z.void() }),
  deleteAccount: call({ input: DeleteAccount, output: AccountState }),
  setServiceUrl: call({
    input: z.object({
      serviceUrl: z.url({
        protocol: /^https?$/,
        error: 'Enter an address that starts with http:// or https://.',
      }),
    }),
    output: AccountState,
  }),
  changed: event(AccountState),
})
