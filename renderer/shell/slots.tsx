// Places in the frame that a feature fills from where it is: status bar segments, the inspector, banners under the tab strip.
import { X } from 'lucide-react'
import { useLayoutEffect, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { IconButton } from '../components/button.tsx'
import { classNames } from '../components/class-names.ts'
import { useStore } from '../host/store.ts'
import { useIsAreaVisible, useShell, type ShellSlots } from './shell.tsx'

function useSlot(name: keyof ShellSlots): HTMLElement | null {
  const slots = useStore(useShell().slots)
  return useIsAreaVisible() ? slots[name] : null
}

export interface StatusSegmentProps {
  readonly side: 'left' | 'right'
  /** Smaller comes first. */
  readonly order: number
  /** What it says, for assistive technology and the tooltip: "Position in the text". */
  readonly label: string
  readonly children: ReactNode
  /** Every segment is a button; without this it is plain text. */
  readonly onPress?: () => void
}

/** A segment of the status bar while the component is mounted and its area is shown. */
export function StatusSegment({ side, order, label, children, onPress }: StatusSegmentProps): ReactNode {
  const slot = useSlot(side === 'left' ? 'statusLeft' : 'statusRight')
  if (slot === null) return null
  const shape = 'flex h-23 items-center gap-5 px-9 whitespace-nowrap [&_svg]:size-13'
  return createPortal(
    onPress === undefined ? (
      <span className={shape} style={{ order }} title={label}>
        {children}
      </span>
    ) : (
      <button
        type="button"
        className={`${shape} hover:bg-hover hover:text-1 focus-visible:outline-offset-[-2px]`}
        style={{ order }}
        title={label}
        onClick={onPress}
      >
        {children}
      </button>
    ),
    slot,
  )
}

export interface InspectorProps {
  readonly title: string
  /** With it there is a button that closes: what the inspector shows is let go of. */
  readonly onClose?: () => void
  readonly children: ReactNode
}

/** Shows its children in the inspector (right pane) while the area is shown. The pane itself is shown or hidden by the person, Mod+Alt+B. */
export function Inspector(props: InspectorProps): ReactNode {
  const { title, onClose, children } = props
  const slot = useSlot('inspector')
  const { inspectorCount } = useShell()
  const isShown = slot !== null
  useLayoutEffect(() => {
    if (!isShown) return undefined
    inspectorCount.update((count) => count + 1)
    return () => inspectorCount.update((count) => count - 1)
  }, [isShown, inspectorCount])
  if (slot === null) return null
  return createPortal(
    <section aria-label={title} className="relative flex min-h-0 flex-1 flex-col">
      <h2
        title={title}
        className={classNames(
          'h-34 flex-none truncate border-b border-line-1 pl-12 text-heading leading-33',
          onClose === undefined ? 'pr-12' : 'pr-42',
        )}
      >
        {title}
      </h2>
      <div className="min-h-0 flex-1 overflow-auto">{children}</div>
      {onClose === undefined ? null : (
        // The last one: who arrives by key comes to the content.
        <span className="absolute top-3 right-6">
          <IconButton icon={X} label="Close the inspector" onPress={onClose} />
        </span>
      )}
    </section>,
    slot,
  )
}

/** Shows a banner across the top of the content while the area is shown. */
export function BannerSlot({ children }: { children: ReactNode }): ReactNode {
  const slot = useSlot('banners')
  return slot === null ? null : createPortal(children, slot)
}
