// A reader of PostgREST's small languages, one sign after the other. What it cannot read it says by returning null from `attempt`.
import type { FieldRef, JsonStep } from './form.ts'

/** Thrown where the text is not what was expected; it never leaves this folder. */
class Unreadable extends Error {}

export interface Scanner {
  readonly isAtEnd: boolean
  /** Takes the text if it comes next. */
  take(text: string): boolean
  /** Takes what the sticky pattern finds; empty where it finds nothing. */
  match(pattern: RegExp): string
  expect(text: string): void
  peek(text: string): boolean
  /** Tries, and goes back where it fails. */
  attempt<T>(read: () => T): T | null
  fail(): never
}

/** What `read` makes of the whole text; null where it cannot be read. */
export function readWhole<T>(text: string, read: (scanner: Scanner) => T): T | null {
  const scanner = createScanner(text)
  return scanner.attempt(() => {
    const value = read(scanner)
    if (!scanner.isAtEnd) scanner.fail()
    return value
  })
}

function createScanner(text: string): Scanner {
  let at = 0
  const scanner: Scanner = {
    get isAtEnd() {
      return at === text.length
    },
    peek: (part) => text.startsWith(part, at),
    take(part) {
      if (!text.startsWith(part, at)) return false
      at += part.length
      return true
    },
    match(pattern) {
      pattern.lastIndex = at
      const found = pattern.exec(text)?.[0] ?? ''
      at += found.length
      return found
    },
    expect(part) {
      if (!scanner.take(part)) scanner.fail()
    },
    attempt(read) {
      const start = at
      try {
        return read()
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        at = start
        return null
      }
    },
    fail() {
      throw new Unreadable()
    },
  }
  return scanner
}

/** `"any text"`, with backslashes before quotes and backslashes. */
export function scanQuoted(scanner: Scanner): string {
  const found = scanner.match(/"(?:[^"\\]|\\[\s\S])*"/y)
  if (found === '') scanner.fail()
  return found.slice(1, -1).replaceAll(/\\([\s\S])/g, '$1')
}

/** A column's, relation's or alias' name. */
export function scanName(scanner: Scanner): string {
  if (scanner.peek('"')) return scanQuoted(scanner)
  const name = scanner.match(/[\p{L}0-9_$ ]+(?:-(?!>)[\p{L}0-9_$ ]+)*/uy).trim()
  if (name === '') scanner.fail()
  return name
}

function scanSteps(scanner: Scanner): JsonStep[] {
  const steps: JsonStep[] = []
  for (;;) {
    const arrow = scanner.take('->>') ? '->>' : scanner.take('->') ? '->' : null
    if (arrow === null) return steps
    const index = scanner.match(/-?\d+(?=->|::|\.|,|\)|$)/y)
    if (index !== '') steps.push({ arrow, key: index, isIndex: true })
    else if (scanner.peek('"')) steps.push({ arrow, key: scanQuoted(scanner), isIndex: false })
    else {
      const key = scanner.match(/[^(\-:.,>)]+(?:-(?!>)[^(\-:.,>)]+)*/y).trim()
      if (key === '') scanner.fail()
      steps.push({ arrow, key, isIndex: false })
    }
  }
}

/** A name with its steps into JSON. */
export function scanField(scanner: Scanner): FieldRef {
  scanner.match(/[ \t]+/y)
  const name = scanName(scanner)
  const path = scanSteps(scanner)
  scanner.match(/[ \t]+/y)
  return { name, path }
}

/** `a,b` up to where there is no more comma. */
export function scanList<T>(scanner: Scanner, read: () => T): T[] {
  const found = [read()]
  while (scanner.take(',')) found.push(read())
  return found
}
