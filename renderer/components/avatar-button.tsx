// The round mark that opens the account menu.
import { UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'

/** Initials in a circle; a person's outline when nobody is logged in. */
export function AvatarButton(props: {
  readonly label: string
  readonly initials: string | undefined
}): ReactNode {
  return (
    <Button
      aria-label={props.label}
      className="ml-4 flex size-22 flex-none items-center justify-center rounded-full bg-active text-[10px]/22 font-semibold text-1 hovered:brightness-110"
    >
      {props.initials === undefined ? (
        <UserRound aria-hidden="true" size={13} strokeWidth={1.75} />
      ) : (
        <span aria-hidden="true" data-cap={props.initials} className="before:content-[attr(data-cap)]" />
      )}
    </Button>
  )
}
