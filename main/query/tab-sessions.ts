// One session per editor tab, kept between runs so that settings, temporary tables and transactions hold.
import type { Connection } from '#contract/capabilities/connections.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { Notice, Session, TransactionState } from '#postgres/node/session.ts'
import type { ConnectionsService } from '../connections/index.ts'
import type { Reading } from './reading.ts'

/** A tab's session while a run has it. */
export interface LeasedSession {
  readonly session: Session
  readonly connection: Connection
  /** What the person should know before the run: the session is not the one of the run before. */
  readonly warning: string | null
  /** Whether the transaction that is open was made by the read-only guard, not by the person. */
  isGuardOpen: boolean
  /** Set by the statement that runs: who hears notices. */
  onNotice: (notice: Notice) => void
  /** A reading that keeps the session after the run; the next run ends it. */
  reading: Reading | undefined
  /** Whether the schema changed in a transaction that is still open. */
  hasSchemaChange: boolean
  /** Given back after the run. The session stays open. */
  release(): void
}

export interface TabSessions {
  /**
   * The tab's session, opened or opened again where needed. Rejects with CONFLICT while another run has it, with what `connections.open` said,
   * and, once, with CONNECTION_FAILED (`details.lostTransaction`) when the session was lost, or given up for another connection, with an open transaction.
   */
  lease(tabId: string, connectionId: ConnectionId, options: LeaseOptions): Promise<LeasedSession>
  /** Closes the tab's session; what it left open is rolled back. */
  close(tabId: string): Promise<void>
  /** Closes sessions that nobody used for a while and that have no open transaction. Called by a timer. */
  closeIdle(): void
  closeAll(): Promise<void>
}

export interface LeaseOptions {
  readonly signal: AbortSignal
  readonly connectTimeoutMs: number
}

/** How long a session without an open transaction is kept unused. */
export const IDLE_SESSION_MS = 15 * 60_000
/** How long a result with more rows at the server keeps its portal, and so a transaction at the server, unused. */
export const IDLE_READING_MS = 5 * 60_000

interface Tab {
  readonly connectionId: ConnectionId
  /** Changes when the connection is edited: the session is then another one. */
  readonly settings: string
  readonly lease: LeasedSession
  stateAtRelease: TransactionState
  isInUse: boolean
  usedAtMs: number
}

interface Loss {
  readonly hadTransaction: boolean
  readonly message: string
  readonly name: string
}

