// From presses to commands.
import { describe, expect, it, vi } from 'vitest'
import { createCommandRegistry, type Command, type CommandRegistry } from './commands.ts'
import { bindingsOf, createKeyDispatcher, type KeyDispatcher, type KeyEnvironment } from './key-dispatch.ts'

const DESKTOP: KeyEnvironment = { platform: 'linux', isBrowser: false, overrides: {} }
const ANYWHERE = { isTyping: false, isInDialog: false }

function setUp(environment = DESKTOP): { commands: CommandRegistry; keys: KeyDispatcher } {
  const commands = createCommandRegistry(() => undefined)
  return { commands, keys: createKeyDispatcher(commands, () => environment) }
}

function command(id: string, keys: readonly string[], more: Partial<Command> = {}): Command {
  return { id, title: id, group: 'Test', keys, run: () => undefined, ...more }
}

const ctrl = (key: string): Parameters<KeyDispatcher['press']>[0] => ({
  key,
  code: `Key${key.toUpperCase()}`,
  ctrlKey: true,
  metaKey: false,
  altKey: false,
  shiftKey: false,
})
const plain = (key: string): Parameters<KeyDispatcher['press']>[0] => ({ ...ctrl(key), ctrlKey: false })

describe('the key dispatcher', () => {
  it('runs the command of a binding', () => {
    const { commands, keys } = setUp()
    const run = vi.fn<() => void>()
    commands.register([command('a', ['Mod+P'], { run })])
    expect(keys.press(ctrl('p'), ANYWHERE)).toBe('handled')
    expect(run).toHaveBeenCalledOnce()
  })

  it('leaves a key alone that nobody has, or whose command does not apply', () => {
    const { commands, keys } = setUp()
    commands.register([command('a', ['Mod+P'], { when: () => false })])
    expect(keys.press(ctrl('p'), ANYWHERE)).toBe('none')
    expect(keys.press(ctrl('x'), ANYWHERE)).toBe('none')
  })

  it('does not act on letters while somebody types, but does on Ctrl keys', () => {
    const { commands, keys } = setUp()
    commands.register([command('help', ['?']), command('palette', ['Mod+P'])])
    expect(keys.press(plain('?'), { ...ANYWHERE, isTyping: true })).toBe('none')
    expect(keys.press(plain('?'), ANYWHERE)).toBe('handled')
    expect(keys.press(ctrl('p'), { ...ANYWHERE, isTyping: true })).toBe('handled')
  })

  it('follows a chord and forgets it when the second key is another', () => {
    const { commands, keys } = setUp()
    const run = vi.fn<() => void>()
    commands.register([command('chord', ['Mod+K B'], { run })])
    expect(keys.press(ctrl('k'), ANYWHERE)).toBe('chord')
    expect(keys.press(plain('x'), ANYWHERE)).toBe('none')
    expect(keys.press(plain('b'), ANYWHERE)).toBe('none')
    expect(keys.press(ctrl('k'), ANYWHERE)).toBe('chord')
    // In the editor the second key of a chord is not typing.
    expect(keys.press(plain('b'), { ...ANYWHERE, isTyping: true })).toBe('handled')
    expect(run).toHaveBeenCalledOnce()
  })

  it('keeps commands out of dialogs unless they say they work there', () => {
    const { commands, keys } = setUp()
    commands.register([command('a', ['Mod+P']), command('b', ['Mod+J'], { worksInDialogs: true })])
    expect(keys.press(ctrl('p'), { ...ANYWHERE, isInDialog: true })).toBe('none')
    expect(keys.press(ctrl('j'), { ...ANYWHERE, isInDialog: true })).toBe('handled')
  })

  it('prefers what was registered last: the open page beats what is always there', () => {
    const { commands, keys } = setUp()
    const ran: string[] = []
    commands.register([command('always', ['Mod+N'], { run: () => void ran.push('always') })])
    const leave = commands.register([command('page', ['Mod+N'], { run: () => void ran.push('page') })])
    keys.press(ctrl('n'), ANYWHERE)
    leave()
    keys.press(ctrl('n'), ANYWHERE)
    expect(ran).toEqual(['page', 'always'])
  })
})

describe('bindings in force', () => {
  it('drops what a browser keeps and shows the next', () => {
    const tab = command('tab.create', ['Mod+T', 'Alt+T'])
    expect(bindingsOf(tab, DESKTOP)).toEqual(['Mod+T', 'Alt+T'])
    expect(bindingsOf(tab, { ...DESKTOP, isBrowser: true })).toEqual(['Alt+T'])
  })
  it('take Ctrl for Mod where there is no other', () => {
    const next = command('tab.next', ['Ctrl+Tab'])
    expect(bindingsOf(next, DESKTOP)).toEqual(['Mod+Tab'])
    expect(bindingsOf(next, { ...DESKTOP, platform: 'mac' })).toEqual(['Ctrl+Tab'])
    expect(bindingsOf(next, { ...DESKTOP, isBrowser: true })).toEqual([])
  })
  it("are the person's own where there are any; an empty one takes it away", () => {
    const one = command('a', ['Mod+P'])
    expect(bindingsOf(one, { ...DESKTOP, overrides: { a: 'shift+x' } })).toEqual([])
    expect(bindingsOf(one, { ...DESKTOP, overrides: { a: 'Mod+Shift+x' } })).toEqual(['Mod+Shift+X'])
    expect(bindingsOf(one, { ...DESKTOP, overrides: { a: '' } })).toEqual([])
  })
})
