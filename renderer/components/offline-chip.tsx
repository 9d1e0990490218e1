// The outlined "Offline" in the title bar, which opens what it means.
import { CloudOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'

/** A small outlined button. */
export function OfflineChip(props: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <Button
      aria-label={props.label}
      className="flex h-20 flex-none items-center gap-5 rounded-badge border border-line-2 px-6 text-micro text-1 hovered:bg-hover"
    >
      <CloudOff aria-hidden="true" size={12} strokeWidth={1.75} />
      {props.children}
    </Button>
  )
}
