// Tickets by which members watch their own requests, and what was recorded with them: in this process's memory, bounded, gone after minutes.
// Service processes do not share it, as they share no data directory. docs/decisions/0185.
import { createHash, randomBytes } from 'node:crypto'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { Actor } from '../actor.ts'
import type { RequestWatch, WatchRequest } from '../api/index.ts'
import type { Clock } from '../clock.ts'
import { recordAnswer, recordRefusal, type Recording } from './recording.ts'

export interface TicketOwner {
  readonly projectId: ProjectId
  readonly actor: Actor
}

export interface Tickets {
  /** A new ticket of 256 random bits: requests that come with it before `expiresAt` are recorded. Only its hash is kept. */
  open(owner: TicketOwner, expiresAt: Date): string
  /** For whoever serves the requests. */
  readonly watch: WatchRequest
  /** The newest recording of a ticket (`TICKET`), or of the request that came with `TICKET:LABEL`; of the member's own tickets only. */
  find(owner: TicketOwner, text: string): Recording | undefined
  /** Forgets a project's tickets and recordings. */
  forgetProject(projectId: ProjectId): void
  /** Forgets what is old, and what belongs to members who may no longer watch. Called by itself every half a minute. */
  sweep(): Promise<void>
  readonly size: () => { readonly tickets: number; readonly recordings: number; readonly bytes: number }
  close(): void
}

export interface TicketsDependencies {
  readonly clock: Clock
  /** Whether the member may still watch; where that cannot be told now, what is recorded stays until it is old. */
  readonly mayWatch: (owner: TicketOwner) => Promise<boolean>
}

interface Entry extends TicketOwner {
  readonly expiresAt: number
  readonly recordings: { readonly label: string; readonly recording: Recording }[]
}

export const KEPT_MS = 10 * 60_000
const SWEEP_MS = 30_000
const MAX_TICKETS = 2_000
const MAX_TICKETS_OF_PROJECT = 100
const MAX_RECORDINGS_OF_TICKET = 20
const MAX_BYTES_OF_PROJECT = 16 * 1024 * 1024
const MAX_BYTES = 64 * 1024 * 1024
const TICKET = /^([\w-]{43})(?::([\w-]{1,60}))?$/

/** Makes the store. */
export function createTickets({ clock, mayWatch }: TicketsDependencies): Tickets {
  /** By the hash of the ticket, the oldest first. */
  const entries = new Map<string, Entry>()

  const drop = (isOld: (entry: Entry) => boolean): void => {
    for (const [hash, entry] of entries) if (isOld(entry)) entries.delete(hash)
  }

  const dropOld = (): void => {
    const now = clock.now().getTime()
    for (const { recordings } of entries.values()) {
      const fresh = recordings.filter(({ recording }) => recording.at.getTime() > now - KEPT_MS)
      recordings.splice(0, recordings.length, ...fresh)
    }
    drop(({ recordings, expiresAt }) => recordings.length === 0 && expiresAt <= now)
  }

  /** The oldest recordings go until what is left fits. */
  const makeRoom = (belongs: (entry: Entry) => boolean, limit: number): void => {
    const mine = [...entries.values()].filter(belongs)
    let bytes = bytesOf(mine)
    while (bytes > limit) {
      const oldest = mine
        .filter(({ recordings }) => recordings.length > 0)
        .sort((one, other) => timeOf(one) - timeOf(other))[0]
      const gone = oldest?.recordings.shift()
      if (gone === undefined) return
      bytes -= gone.recording.bytes
    }
  }

  const add = (entry: Entry, label: string, recording: Recording): void => {
    const before = entry.recordings.findIndex((one) => label !== '' && one.label === label)
    if (before >= 0) entry.recordings.splice(before, 1)
    entry.recordings.push({ label, recording })
    if (entry.recordings.length > MAX_RECORDINGS_OF_TICKET) entry.recordings.shift()
    makeRoom(({ projectId }) => projectId === entry.projectId, MAX_BYTES_OF_PROJECT)
    makeRoom(() => true, MAX_BYTES)
  }

  const watchOf = (entry: Entry, label: string): RequestWatch => ({
    answered: (answer) => add(entry, label, recordAnswer(answer, clock.now())),
    refused: (request) => add(entry, label, recordRefusal(request, clock.now())),
  })

  const sweep = async (): Promise<void> => {
    dropOld()
    const owners = new Map([...entries.values()].map((one) => [ownerKey(one), one]))
    for (const [owner, one] of owners) {
      const isStill = await mayWatch(one).catch(() => true)
      if (!isStill) drop((entry) => ownerKey(entry) === owner)
    }
  }
  const timer = setInterval(() => void sweep(), SWEEP_MS)
  timer.unref()

  return {
    open({ projectId, actor }, expiresAt) {
      dropOld()
      const ofProject = [...entries].filter(([, entry]) => entry.projectId === projectId)
      if (ofProject.length >= MAX_TICKETS_OF_PROJECT) entries.delete(ofProject[0]?.[0] ?? '')
      const [oldest] = entries.keys()
      if (entries.size >= MAX_TICKETS && oldest !== undefined) entries.delete(oldest)
      const ticket = randomBytes(32).toString('base64url')
      entries.set(hashOf(ticket), { projectId, actor, expiresAt: expiresAt.getTime(), recordings: [] })
      return ticket
    },
    watch(projectId, text) {
      const [, ticket, label = ''] = TICKET.exec(text) ?? []
      const entry = ticket === undefined ? undefined : entries.get(hashOf(ticket))
      if (entry?.projectId !== projectId || entry.expiresAt <= clock.now().getTime()) return undefined
      return watchOf(entry, label)
    },
    find({ projectId, actor }, text) {
      dropOld()
      const [, ticket, label] = TICKET.exec(text) ?? []
      const entry = ticket === undefined ? undefined : entries.get(hashOf(ticket))
      if (entry?.projectId !== projectId || entry.actor.accountId !== actor.accountId) return undefined
      return entry.recordings.findLast((one) => label === undefined || one.label === label)?.recording
    },
    forgetProject: (projectId) => drop((entry) => entry.projectId === projectId),
    sweep,
    size: () => ({
      tickets: entries.size,
      recordings: entries.values().reduce((sum, { recordings }) => sum + recordings.length, 0),
      bytes: bytesOf([...entries.values()]),
    }),
    close() {
      clearInterval(timer)
      entries.clear()
    },
  }
}

/** SHA-256 without salt is enough: nobody guesses 256 random bits. Finding by the hash tells nothing by its time. */
function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket, 'utf8').digest('base64url')
}

function ownerKey({ projectId, actor }: TicketOwner): string {
  return `${projectId} ${actor.accountId}`
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce(
    (sum, { recordings }) => sum + recordings.reduce((bytes, { recording }) => bytes + recording.bytes, 0),
    0,
  )
}

function timeOf({ recordings }: Entry): number {
  return recordings[0]?.recording.at.getTime() ?? 0
}
