// Requests of a test session that the service watches: for tests of what the database did.
import type { RequestTrace } from '../contract/capabilities/insight.ts'
import type { RawAnswer } from './data-api.ts'
import type { FilmsApi } from './films-api.ts'
import type { TestPerson } from './service.ts'

export interface WatchedRequest {
  readonly as: 'anon' | 'authenticated' | 'service_role'
  readonly path: string
  readonly claims?: Record<string, unknown>
  readonly method?: string
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export interface Watched {
  readonly answer: RawAnswer
  readonly ticket: string
  /** What the session gave to send along. */
  readonly given: Readonly<Record<string, string>>
  readonly restUrl: string
  trace(): Promise<RequestTrace>
}

/** Opens a test session as `person` (the project's owner if left out), and sends a request with its headers. */
export async function sendWatched(
  films: FilmsApi,
  { as, path, claims = {}, method = 'GET', body, headers = {} }: WatchedRequest,
  person: TestPerson = films.person,
): Promise<Watched> {
  const { projectId } = films.api
  const session = await person.api.testSessions.open({ projectId, as, claims })
  const given = Object.fromEntries(session.headers.map(({ name, value }) => [name, value]))
  const answer = await films.send(method, path, {
    headers: { ...given, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const ticket = session.ticket ?? ''
  return {
    answer,
    ticket,
    given,
    restUrl: session.restUrl,
    trace: () => person.api.insight.trace({ projectId, ticket }),
  }
}
