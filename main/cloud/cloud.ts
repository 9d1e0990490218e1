// The service as the rest of the host uses it: calls with a valid token, one clear failure when it cannot be reached.
import { serviceContract, type ServiceContract } from '#contract/contract.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { CallPath } from '#contract/rpc/client.ts'
import type { Client, Contract } from '#contract/rpc/definition.ts'
import type { SessionStore } from '../cache/index.ts'
import type { SecretStore } from '../secrets/index.ts'
import { createServiceLink, unreachable, type LinkTiming, type ServiceLink } from './service-link.ts'
import { createSession, type Session } from './session.ts'

export type Service = Client<ServiceContract>

/** How hard to try: `now` opens a lost link at once (somebody clicked), else a link known to be lost fails at once. */
export interface ReachOptions {
  readonly now?: boolean
}

export interface Cloud {
  readonly session: Session
  readonly link: ServiceLink
  /** Whether the service can be asked right now, without waiting. */
  isOnline(): boolean
  /**
   * Runs one call. An access token that the service refuses is renewed once and the call made again.
   * Throws SERVICE_UNREACHABLE when there is no service, else what the service answered.
   */
  call<T>(run: (service: Service) => Promise<T>, options?: ReachOptions): Promise<T>
  /** Reads a stream. Throws like `call`; when the service goes away on the way it simply ends. */
  stream<T>(open: (service: Service) => AsyncIterable<T>): AsyncIterable<T>
  close(): void
}

export interface CloudOptions {
  readonly serviceUrl: string
  readonly sessionStore: SessionStore
  readonly secretStore: SecretStore
  readonly onProblem: (problem: { readonly during: string; readonly error: unknown }) => void
  readonly timing?: Partial<LinkTiming>
  readonly now?: () => Date
}

/** Makes the cloud client from the cache. While an account is signed in, the link is kept open. */
export function createCloud(options: CloudOptions): Cloud {
  const link = createServiceLink({
    url: options.serviceUrl,
    metadata: async (called) =>
      needsToken(called) ? { authorization: `Bearer ${await session.accessToken()}` } : {},
    ...(options.timing === undefined ? {} : { timing: options.timing }),
    ...(options.now === undefined ? {} : { now: options.now }),
  })
  const session = createSession({
    store: options.sessionStore,
    secretStore: options.secretStore,
    onProblem: options.onProblem,
    refresh: async (refreshToken) => (await link.client()).auth.refresh({ refreshToken }),
    ...(options.now === undefined ? {} : { now: options.now }),
  })
  const follow = (): void => (session.state().account === null ? link.letGo() : link.keepOpen())
  session.events.on('changed', follow)
  follow()

  const cloud: Cloud = {
    session,
    link,
    isOnline: () => link.state().status === 'online',
    async call(run, reach = {}) {
      try {
        return await run(await link.client(reach))
      } catch (error) {
        if (!isAppError(error, 'UNAUTHENTICATED') || session.state().mode !== 'signed-in')
          throw asUnreachable(error)
      }
      try {
        await session.renew()
        return await run(await link.client())
      } catch (error) {
        throw asUnreachable(error)
      }
    },
    async *stream(open) {
      const service = await link.client({ now: true })
      let isFirst = true
      for (;;) {
        try {
          for await (const item of open(service)) {
            isFirst = false
            yield item
          }
          return
        } catch (error) {
          if (isAppError(error, 'TRANSPORT_CLOSED')) return
          if (!isFirst || !isAppError(error, 'UNAUTHENTICATED') || session.state().mode !== 'signed-in')
            throw error
          isFirst = false
          await session.renew()
        }
      }
    },
    close() {
      session.events.off('changed', follow)
      link.letGo()
    },
  }
  return cloud
}

/** A link that broke under a call is the same to a person as one that was never there. */
function asUnreachable(error: unknown): unknown {
  return isAppError(error, 'TRANSPORT_CLOSED')
    ? unreachable('The connection closed before it answered.', error)
    : error
}

function needsToken({ capability, member }: CallPath): boolean {
  const contract: Contract = serviceContract
  const definition = contract[capability]?.members[member]
  return definition === undefined || definition.kind === 'event' || definition.http?.public !== true
}

/** What to say when a change needs the service and there is none. */
export function needsService(error: unknown, what: string): unknown {
  return isAppError(error, 'SERVICE_UNREACHABLE')
    ? new AppError(
        'SERVICE_UNREACHABLE',
        `${what} needs the NebulaDB service, which cannot be reached now.`,
        {
          hint: 'Nothing was changed. Try again when the service is back.',
          cause: error,
        },
      )
    : error
}

/** Whether the service could not be asked, or would not answer because the session ended: local work goes on with what is here. */
export function isAway(error: unknown): boolean {
  return isAppError(error, 'SERVICE_UNREACHABLE') || isAppError(error, 'UNAUTHENTICATED')
}
