// Keys: how a binding is written, which keyboard event it means, and how it is drawn. `Mod` is ⌘ on macOS and Ctrl elsewhere.

export type Platform = 'mac' | 'windows' | 'linux'

/** The parts of a keyboard event that a binding looks at. */
export interface KeyPress {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/** Chrome, Edge, Firefox and Safari keep these for themselves; a page never hears of them. */
const KEPT_BY_BROWSERS = new Set([
  'Mod+T',
  'Mod+W',
  'Mod+N',
  'Mod+Shift+T',
  'Mod+Shift+W',
  'Mod+Shift+N',
  'Ctrl+Tab',
  'Ctrl+Shift+Tab',
  'Mod+Q',
])

const MODIFIERS = ['Ctrl', 'Mod', 'Alt', 'Shift'] as const
const NAMED: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Escape: 'Esc',
}

/** One stroke as it is written in a binding, or undefined for a modifier alone: `Mod+Shift+P`. */
export function strokeOf(press: KeyPress, platform: Platform): string | undefined {
  if (['Control', 'Meta', 'Alt', 'Shift', 'AltGraph', 'Dead', 'Process'].includes(press.key)) return undefined
  const mod = platform === 'mac' ? press.metaKey : press.ctrlKey
  const ctrl = platform === 'mac' ? press.ctrlKey : false
  const named = NAMED[press.key] ?? press.key
  // With Alt or Shift the key is what the layout makes of it (å, !): the physical key says what was meant.
  const physical = /^(?:Key|Digit)(.)$/.exec(press.code)?.[1]
  const backslash = press.code === 'Backslash' ? '\\' : undefined
  const isLetterOrDigit = /^[a-z0-9]$/i.test(named)
  const isChanged = (press.altKey || (press.shiftKey && (mod || ctrl))) && named.length === 1
  const key = isChanged && !isLetterOrDigit ? (physical ?? backslash ?? named) : named
  const isSymbol = key.length === 1 && !/[a-z0-9]/i.test(key)
  const written = key.length === 1 ? key.toUpperCase() : key
  const parts = [
    ctrl ? 'Ctrl' : '',
    mod ? 'Mod' : '',
    press.altKey ? 'Alt' : '',
    // `?` is Shift+/ on one layout and a key of its own on another.
    press.shiftKey && !(isSymbol && !mod && !press.altKey) ? 'Shift' : '',
    written,
  ]
  return parts.filter((part) => part !== '').join('+')
}

/** A binding in its one spelling: modifiers in order, letters in capitals. Chords keep their space. Undefined when it is not one. */
export function normaliseKeys(keys: string): string | undefined {
  const strokes = keys.trim().split(/\s+/)
  const written: string[] = []
  for (const stroke of strokes) {
    const parts = stroke.endsWith('++') ? [...stroke.slice(0, -2).split('+'), '+'] : stroke.split('+')
    const key = parts.at(-1)
    const modifiers = parts.slice(0, -1)
    if (key === undefined || key === '') return undefined
    if (modifiers.some((modifier) => !MODIFIERS.some((known) => known === modifier))) return undefined
    const ordered = MODIFIERS.filter((modifier) => modifiers.includes(modifier))
    written.push([...ordered, key.length === 1 ? key.toUpperCase() : key].join('+'))
  }
  return written.join(' ')
}

/** Whether the browser keeps the binding's first stroke for itself. */
export function isKeptByBrowser(keys: string): boolean {
  const first = keys.split(' ')[0]
  return first !== undefined && KEPT_BY_BROWSERS.has(first)
}

/** Whether a stroke writes text, so that it must not act while somebody types. */
export function writesText(stroke: string): boolean {
  const key = stroke.split('+').at(-1) ?? ''
  const isModified = /(^|\+)(Mod|Ctrl|Alt)\+/.test(stroke)
  return !isModified && (key.length <= 1 || ['Space', 'Enter', 'Backspace', 'Delete', 'Tab'].includes(key))
}

const MAC_CAPS: Readonly<Record<string, string>> = { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' }
const CAPS: Readonly<Record<string, string>> = {
  Mod: 'Ctrl',
  Enter: '↵',
  Up: '↑',
  Down: '↓',
  Left: '←',
  Right: '→',
  Backspace: '⌫',
}

/** The keycaps to draw for a binding, one text per cap; strokes of a chord follow one another. */
export function keycaps(keys: string, platform: Platform): readonly string[] {
  return keys.split(' ').flatMap((stroke) => {
    const parts = stroke.endsWith('++') ? [...stroke.slice(0, -2).split('+'), '+'] : stroke.split('+')
    return parts.map((part) => (platform === 'mac' ? MAC_CAPS[part] : undefined) ?? CAPS[part] ?? part)
  })
}

/** A binding in words, for `aria-keyshortcuts` and titles: `Control+Shift+P`. */
export function ariaKeys(keys: string, platform: Platform): string {
  const mod = platform === 'mac' ? 'Meta' : 'Control'
  return keys
    .split(' ')
    .map((stroke) => stroke.replace('Mod', mod).replace('Ctrl', 'Control'))
    .join(' ')
}
