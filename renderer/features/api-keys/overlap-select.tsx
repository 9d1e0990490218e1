// How long the old key or secret goes on after a rotation.
import type { ReactNode } from 'react'
import { Select } from '../../components/select.tsx'

const HOUR = 3_600
const OPTIONS = [
  { id: '0', label: 'Not at all', detail: 'programs that use it fail at once' },
  { id: String(HOUR), label: '1 hour' },
  { id: String(24 * HOUR), label: '1 day' },
  { id: String(7 * 24 * HOUR), label: '7 days' },
  { id: String(30 * 24 * HOUR), label: '30 days' },
] as const

/** The standard overlap: a day. */
export const OVERLAP_DAY = 24 * HOUR

/** Seconds to choose from. */
export function OverlapSelect(props: {
  readonly label: string
  readonly seconds: number
  readonly onChange: (seconds: number) => void
}): ReactNode {
  return (
    <Select
      label={props.label}
      options={OPTIONS}
      value={OPTIONS.find(({ id }) => id === String(props.seconds))?.id ?? '0'}
      onChange={(id) => props.onChange(Number(id))}
      help="Give the programs that use the old one time to change over."
    />
  )
}
