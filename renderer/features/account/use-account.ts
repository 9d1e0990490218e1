// Who uses the app, for every feature.
import type { UseQueryResult } from '@tanstack/react-query'
import type { AccountState } from '#contract/capabilities/account.ts'
import { useCall } from '../../host/host-provider.tsx'

/** The account state, kept fresh by the host's events. */
export function useAccount(): UseQueryResult<AccountState> {
  return useCall(['account', 'current'], (host, options) => host.account.current({}, options))
}

/** Two letters for the round mark: of the name, else of the address. */
export function initials(name: string, email: string): string {
  const words = (name.trim() === '' ? (email.split('@')[0] ?? '') : name)
    .split(/[\s._-]+/)
    .filter((word) => word !== '')
  const first = words[0]?.[0] ?? '?'
  const second = words.length > 1 ? words.at(-1)?.[0] : words[0]?.[1]
  return (first + (second ?? '')).toUpperCase()
}

/** The reset token in what was pasted: the token itself, or the whole link from the mail. */
export function resetTokenIn(pasted: string): string {
  const text = pasted.trim()
  const match = /[?#&]token=([^&\s#]+)/.exec(text)
  return match?.[1] === undefined ? text : decodeURIComponent(match[1])
}
