// Keys: spelling, strokes, keycaps.
import { describe, expect, it } from 'vitest'
import {
  ariaKeys,
  isKeptByBrowser,
  keycaps,
  normaliseKeys,
  strokeOf,
  writesText,
  type KeyPress,
} from './keymap.ts'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})

describe('strokeOf', () => {
  it.each([
    ['linux', press('p', { ctrlKey: true }), 'Mod+P'],
    ['mac', press('p', { metaKey: true }), 'Mod+P'],
    ['mac', press('1', { ctrlKey: true, code: 'Digit1' }), 'Ctrl+1'],
    ['linux', press('P', { ctrlKey: true, shiftKey: true, code: 'KeyP' }), 'Mod+Shift+P'],
    ['mac', press('∫', { metaKey: true, altKey: true, code: 'KeyB' }), 'Mod+Alt+B'],
    ['linux', press('?', { shiftKey: true }), '?'],
    ['linux', press('F6', { shiftKey: true }), 'Shift+F6'],
    ['linux', press('Enter', { ctrlKey: true }), 'Mod+Enter'],
    ['linux', press(' '), 'Space'],
    ['linux', press('ArrowUp', { altKey: true }), 'Alt+Up'],
    ['linux', press('\\', { ctrlKey: true, altKey: true, code: 'Backslash' }), 'Mod+Alt+\\'],
    ['mac', press('«', { metaKey: true, altKey: true, code: 'Backslash' }), 'Mod+Alt+\\'],
  ] as const)('on %s writes %o as %s', (platform, event, expected) => {
    expect(strokeOf(event, platform)).toBe(expected)
  })

  it('is nothing for a modifier alone', () => {
    expect(strokeOf(press('Control', { ctrlKey: true }), 'linux')).toBeUndefined()
    expect(strokeOf(press('Shift', { shiftKey: true }), 'linux')).toBeUndefined()
  })
})

describe('normaliseKeys', () => {
  it('orders modifiers and writes letters in capitals', () => {
    expect(normaliseKeys('Shift+Mod+p')).toBe('Mod+Shift+P')
    expect(normaliseKeys('Mod+k  Mod+s')).toBe('Mod+K Mod+S')
  })
  it('knows the plus key', () => {
    expect(normaliseKeys('Mod++')).toBe('Mod++')
  })
  it('refuses what is not a binding', () => {
    expect(normaliseKeys('Cmd+P')).toBeUndefined()
    expect(normaliseKeys('')).toBeUndefined()
  })
})

describe('what browsers keep and what writes text', () => {
  it('names the keys that a page never hears of', () => {
    expect(isKeptByBrowser('Mod+T')).toBe(true)
    expect(isKeptByBrowser('Mod+P')).toBe(false)
  })
  it('tells typing from commands', () => {
    expect(writesText('?')).toBe(true)
    expect(writesText('Shift+A')).toBe(true)
    expect(writesText('Mod+A')).toBe(false)
    expect(writesText('F1')).toBe(false)
  })
})

describe('how a binding is drawn', () => {
  it('has one cap per key, of the platform', () => {
    expect(keycaps('Mod+Shift+P', 'mac')).toEqual(['⌘', '⇧', 'P'])
    expect(keycaps('Mod+K Mod+Enter', 'linux')).toEqual(['Ctrl', 'K', 'Ctrl', '↵'])
    expect(keycaps('Mod++', 'windows')).toEqual(['Ctrl', '+'])
  })
  it('is spoken in the words of ARIA', () => {
    expect(ariaKeys('Mod+Shift+P', 'mac')).toBe('Meta+Shift+P')
    expect(ariaKeys('Mod+B', 'linux')).toBe('Control+B')
  })
})
