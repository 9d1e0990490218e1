// Colours of environments. In files they are words that other tools understand as well; here each is one of the design's four.
import type { ReactNode } from 'react'
import type { EnvironmentName } from '../../components/badge.tsx'

export interface EnvironmentColour {
  /** As the file has it. */
  readonly id: string
  readonly label: string
  readonly tone: EnvironmentName
}

export const COLOURS: readonly EnvironmentColour[] = [
  { id: 'red', label: 'Red', tone: 'production' },
  { id: 'orange', label: 'Amber', tone: 'staging' },
  { id: 'blue', label: 'Blue', tone: 'development' },
  { id: 'green', label: 'Green', tone: 'local' },
]

/** Other tools write hexadecimal colours. */
const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i

/** A dot beside the environment's name, which says which it is. A ring for one without a colour. */
export function EnvironmentDot({ colour }: { readonly colour: string }): ReactNode {
  const known = COLOURS.find((one) => one.id === colour)
  if (known !== undefined)
    return (
      <span
        aria-hidden="true"
        data-env={known.tone}
        className="inline-block size-8 flex-none rounded-full bg-env"
      />
    )
  if (HEX.test(colour))
    return (
      <span
        aria-hidden="true"
        className="inline-block size-8 flex-none rounded-full"
        style={{ backgroundColor: colour }}
      />
    )
  return (
    <span
      aria-hidden="true"
      className="inline-block size-8 flex-none rounded-full border-[1.5px] border-line-3"
    />
  )
}
