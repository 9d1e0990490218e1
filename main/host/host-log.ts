// What the host says of itself: a closed list of events, written to a log file that stays small. Secrets are never part of an event, and what looks like
// one in the words of a bug is struck out.
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLevel } from './config.ts'

export type HostEvent =
  | { readonly type: 'host-started'; readonly kind: string; readonly version: string }
  | { readonly type: 'host-stopped' }
  | { readonly type: 'service-online' }
  | { readonly type: 'service-offline'; readonly problem: string | null }
  | { readonly type: 'synced'; readonly pushed: number; readonly pulled: number; readonly conflicts: number }
  /** Something failed that nobody waits for; work goes on. */
  | { readonly type: 'problem'; readonly during: string; readonly error: unknown }
  | { readonly type: 'bug'; readonly id: string; readonly at: string; readonly error: unknown }

export type Observe = (event: HostEvent) => void

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
const LEVEL: Readonly<Record<HostEvent['type'], LogLevel>> = {
  'host-started': 'info',
  'host-stopped': 'info',
  'service-online': 'info',
  'service-offline': 'info',
  synced: 'debug',
  problem: 'warn',
  bug: 'error',
}
const MAX_BYTES = 1_000_000

/** Writes events of at least `level` as JSON lines to `<directory>/host.log`; a full file becomes `host.log.1`, replacing the one before. */
export function createHostLog(directory: string, level: LogLevel, now: () => Date): Observe {
  const path = join(directory, 'host.log')
  return (event) => {
    if (LEVELS.indexOf(LEVEL[event.type]) < LEVELS.indexOf(level)) return
    const line = JSON.stringify(
      { time: now().toISOString(), level: LEVEL[event.type], ...event },
      (_, value) =>
        value instanceof Error ? describeError(value) : typeof value === 'string' ? redact(value) : value,
    )
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
      if (size > MAX_BYTES) renameSync(path, `${path}.1`)
      appendFileSync(path, `${line}\n`, { mode: 0o600 })
    } catch {
      // A log that cannot be written (a full disk) must not end the work that it tells of.
    }
  }
}

function describeError(error: Error): Record<string, unknown> {
  return {
    name: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack
      ?.split('\n')
      .slice(1, 12)
      .map((line) => line.trim()),
    ...(error.cause instanceof Error ? { cause: error.cause } : {}),
  }
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@]+@/gi, '$1***@'],
  [/\b(Bearer\s+)[\w.~+/=-]+/gi, '$1***'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '***'],
  [/((?:password|passwd|secret|token)["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,;}]+)/gi, '$1***'],
]

/** Strikes out what looks like a secret. */
export function redact(text: string): string {
  return SECRETS.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text)
}
