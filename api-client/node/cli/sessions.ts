// Requests that are sent as somebody of a project: the command line asks a service for their tokens, with an access token from the environment.
import { randomUUID } from 'node:crypto'
import { testSessions } from '#contract/capabilities/test-sessions.ts'
import { AppError } from '#contract/errors.ts'
import { createProjectSessions, type OpenSessionInput } from '../execute/project-sessions.ts'
import type { SenderOptions } from '../send/types.ts'
import type { RunCommand } from './arguments.ts'
import type { CommandLine } from './command-line.ts'

const WITHIN_MS = 30_000

/** Where tokens come from. INVALID_INPUT where the environment variable is not set. */
export function commandSessions(
  service: RunCommand['service'],
  environment: CommandLine['environment'],
): SenderOptions['projectSession'] {
  if (service === null)
    return () =>
      Promise.reject(
        new AppError('FORBIDDEN', 'This request is sent as somebody of a project, which takes a service.', {
          hint: 'Name it with --service and --token-env, or give the request a bearer token with --secret.',
        }),
      )
  const token = environment[service.tokenVariable] ?? ''
  if (token === '')
    throw new AppError(
      'INVALID_INPUT',
      `--token-env: the environment variable ${service.tokenVariable} is not set.`,
    )
  return createProjectSessions({
    open: (input) => open({ url: service.url, token, input }),
    now: () => new Date(),
    newLabel: randomUUID,
  }).open
}

interface Asked {
  readonly url: string
  readonly token: string
  readonly input: OpenSessionInput
}

async function open({ url, token, input: { projectId, ...body } }: Asked) {
  const { output, http } = testSessions.members.open
  if (http === undefined) throw new TypeError('The contract names no path for test sessions')
  // As the service mounts its contract.
  const path = http.path.replace('{projectId}', encodeURIComponent(projectId))
  const response = await fetch(`${url}/v1${path}`, {
    method: http.method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    // The token is for this service, not for where it points.
    redirect: 'error',
    signal: AbortSignal.timeout(WITHIN_MS),
  }).catch((cause: unknown) => {
    throw new AppError('SERVICE_UNREACHABLE', `The service at ${url} does not answer.`, { cause })
  })
  if (response.status === 401)
    throw new AppError('UNAUTHENTICATED', 'The service does not take the access token.', {
      hint: 'Access tokens live for ten minutes: get a new one.',
    })
  if (!response.ok)
    throw new AppError(
      'FORBIDDEN',
      `The service gives no session of the project (status ${String(response.status)}).`,
      { hint: 'Look whether the project is there, and whether the account may test its API.' },
    )
  const session = output.safeParse(await response.json().catch(() => null))
  if (!session.success)
    throw new AppError('PROTOCOL_MISMATCH', `What answers at ${url} is no service of this version.`)
  return session.data
}
