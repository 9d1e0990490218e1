// From key presses to commands: finds the binding in force for each command, follows chords, leaves typing alone.
import type { Command, CommandRegistry } from './commands.ts'
import {
  isKeptByBrowser,
  normaliseKeys,
  strokeOf,
  writesText,
  type KeyPress,
  type Platform,
} from './keymap.ts'

export interface KeyEnvironment {
  readonly platform: Platform
  /** In a browser some keys never reach the page. */
  readonly isBrowser: boolean
  /** The person's own choices: command id → binding; an empty string takes the binding away. */
  readonly overrides: Readonly<Record<string, string>>
}

/** The bindings of a command that are in force, the one to show first. */
export function bindingsOf(command: Command, environment: KeyEnvironment): readonly string[] {
  const own = environment.overrides[command.id]
  const wanted = own === undefined ? (command.keys ?? []) : own === '' ? [] : [own]
  return (
    wanted
      .map(normaliseKeys)
      .filter((keys) => keys !== undefined)
      .filter((keys) => !(environment.isBrowser && isKeptByBrowser(keys)))
      // Only a Mac has a Ctrl key beside the one that Mod means.
      .map((keys) => (environment.platform === 'mac' ? keys : keys.replaceAll('Ctrl+', 'Mod+')))
  )
}

export interface PressContext {
  /** The focus is where text is typed. */
  readonly isTyping: boolean
  /** A dialog or the palette is open. */
  readonly isInDialog: boolean
}

/** `handled`: stop the event. `chord`: a chord has begun; the browser must not act, but an editor below may listen. `none`: not ours. */
export type PressOutcome = 'handled' | 'chord' | 'none'

export interface KeyDispatcher {
  press(press: KeyPress, context: PressContext): PressOutcome
}

/** Makes a dispatcher over a registry. The environment is read at each press. */
export function createKeyDispatcher(
  commands: CommandRegistry,
  environment: () => KeyEnvironment,
): KeyDispatcher {
  let begun: string | undefined
  return {
    press(press, context) {
      const now = environment()
      const stroke = strokeOf(press, now.platform)
      if (stroke === undefined) return 'none'
      const keys = begun === undefined ? stroke : `${begun} ${stroke}`
      const isChord = begun !== undefined
      begun = undefined
      if (!isChord && context.isTyping && writesText(stroke)) return 'none'
      let starts = false
      // The latest registration first: what the person has open beats what is always there.
      const candidates = [...commands.all.get().values()].reverse()
      for (const command of candidates) {
        if (context.isInDialog && command.worksInDialogs !== true) continue
        for (const binding of bindingsOf(command, now)) {
          if (binding === keys && commands.run(command.id)) return 'handled'
          if (binding.startsWith(`${keys} `) && (command.when?.() ?? true)) starts = true
        }
      }
      if (!starts) return 'none'
      begun = keys
      return 'chord'
    },
  }
}

/** Whether text is typed where the event went. */
export function isTypingTarget(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
  return target.getAttribute('role') === 'textbox'
}
