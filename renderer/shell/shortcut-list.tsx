// The list of shortcuts on `?`: made from the registry, so it is never wrong.
import { useState, type ReactNode } from 'react'
import { Dialog } from '../components/dialog.tsx'
import { KeyboardHint } from '../components/keyboard-hint.tsx'
import { SearchField } from '../components/text-field.tsx'
import { useStore } from '../host/store.ts'
import type { Command } from './commands.ts'
import { bindingsOf } from './key-dispatch.ts'
import { keycaps } from './keymap.ts'
import { useShell } from './shell.tsx'

export interface ShortcutRow {
  readonly command: Command
  readonly bindings: readonly string[]
}

/** The commands that can be reached by a key, by group: what works anywhere first, then in the order of registration. */
export function groupShortcuts(rows: readonly ShortcutRow[]): ReadonlyMap<string, readonly ShortcutRow[]> {
  // What works anywhere stands first.
  const groups = new Map<string, ShortcutRow[]>([['Anywhere', []]])
  for (const row of rows) {
    const group = groups.get(row.command.group)
    if (group === undefined) groups.set(row.command.group, [row])
    else group.push(row)
  }
  if (groups.get('Anywhere')?.length === 0) groups.delete('Anywhere')
  return groups
}

/** A dialog with every shortcut that applies in the app now. */
export function ShortcutList(props: { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  const shell = useShell()
  const environment = useStore(shell.keys)
  const commands = useStore(shell.commands.all)
  const [filter, setFilter] = useState('')
  const rows = [...commands.values()]
    .map((command) => ({ command, bindings: bindingsOf(command, environment) }))
    .filter(({ command, bindings }) => {
      const words = `${command.title} ${bindings.join(' ')}`.toLowerCase()
      return bindings.length > 0 && words.includes(filter.trim().toLowerCase())
    })
  return (
    <Dialog title="Keyboard shortcuts" width="large" isOpen={props.isOpen} onClose={props.onClose}>
      <SearchField label="Filter shortcuts" value={filter} onChange={setFilter} className="mb-12" />
      {rows.length === 0 ? <p className="text-body text-2">No shortcut matches “{filter}”.</p> : null}
      <div className="columns-2 gap-32">
        {[...groupShortcuts(rows)].map(([group, members]) => (
          <section key={group} className="mb-16 break-inside-avoid">
            <h3 className="mb-4 text-heading">{group}</h3>
            <dl>
              {members.map(({ command, bindings }) => (
                <div
                  key={command.id}
                  className="flex h-28 items-center gap-8 border-b border-line-1 text-small"
                >
                  <dt className="min-w-0 flex-1 truncate text-2">{command.title}</dt>
                  <dd className="flex gap-8">
                    {bindings.map((binding) => (
                      <span key={binding}>
                        <span className="sr-only">{binding}</span>
                        <KeyboardHint caps={keycaps(binding, environment.platform)} />
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
