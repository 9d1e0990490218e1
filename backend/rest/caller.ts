// Whom a connection is lent to: the requests of one caller share what the pool gives to one. docs/decisions/0130.
import { z } from 'zod'
import type { Identity } from './types.ts'

const Subject = z.object({ sub: z.string().min(1) })
/** Identities are remembered with their tokens: most claims are read once. */
const subjects = new WeakMap<Identity, string | null>()

/** The role with the token's subject, wherever it is; without one, with the client (an address or a network). */
export function callerOf(identity: Identity, client: string): string {
  const subject = subjectOf(identity)
  return subject === null ? `${identity.role}\0at\0${client}` : `${identity.role}\0sub\0${subject}`
}

function subjectOf(identity: Identity): string | null {
  if (identity.isAnonymous) return null
  let subject = subjects.get(identity)
  if (subject === undefined) {
    subject = Subject.safeParse(JSON.parse(identity.claims)).data?.sub ?? null
    subjects.set(identity, subject)
  }
  return subject
}
