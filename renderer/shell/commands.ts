// The command registry: everything a key, the palette or a menu can do has an entry here.
import type { LucideIcon } from 'lucide-react'
import { createStore, type Store } from '../host/store.ts'

export interface Command {
  /** `area.verb`, stable: the person's own keybindings refer to it. */
  readonly id: string
  /** Verb and object in sentence case: "Run statement". */
  readonly title: string
  /** Group in the shortcut list: "Anywhere", "SQL editor", … */
  readonly group: string
  readonly icon?: LucideIcon
  /** Defaults, most wanted first: `Mod+Enter`, `Mod+K B`. In a browser the first one that the browser does not keep for itself counts. */
  readonly keys?: readonly string[]
  /** Whether it applies now; left out, always. Asked when a key is pressed and when the palette opens. */
  readonly when?: () => boolean
  /** Keeps it out of the palette: it makes sense only as a key (move focus, nth tab). */
  readonly isHidden?: boolean
  /** Also works while a dialog is open. */
  readonly worksInDialogs?: boolean
  /** A destructive command opens its confirmation; it never acts at once. */
  run(): void | Promise<void>
}

export interface CommandRegistry {
  readonly all: Store<ReadonlyMap<string, Command>>
  /** Adds commands. Returns how to take them away again. A later registration of an id wins while it lasts; then the one before it counts again. */
  register(commands: readonly Command[]): () => void
  /** Runs one if it is there and applies. True if it ran. */
  run(id: string): boolean
  /** The commands that apply now, in the order of registration. */
  applicable(): readonly Command[]
}

/** Makes an empty registry. `onFailure` is told of what a command throws. */
export function createCommandRegistry(
  onFailure: (command: Command, error: unknown) => void,
): CommandRegistry {
  const all = createStore<ReadonlyMap<string, Command>>(new Map())
  let registrations: readonly (readonly Command[])[] = []
  const change = (next: typeof registrations): void => {
    registrations = next
    all.set(new Map(next.flat().map((command) => [command.id, command])))
  }
  const applies = (command: Command): boolean => command.when?.() ?? true
  return {
    all,
    register(commands) {
      const added = [...commands]
      change([...registrations, added])
      return () => change(registrations.filter((one) => one !== added))
    },
    run(id) {
      const command = all.get().get(id)
      if (command === undefined || !applies(command)) return false
      // A command may throw at once or later; both are told the same way.
      const running = async (): Promise<void> => command.run()
      void running().catch((error: unknown) => onFailure(command, error))
      return true
    },
    applicable: () => [...all.get().values()].filter(applies),
  }
}
