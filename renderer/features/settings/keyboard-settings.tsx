// The shortcuts with rebinding: press the button, press the keys. Esc keeps, Backspace takes the binding away.
import { RotateCcw } from 'lucide-react'
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import { IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { FormError } from '../../components/form-error.tsx'
import { KeyboardHint } from '../../components/keyboard-hint.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { describeError } from '../../host/error-text.ts'
import { useStore } from '../../host/store.ts'
import type { Command } from '../../shell/commands.ts'
import { bindingsOf } from '../../shell/key-dispatch.ts'
import { isKeptByBrowser, keycaps, strokeOf } from '../../shell/keymap.ts'
import { useShell } from '../../shell/shell.tsx'
import { groupShortcuts } from '../../shell/shortcut-list.tsx'
import { useSetSettings } from './use-settings.ts'

/** The keyboard page. */
export function KeyboardSettings(): ReactNode {
  const shell = useShell()
  const commands = useStore(shell.commands.all)
  const environment = useStore(shell.keys)
  const [filter, setFilter] = useState('')
  const [recording, setRecording] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const set = useSetSettings()
  const rows = [...commands.values()]
    .filter((command) => command.title.toLowerCase().includes(filter.trim().toLowerCase()))
    .map((command) => ({ command, bindings: bindingsOf(command, environment) }))

  const save = (command: Command, keys: string | undefined): void => {
    const others = Object.fromEntries(
      Object.entries(environment.overrides).filter(([id]) => id !== command.id),
    )
    set.mutate({ keybindings: keys === undefined ? others : { ...others, [command.id]: keys } })
    setRecording(undefined)
  }
  const record = (event: KeyboardEvent, command: Command): void => {
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') return setRecording(undefined)
    if (event.key === 'Backspace') return save(command, '')
    const keys = strokeOf(event.nativeEvent, environment.platform)
    if (keys === undefined) return
    if (environment.isBrowser && isKeptByBrowser(keys))
      return setProblem(`Browsers keep ${keycaps(keys, environment.platform).join(' ')} for themselves.`)
    const taken = rows.find((row) => row.command.id !== command.id && row.bindings.includes(keys))
    if (taken !== undefined)
      return setProblem(
        `${keycaps(keys, environment.platform).join(' ')} is “${taken.command.title}” already.`,
      )
    setProblem(undefined)
    save(command, keys)
  }
  return (
    <div className="max-w-760">
      <SearchField label="Filter shortcuts" value={filter} onChange={setFilter} className="mb-12" />
      <div className="mb-12 empty:hidden">
        <FormError message={problem ?? describeError(set.error)?.message} />
      </div>
      <div className="flex flex-col gap-16">
        {[...groupShortcuts(rows)].map(([group, members]) => (
          <Card key={group} title={group}>
            <ul className="py-4">
              {members.map(({ command, bindings }) => {
                const isRecording = recording === command.id
                return (
                  <li key={command.id} className="flex h-32 items-center gap-8 px-14 text-small">
                    <span className="min-w-0 flex-1 truncate">{command.title}</span>
                    {environment.overrides[command.id] === undefined ? null : (
                      <IconButton
                        icon={RotateCcw}
                        size="small"
                        label={`Back to the standard key of ${command.title}`}
                        onPress={() => save(command, undefined)}
                      />
                    )}
                    <button
                      type="button"
                      data-records-keys={isRecording ? '' : undefined}
                      aria-label={`Key of ${command.title}: ${bindings[0] ?? 'none'}. Press to change.`}
                      onClick={() => {
                        setProblem(undefined)
                        setRecording(isRecording ? undefined : command.id)
                      }}
                      onKeyDown={isRecording ? (event) => record(event, command) : undefined}
                      onBlur={() => setRecording((now) => (now === command.id ? undefined : now))}
                      className="flex h-24 min-w-100 items-center justify-end gap-8 rounded-control px-6 hover:bg-hover"
                    >
                      {isRecording ? (
                        <span className="text-accent-text">Press keys…</span>
                      ) : bindings[0] === undefined ? (
                        <span className="text-3">none</span>
                      ) : (
                        <KeyboardHint caps={keycaps(bindings[0], environment.platform)} />
                      )}
                    </button>
                  </li>
                )
              })}
            </ul>
          </Card>
        ))}
      </div>
    </div>
  )
}
