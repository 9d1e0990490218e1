// The door of account: who uses this app. Forwards to the service, keeps the tokens here, and tells every page.
import { EventEmitter } from 'node:events'
import { z } from 'zod'
import type { account, AccountState } from '#contract/capabilities/account.ts'
import type { SignedIn } from '#contract/capabilities/auth.ts'
import { AppError } from '#contract/errors.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { SettingsStore } from '../cache/index.ts'
import { needsService, type Cloud, type Service } from '../cloud/index.ts'

export interface AccountDependencies {
  readonly cloud: Cloud
  readonly settings: SettingsStore
}

const SERVICE_URL = 'serviceUrl'
/** Logging out does not wait longer than this for the service to hear of it. */
const TELL_WITHIN_MS = 1_500

/** The service's address that the person chose on this machine, if they chose one. */
export function chosenServiceUrl(settings: SettingsStore): string | undefined {
  return settings.get(SERVICE_URL, z.url({ protocol: /^https?$/ }))
}

/** Makes the capability. */
export function createAccountCapability({
  cloud,
  settings,
}: AccountDependencies): CapabilityHandlers<typeof account> {
  const { session, link } = cloud
  const events = new EventEmitter<{ changed: [AccountState] }>()
  events.setMaxListeners(0)
  const current = (): AccountState => ({ ...session.state(), serviceUrl: link.url() })
  session.events.on('changed', () => events.emit('changed', current()))

  const ask = async <T>(what: string, run: (service: Service) => Promise<T>): Promise<T> => {
    try {
      return await cloud.call(run, { now: true })
    } catch (error) {
      throw needsService(error, what)
    }
  }
  const begin = async (what: string, run: (service: Service) => Promise<SignedIn>): Promise<AccountState> => {
    await session.begin(await ask(what, run))
    return current()
  }

  return {
    current: async () => current(),
    signUp: (input) => begin('Signing up', (service) => service.auth.signUp(input)),
    logIn: (input) => begin('Logging in', (service) => service.auth.logIn(input)),
    async logOut() {
      const refreshToken = await session.refreshToken()
      if (refreshToken !== undefined && cloud.isOnline()) {
        const told = cloud.call((service) =>
          service.auth.logOut({ refreshToken }, { signal: AbortSignal.timeout(TELL_WITHIN_MS) }),
        )
        // This machine forgets the tokens whatever the service says.
        await told.catch(() => undefined)
      }
      session.end()
      return current()
    },
    async stayLocal() {
      session.stayLocal()
      return current()
    },
    changePassword: (input) =>
      begin('Changing the password', (service) => service.auth.changePassword(input)),
    requestPasswordReset: (input) =>
      ask('Resetting the password', (service) => service.auth.requestPasswordReset(input)),
    resetPassword: (input) => ask('Resetting the password', (service) => service.auth.resetPassword(input)),
    async deleteAccount(input) {
      await ask('Deleting the account', (service) => service.auth.deleteAccount(input))
      session.end()
      return current()
    },
    async setServiceUrl({ serviceUrl }) {
      if (serviceUrl !== link.url()) {
        // Tokens of one service are never sent to another.
        if (session.state().account !== null)
          throw new AppError('CONFLICT', `Your account belongs to the service at ${link.url()}.`, {
            hint: 'Log out first, then choose another service.',
          })
        settings.set(SERVICE_URL, serviceUrl)
        link.setUrl(serviceUrl)
        events.emit('changed', current())
      }
      return current()
    },
    changed: (emit) => {
      events.on('changed', emit)
      return () => events.off('changed', emit)
    },
  }
}
