// The mark.
import type { ReactNode } from 'react'

/** The NebulaDB mark; decoration beside its name. */
export function Logo({ size = 40 }: { readonly size?: number }): ReactNode {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32" fill="none" className="flex-none">
      <rect x="1" y="1" width="30" height="30" rx="7" className="fill-s2 stroke-line-2" />
      <path
        d="M10 22V10l12 12V10"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        className="stroke-(--text-1)"
      />
      <circle cx="22" cy="10" r="2.6" className="fill-accent-text" />
    </svg>
  )
}
