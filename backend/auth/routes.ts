// The handlers of auth: who calls, from where, and on to the service.
import type { CallContext, CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { ServiceContract } from '#contract/contract.ts'
import type { Authenticate } from './authenticate.ts'
import type { AuthService, Caller } from './service.ts'

/** Makes the handlers. */
export function createAuthRoutes(
  service: AuthService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['auth']> {
  return {
    signUp: (input, context) => service.signUp(input, callerOf(context)),
    logIn: (input, context) => service.logIn(input, callerOf(context)),
    refresh: ({ refreshToken }, context) => service.refresh(refreshToken, callerOf(context)),
    logOut: ({ refreshToken }, context) => service.logOut(refreshToken, callerOf(context)),
    whoAmI: async (_, context) => service.whoAmI(await authenticate(context)),
    changePassword: async (input, context) =>
      service.changePassword(await authenticate(context), input, callerOf(context)),
    requestPasswordReset: ({ email }, context) => service.requestPasswordReset(email, callerOf(context)),
    resetPassword: (input, context) => service.resetPassword(input, callerOf(context)),
    deleteAccount: async ({ password }, context) =>
      service.deleteAccount(await authenticate(context), password, callerOf(context)),
  }
}

/** Both transports set `client-address`; what a client sends under that name never arrives. */
export function callerOf(context: Pick<CallContext, 'metadata'>): Caller {
  return { address: context.metadata['client-address'] ?? 'unknown' }
}
