// The look and the keys of "Go to anything": a field, grouped results, a preview line, hints. What it finds is the shell's business.
import { Search, type LucideIcon } from 'lucide-react'
import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { classNames } from './class-names.ts'
import { KeyboardHint } from './keyboard-hint.tsx'

export interface PaletteRow {
  readonly id: string
  readonly title: string
  /** Half-open ranges of the title that match, for the highlight. */
  readonly matches: readonly (readonly [number, number])[]
  readonly detail?: string | undefined
  readonly kind?: string | undefined
  readonly caps?: readonly string[] | undefined
  readonly icon: LucideIcon
  readonly preview?: string | undefined
}

export interface PaletteGroup {
  readonly title: string
  readonly rows: readonly PaletteRow[]
}

export interface PaletteDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly query: string
  readonly onQueryChange: (query: string) => void
  readonly groups: readonly PaletteGroup[]
  readonly activeIndex: number
  readonly onActiveIndexChange: (index: number) => void
  readonly onRun: (rowId: string, options: { readonly inNewTab: boolean }) => void
  /** Shown beside the field: prefixes. */
  readonly prefixes: readonly { readonly prefix: string; readonly noun: string }[]
  readonly modCap: string
  /** "10 of 14, from this machine". */
  readonly summary: string
  readonly emptyText: string
}

/** The palette. No motion: it is there at once. */
export function PaletteDialog(props: PaletteDialogProps): ReactNode {
  return (
    <ModalOverlay
      data-modal="true"
      isOpen={props.isOpen}
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) props.onClose()
      }}
      className="fixed inset-0 z-60 flex items-start justify-center bg-scrim pt-94"
    >
      <Modal className="w-680 max-w-[calc(100vw-32px)]">
        <Dialog
          aria-label="Go to anything"
          className="flex max-h-[70vh] flex-col overflow-hidden rounded-dialog bg-s3 shadow-overlay outline-none"
        >
          <PaletteBody {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function PaletteBody(props: PaletteDialogProps): ReactNode {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const rows = props.groups.flatMap((group) => group.rows)
  const active = rows[props.activeIndex]
  const optionId = (rowId: string): string => `${id}-${rowId}`

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [props.activeIndex, props.query])

  const onKeyDown = (event: KeyboardEvent): void => {
    const step =
      event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowUp'
          ? -1
          : event.key === 'PageDown'
            ? 8
            : event.key === 'PageUp'
              ? -8
              : 0
    if (step !== 0 && rows.length > 0) {
      event.preventDefault()
      const wrapped = (props.activeIndex + step + rows.length) % rows.length
      const clamped = Math.min(rows.length - 1, Math.max(0, props.activeIndex + step))
      props.onActiveIndexChange(Math.abs(step) === 1 ? wrapped : clamped)
    } else if (event.key === 'Enter' && active !== undefined) {
      event.preventDefault()
      props.onRun(active.id, { inNewTab: event.ctrlKey || event.metaKey })
    }
  }

  return (
    <>
      <div className="flex h-48 flex-none items-center gap-10 border-b border-line-2 px-16">
        <Search aria-hidden="true" size={16} strokeWidth={1.75} className="text-2" />
        <input
          role="combobox"
          aria-label="Go to anything"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={active === undefined ? undefined : optionId(active.id)}
          aria-autocomplete="list"
          autoFocus
          value={props.query}
          onChange={(event) => props.onQueryChange(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder="Go to anything"
          spellCheck={false}
          autoComplete="off"
          className="h-full min-w-0 flex-1 bg-transparent text-[15px] outline-none"
        />
        <span className="flex items-center gap-6 text-small text-2" aria-hidden="true">
          {props.prefixes.map(({ prefix, noun }) => (
            <span key={prefix} className="flex items-center gap-6">
              <KeyboardHint caps={[prefix]} />
              {noun}
            </span>
          ))}
        </span>
      </div>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label="Results"
        tabIndex={-1}
        className="min-h-0 flex-1 overflow-auto px-6 py-6 outline-none"
      >
        {props.groups.map((group) => (
          <div key={group.title} role="group" aria-labelledby={`${id}-${group.title}`}>
            <div id={`${id}-${group.title}`} className="px-10 pt-6 pb-4 text-small text-3">
              {group.title}
            </div>
            {group.rows.map((row) => {
              const index = rows.indexOf(row)
              const isActive = index === props.activeIndex
              return (
                <div
                  key={row.id}
                  id={optionId(row.id)}
                  role="option"
                  aria-selected={isActive}
                  onPointerMove={() => props.onActiveIndexChange(index)}
                  onClick={(event) => props.onRun(row.id, { inNewTab: event.ctrlKey || event.metaKey })}
                  className={classNames(
                    'flex h-34 items-center gap-10 rounded-control px-10 text-body',
                    isActive && 'bg-active',
                  )}
                >
                  <row.icon
                    aria-hidden="true"
                    size={16}
                    strokeWidth={1.75}
                    className={isActive ? 'text-1' : 'text-2'}
                  />
                  <span className="min-w-0 truncate font-medium">
                    <Highlighted text={row.title} matches={row.matches} />
                  </span>
                  {row.detail === undefined ? null : (
                    <span className="min-w-0 flex-1 truncate text-small text-3">{row.detail}</span>
                  )}
                  <span className="ml-auto flex flex-none items-center gap-8 text-small text-3">
                    {row.caps === undefined || row.caps.length === 0 ? (
                      row.kind
                    ) : (
                      <KeyboardHint caps={row.caps} />
                    )}
                  </span>
                </div>
              )
            })}
          </div>
        ))}
        {rows.length === 0 ? <div className="px-10 py-14 text-body text-2">{props.emptyText}</div> : null}
      </div>
      {active?.preview === undefined ? null : (
        <div className="flex-none truncate border-t border-line-2 px-16 py-9 font-mono text-data text-2">
          {active.preview}
        </div>
      )}
      <div className="flex h-38 flex-none items-center gap-14 border-t border-line-2 px-14 text-small text-2">
        <span className="flex items-center gap-6" aria-hidden="true">
          <KeyboardHint caps={['↵']} /> open
        </span>
        <span className="flex items-center gap-6" aria-hidden="true">
          <KeyboardHint caps={[props.modCap, '↵']} /> in new tab
        </span>
        <span className="flex items-center gap-6" aria-hidden="true">
          <KeyboardHint caps={['Esc']} /> close
        </span>
        <span className="ml-auto tabular-nums" role="status">
          {props.summary}
        </span>
      </div>
    </>
  )
}

function Highlighted(props: {
  readonly text: string
  readonly matches: readonly (readonly [number, number])[]
}): ReactNode {
  const parts: ReactNode[] = []
  let at = 0
  for (const [start, end] of props.matches) {
    if (start > at) parts.push(props.text.slice(at, start))
    parts.push(
      <mark key={start} className="bg-transparent text-accent-text">
        {props.text.slice(start, end)}
      </mark>,
    )
    at = end
  }
  parts.push(props.text.slice(at))
  return parts
}
