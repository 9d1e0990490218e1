// The button that opens the browser of folders and files, for fields that hold paths in their own way.
import { FolderOpen } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { IconButton } from '../../components/button.tsx'
import { useCall } from '../../host/host-provider.tsx'
import { BrowseDialog, type Choosing } from './browse-dialog.tsx'
import { pathFrom, splitTyped, startOf } from './path-text.ts'

export interface BrowseButtonProps {
  /** "Browse for file" */
  readonly label: string
  readonly choosing: Choosing
  readonly endings?: readonly string[]
  /** The path that is there now; the browser begins at it. */
  readonly value: string
  /** Paths in this folder are given from there. */
  readonly base?: string | null
  /** The name that `newFile` suggests. */
  readonly suggestedName?: string
  readonly size?: 'small' | 'regular'
  readonly isDisabled?: boolean
  readonly onChoose: (path: string) => void
  readonly onOpenChange?: (isOpen: boolean) => void
}

const NO_ENDINGS: readonly string[] = []

/** The button, and its dialog while it is open. */
export function BrowseButton(props: BrowseButtonProps): ReactNode {
  const { choosing, value, base = null } = props
  const [isOpen, setIsOpen] = useState(false)
  const { data: home } = useCall(['files', 'home'], (host, options) => host.files.home({}, options), {
    staleTime: Infinity,
  })
  const set = (next: boolean): void => {
    setIsOpen(next)
    props.onOpenChange?.(next)
  }
  return (
    <>
      <IconButton
        icon={FolderOpen}
        label={props.label}
        size={props.size ?? 'regular'}
        isDisabled={props.isDisabled === true || home === undefined}
        onPress={() => set(true)}
      />
      {isOpen && home !== undefined ? (
        <BrowseDialog
          choosing={choosing}
          endings={props.endings ?? NO_ENDINGS}
          start={startOf({
            value,
            base,
            home: home.folder,
            separator: home.separator,
            isFolder: choosing === 'folder',
          })}
          home={home.folder}
          name={
            choosing === 'newFile'
              ? splitTyped(value, home.separator).name || (props.suggestedName ?? '')
              : ''
          }
          onChoose={(path) => {
            props.onChoose(pathFrom(base, path, home.separator))
            set(false)
          }}
          onClose={() => set(false)}
        />
      ) : null}
    </>
  )
}
