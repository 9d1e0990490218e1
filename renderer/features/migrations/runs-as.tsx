// Asks before SQL runs as a role that can do more than change its database: what that means, plainly, and a tick for what others may have written.
import type { ReactNode } from 'react'
import { NeedsSuperuser, type RolePower } from '#contract/capabilities/migrations.ts'
import { isAppError } from '#contract/errors.ts'
import { Checkbox } from '../../components/toggles.tsx'

/** Why the host has run nothing: it was not told that this role may. Undefined for every other error. */
export function askedOf(error: unknown): RolePower | undefined {
  if (!isAppError(error, 'FORBIDDEN')) return undefined
  const details = NeedsSuperuser.safeParse(error.details)
  return details.success ? details.data.runsAs : undefined
}

/** The role, if there is something to ask about it. */
export function powerful(runsAs: RolePower | undefined): RolePower | undefined {
  return runsAs === undefined || runsAs.powers.length === 0 ? undefined : runsAs
}

/** "postgres is a superuser: the SQL can read and write files of the server, …" */
export function powerWords({ role, powers }: RolePower): string {
  if (powers.includes('superuser'))
    return `${role} is a superuser: the SQL can read and write files of the server, run programs on it, and change every database and role.`
  const words = powers.map((power) => POWER_WORDS[power])
  return `${role} is no ordinary role: the SQL can ${words.join(', and ')}.`
}

const POWER_WORDS: Readonly<Record<RolePower['powers'][number], string>> = {
  superuser: 'do anything on the server',
  files: 'read or write files of the server',
  programs: 'run programs on the server',
  roles: 'give itself other roles, those that run programs on the server among them',
}

export interface RunsAsProps {
  readonly runsAs: RolePower | undefined
  /** What runs: "These migrations". */
  readonly what: string
  readonly isAgreed?: boolean
  /** Left out where everything that runs is on the screen: then it is only said. */
  readonly onAgree?: (isAgreed: boolean) => void
}

/** Nothing for an ordinary role, or while the role is not known. */
export function RunsAs({ runsAs, what, isAgreed = false, onAgree }: RunsAsProps): ReactNode {
  const role = powerful(runsAs)
  if (role === undefined) return null
  return (
    <div
      role="group"
      aria-label={`Runs as ${role.role}`}
      className="flex flex-none flex-col gap-8 rounded-card bg-warning-soft px-12 py-10 text-small"
    >
      <p className="text-warning select-text">
        {powerWords(role)}{' '}
        {onAgree === undefined ? '' : 'Run only what you have read or whose author you trust.'}
      </p>
      {onAgree === undefined ? null : (
        <Checkbox label={`${what} may run as ${role.role}`} isSelected={isAgreed} onChange={onAgree} />
      )}
    </div>
  )
}

/** What keeps it from running; undefined when nothing does. */
export function agreeReason(runsAs: RolePower | undefined, isAgreed: boolean): string | undefined {
  const role = powerful(runsAs)
  return role === undefined || isAgreed ? undefined : `Say first that it may run as ${role.role}.`
}
