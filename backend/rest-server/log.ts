// What the stand-alone server writes, in PostgREST's form: requests as Apache lines on stdout, everything else with its time on stderr.
import type { LogLevel } from './settings.ts'

/** One answered request. */
export interface AccessLine {
  readonly address: string
  /** null when the request was refused before a role was known. */
  readonly role: string | null
  readonly method: string
  /** Path with query. */
  readonly target: string
  readonly httpVersion: string
  readonly status: number
  /** null where no length is known. */
  readonly sizeBytes: number | null
  readonly referer: string
  readonly userAgent: string
}

export interface ServerLog {
  /** Writes always. */
  say(message: string): void
  /** Writes from level `error` on. */
  sayError(message: string): void
  /** Writes at level `debug`. */
  sayDebug(message: string): void
  access(line: AccessLine): void
  /** The SQL of a request that ended with `status`; the caller knows whether log-query is on. */
  query(text: string, status: number): void
  setLevel(level: LogLevel): void
}

const ORDER: readonly LogLevel[] = ['crit', 'error', 'warn', 'info', 'debug']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Makes the log. `out` and `err` take whole lines with their line end. */
export function createServerLog(options: {
  readonly level: LogLevel
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  readonly now: () => Date
}): ServerLog {
  let level = options.level
  const isAt = (wanted: LogLevel): boolean => ORDER.indexOf(level) >= ORDER.indexOf(wanted)
  const say = (message: string): void =>
    options.err(`${formatTime(options.now())}: ${message.replace(/\s*\n\s*/g, ' ')}\n`)
  const isWorthIt = (status: number): boolean =>
    isAt('info') || (status >= 400 && isAt('warn')) || (status >= 500 && isAt('error'))
  return {
    say,
    sayError: (message) => void (isAt('error') && say(message)),
    sayDebug: (message) => void (isAt('debug') && say(message)),
    access(line) {
      if (isWorthIt(line.status)) options.out(`${formatAccess(line, options.now())}\n`)
    },
    query: (text, status) => void (isWorthIt(status) && say(text)),
    setLevel: (next) => void (level = next),
  }
}

/** `26/Jul/2021:01:56:38 -0500` */
export function formatTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const offset = -time.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  const day = `${two(time.getDate())}/${MONTHS[time.getMonth()] ?? ''}/${time.getFullYear()}`
  return `${day}:${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())} ${zone}`
}

function formatAccess(line: AccessLine, time: Date): string {
  const request = `${line.method} ${line.target} HTTP/${line.httpVersion}`
  const parts = [
    `${line.address} - ${line.role ?? '-'} [${formatTime(time)}]`,
    `"${escape(request)}" ${line.status} ${line.sizeBytes ?? '-'}`,
    `"${escape(line.referer)}" "${escape(line.userAgent)}"`,
  ]
  return parts.join(' ')
}

/** What a client sent cannot end the line or its field. */
function escape(text: string): string {
  return text.replace(/["\\\p{Cc}]/gu, (char) =>
    char === '"' || char === '\\' ? `\\${char}` : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
