// Being somebody of a project: the service signs a short-lived token, which never leaves the process. One is asked for only when there is none that still holds.
import type { z } from 'zod'
import type { testSessions } from '#contract/capabilities/test-sessions.ts'
import { AppError } from '#contract/errors.ts'
import type { ProjectAuth, ProjectSession } from '../send/types.ts'

/** A session is not used in its last seconds: a request may take a moment. */
const MARGIN_MS = 20_000

interface Kept extends ProjectSession {
  readonly expiresAtMs: number
}

export interface ProjectSessions {
  /** Throws SERVICE_UNREACHABLE, FORBIDDEN, and INVALID_INPUT for claims that are no JSON object. */
  open(auth: ProjectAuth, signal: AbortSignal): Promise<ProjectSession>
  /** Where the project's API is. */
  restUrl(auth: ProjectAuth, signal: AbortSignal): Promise<string>
  /** Forgets all: another account signed in. */
  forget(): void
}

type Open = (typeof testSessions)['members']['open']
export type OpenSessionInput = z.input<Open['input']>
export type OpenedSession = z.output<Open['output']>

export interface ProjectSessionOptions {
  /** Asks the service. Throws AppErrors. */
  readonly open: (input: OpenSessionInput) => Promise<OpenedSession>
  readonly now: () => Date
  /** Tells one request of a session from another, so that each can be asked for what the database did: up to 60 letters, digits and dashes. */
  readonly newLabel: () => string
}

/** Makes it. */
export function createProjectSessions({
  open: openSession,
  now,
  newLabel,
}: ProjectSessionOptions): ProjectSessions {
  const kept = new Map<string, Kept>()
  const opening = new Map<string, Promise<Kept>>()

  async function request(key: string, auth: ProjectAuth): Promise<Kept> {
    const opened = await openSession({
      projectId: auth.projectId,
      as: auth.as,
      claims: parseClaims(auth.claims),
    })
    const session: Kept = {
      headers: opened.headers,
      ticket: opened.ticket,
      restUrl: opened.restUrl,
      expiresAtMs: Date.parse(opened.expiresAt),
    }
    kept.set(key, session)
    return session
  }
  async function find(auth: ProjectAuth, signal: AbortSignal): Promise<Kept> {
    const key = JSON.stringify([auth.projectId, auth.as, auth.claims])
    const known = kept.get(key)
    if (known !== undefined && known.expiresAtMs - MARGIN_MS > now().getTime()) return known
    // Many requests of a run ask at once: one call answers them all.
    const session = opening.get(key) ?? request(key, auth).finally(() => opening.delete(key))
    opening.set(key, session)
    signal.throwIfAborted()
    return session
  }
  return {
    async open(auth, signal) {
      const { headers, ticket, restUrl } = await find(auth, signal)
      if (ticket === null) return { headers, ticket, restUrl }
      const labelled = `${ticket}:${newLabel()}`
      return {
        ticket: labelled,
        restUrl,
        headers: headers.map((header) => (header.value === ticket ? { ...header, value: labelled } : header)),
      }
    },
    restUrl: async (auth, signal) => (await find(auth, signal)).restUrl,
    forget: () => kept.clear(),
  }
}

function parseClaims(text: string): Record<string, unknown> {
  if (text.trim() === '') return {}
  let claims: unknown
  try {
    claims = JSON.parse(text)
  } catch {
    claims = null
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims))
    throw new AppError('INVALID_INPUT', 'The claims of the project user are no JSON object.', {
      hint: 'Write them as { "sub": "214" }, or leave them empty.',
    })
  return Object.fromEntries(Object.entries(claims))
}
