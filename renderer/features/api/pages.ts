// The pages of the API area.
import { BookOpen, KeyRound, ShieldCheck, SlidersHorizontal, type LucideIcon } from 'lucide-react'

export type ApiPageId = 'documentation' | 'keys' | 'exposure' | 'settings'

export interface ApiPageEntry {
  readonly id: ApiPageId
  readonly label: string
  readonly icon: LucideIcon
}

export const API_PAGES: readonly ApiPageEntry[] = [
  { id: 'documentation', label: 'Documentation', icon: BookOpen },
  { id: 'keys', label: 'Keys', icon: KeyRound },
  { id: 'exposure', label: 'Exposure', icon: ShieldCheck },
  { id: 'settings', label: 'Settings', icon: SlidersHorizontal },
]

/** The page at a location; the first one when it names none. */
export function pageOf(page: string): ApiPageId {
  return API_PAGES.find(({ id }) => id === page)?.id ?? 'documentation'
}
