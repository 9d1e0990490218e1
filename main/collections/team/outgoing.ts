// What of the local files differs from what service and machine agreed on, and what of it may leave the machine.
import { withoutMark } from '#api-client/common/files/read-item.ts'
import { parseYaml } from '#api-client/common/files/yaml.ts'
import { teamPathProblem } from '#contract/requests/team-path.ts'
import type { BaseFile, InboxFile, OutboxFile } from '../../cache/index.ts'
import { blockedBy, type LocalFiles } from './files.ts'

export interface Outgoing {
  /** To be sent, deletions first. */
  readonly changes: readonly {
    readonly path: string
    readonly baseVersion: number
    readonly text: string | null
  }[]
  /** What stays here, with the reason. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[]
}

export interface Known {
  readonly base: ReadonlyMap<string, BaseFile>
  readonly inbox: readonly InboxFile[]
  readonly outbox: readonly OutboxFile[]
}

/** Compares them. What the service refused is not sent again until it changes, unless `isAgain`. */
export function outgoing(local: LocalFiles, { base, inbox, outbox }: Known, isAgain = false): Outgoing {
  const changes: { path: string; baseVersion: number; text: string | null }[] = []
  const refused: { path: string; reason: string }[] = []
  const held = new Set(inbox.map(({ path }) => path))
  const refusedBefore = new Map(outbox.map((one) => [one.path, one]))

  const add = (path: string, text: string | null): void => {
    if (held.has(path)) return
    const reason = text === null ? null : (teamPathProblem(path) ?? secretProblem(text))
    if (reason !== null) return void refused.push({ path, reason })
    const before = refusedBefore.get(path)
    if (before !== undefined && before.reason !== null && before.text === text && !isAgain)
      return void refused.push({ path, reason: before.reason })
    changes.push({ path, baseVersion: base.get(path)?.version ?? 0, text })
  }

  for (const path of base.keys())
    if (!local.texts.has(path) && blockedBy(local, path) === undefined) add(path, null)
  for (const [path, text] of local.texts) if (base.get(path)?.text !== text) add(path, text)
  for (const [path, reason] of local.blocked) refused.push({ path, reason })
  for (const { path, reason } of inbox) if (reason !== null) refused.push({ path, reason })
  return { changes, refused }
}

/**
 * Why a text must not leave the machine: it has the value of a variable that is marked as a secret, or a password or passphrase as such. Null when it may.
 * The app writes none; other editors do.
 */
function secretProblem(text: string): string | null {
  if (!/secret|pass(?:word|phrase)/i.test(text)) return null
  let value: unknown
  try {
    value = parseYaml(withoutMark(text)).value
  } catch {
    return 'It cannot be read, and may have a secret in it. Mend it in a text editor.'
  }
  return findSecret(value, [])
}

const CONFIG_SECRETS = new Set(['password', 'passphrase'])

function findSecret(value: unknown, at: readonly string[]): string | null {
  if (Array.isArray(value)) {
    for (const one of value) {
      const found = findSecret(one, at)
      if (found !== null) return found
    }
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const fields = new Map<string, unknown>(Object.entries(value))
  const isSecret = /^(?:true|yes|on)$/i.test(String(fields.get('secret')))
  if (isSecret && fields.has('name') && (hasText(fields.get('value')) || hasText(fields.get('data'))))
    return `It has the value of the secret ${String(fields.get('name'))}. Take it out of the file, and type it in the app.`
  for (const [name, one] of fields) {
    if (at.includes('config') && CONFIG_SECRETS.has(name) && typeof one === 'string' && isLiteral(one))
      return `It has a ${name} in it. Put a secret variable in its place, {{${name}}}.`
    const found = findSecret(one, [...at, name])
    if (found !== null) return found
  }
  return null
}

function hasText(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  if (typeof value !== 'object') return true
  return Object.values(value).some(hasText)
}

/** Whether it is typed out, and not a variable's name. */
function isLiteral(text: string): boolean {
  return text !== '' && !/^\{\{[^{}]+\}\}$/.test(text.trim())
}