/** No session yet. `nowMs` is monotonic enough for idle times. */
export function createTabSessions(connections: ConnectionsService, nowMs: () => number): TabSessions {
  const tabs = new Map<string, Tab>()
  /** What the next lease of a tab should be told about the session it lost. */
  const lost = new Map<string, Loss>()
  /** Tabs whose session is being opened. */
  const opening = new Set<string>()

  const drop = async (tabId: string, tab: Tab): Promise<void> => {
    if (tabs.get(tabId) === tab) tabs.delete(tabId)
    await tab.lease.reading?.end()
    await tab.lease.session.close()
  }

  const openTab = async (tabId: string, connection: Connection, options: LeaseOptions): Promise<Tab> => {
    const session = await connections.open(connection.id, { purpose: 'query', ...options })
    const warning = lost.get(tabId)?.message ?? null
    lost.delete(tabId)
    const lease: LeasedSession = {
      session,
      connection,
      warning,
      isGuardOpen: false,
      onNotice: ignore,
      reading: undefined,
      hasSchemaChange: false,
      release: () => undefined,
    }
    const tab: Tab = {
      connectionId: connection.id,
      settings: settingsOf(connection),
      lease,
      stateAtRelease: 'idle',
      isInUse: true,
      usedAtMs: nowMs(),
    }
    session.onNotice((notice) => lease.onNotice(notice))
    session.onClose(() => {
      if (tabs.get(tabId) !== tab) return
      tabs.delete(tabId)
      if (tab.isInUse) return
      lost.set(tabId, lossOf(tab, connection.name))
    })
    tabs.set(tabId, tab)
    return tab
  }

  const toLease = (tab: Tab, connection: Connection, warning: string | null): LeasedSession => {
    tab.isInUse = true
    // Not a copy: guard and reading belong to the session, whoever leases it.
    return Object.assign(tab.lease, {
      connection,
      warning,
      release() {
        tab.isInUse = false
        tab.usedAtMs = nowMs()
        tab.stateAtRelease = tab.lease.isGuardOpen ? 'idle' : tab.lease.session.transactionState()
        tab.lease.onNotice = ignore
      },
    })
  }

  return {
    async lease(tabId, connectionId, options) {
      const present = tabs.get(tabId)
      if (present?.isInUse === true || opening.has(tabId))
        throw new AppError('CONFLICT', 'Something runs in this tab already. Wait for it, or cancel it.')
      opening.add(tabId)
      try {
        const connection = await connections.get(connectionId)
        if (present !== undefined) {
          present.isInUse = true
          await present.lease.reading?.end()
          present.lease.reading = undefined
          if (present.connectionId === connectionId && present.settings === settingsOf(connection)) {
            if (!present.lease.session.isClosed()) return toLease(present, connection, null)
          }
          present.isInUse = false
          // It may have been lost just now, or it is given up with its transaction because the tab goes elsewhere.
          if ((present.stateAtRelease !== 'idle' || present.lease.session.isClosed()) && !lost.has(tabId))
            lost.set(tabId, lossOf(present, present.lease.connection.name))
          await drop(tabId, present)
        }
        const loss = lost.get(tabId)
        if (loss?.hadTransaction === true) {
          lost.delete(tabId)
          throw new AppError(
            'CONNECTION_FAILED',
            `The session of this tab to ${loss.name} ended while a transaction was open. Nothing of that transaction was kept, and nothing was run now.`,
            { details: { lostTransaction: true }, hint: 'Run it again to go on with a new session.' },
          )
        }
        const tab = await openTab(tabId, connection, options)
        return toLease(tab, connection, tab.lease.warning)
      } finally {
        opening.delete(tabId)
      }
    },
    async close(tabId) {
      lost.delete(tabId)
      const tab = tabs.get(tabId)
      if (tab !== undefined) await drop(tabId, tab)
    },
    closeIdle() {
      for (const [tabId, tab] of tabs) {
        const idleMs = nowMs() - tab.usedAtMs
        if (tab.isInUse) continue
        if (tab.lease.reading !== undefined) {
          if (idleMs > IDLE_READING_MS) {
            void tab.lease.reading.end()
            tab.lease.reading = undefined
          }
        } else if (idleMs > IDLE_SESSION_MS && tab.lease.session.transactionState() === 'idle') {
          lost.set(tabId, {
            hadTransaction: false,
            name: tab.lease.connection.name,
            message: `The session of this tab to ${tab.lease.connection.name} was closed because it was not used for a while. A new one is used: settings and temporary tables of the old one are gone.`,
          })
          void drop(tabId, tab)
        }
      }
    },
    async closeAll() {
      await Promise.all([...tabs].map(([tabId, tab]) => drop(tabId, tab)))
    },
  }
}

/** What is told of a session that is gone. */
function lossOf(tab: Tab, name: string): Loss {
  return {
    hadTransaction: tab.stateAtRelease !== 'idle',
    name,
    message: `The session of this tab to ${name} was lost. A new one is used: settings and temporary tables of the old one are gone.`,
  }
}

function settingsOf(connection: Connection): string {
  const { kind, host, port, database, user, sslMode, isReadOnly, hasPassword } = connection
  return JSON.stringify(
    kind === 'project' ? [] : [host, port, database, user, sslMode, isReadOnly, hasPassword],
  )
}

function ignore(): void {}
