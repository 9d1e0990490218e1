// Parser combinators that say what they expected where they got stuck, with the rules of Parsec: clients see those sentences (PGRST100), so
// a choice only looks at its next branch when the last one took no character, `attempt` makes a branch take none, and errors at the same
// place are joined in the order in which they came up.
import { showCharacter, showText } from './show.ts'
import type { Obstacle } from './show.ts'

interface Success<T> {
  readonly ok: true
  readonly value: T
  readonly next: number
  /** What more could have stood at the end of what was read; null is nothing worth telling. */
  readonly obstacle: Obstacle | null
}

interface Failure {
  readonly ok: false
  /** Whether characters were taken before it failed: a choice then looks no further. */
  readonly consumed: boolean
  readonly obstacle: Obstacle | null
}

export type Reply<T> = Success<T> | Failure

/** Reads from `text` at an offset. A success with `next` beyond `at` has taken characters. */
export type Parser<T> = (text: string, at: number) => Reply<T>

const NONE: readonly string[] = []

/** The further of two obstacles, or both when they are at the same place. */
function merge(first: Obstacle | null, second: Obstacle | null): Obstacle | null {
  if (second === null) return first
  if (first === null || second.position > first.position) return second
  if (first.position > second.position) return first
  return {
    position: first.position,
    unexpectedAt: first.unexpectedAt ?? second.unexpectedAt,
    refused: [...first.refused, ...second.refused],
    expected: [...first.expected, ...second.expected],
  }
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at)
  return code === undefined ? '' : String.fromCodePoint(code)
}

function stuckAt(at: number, expected: readonly string[]): Obstacle {
  return { position: at, unexpectedAt: at, refused: NONE, expected }
}

function done<T>(value: T, next: number, obstacle: Obstacle | null): Success<T> {
  return { ok: true, value, next, obstacle }
}

/** Takes nothing and gives `value`. */
export function succeed<T>(value: T): Parser<T> {
  return (_text, at) => done(value, at, null)
}

/** Fails without a word. */
export function reject(_text: string, _at: number): Failure {
  return { ok: false, consumed: false, obstacle: null }
}

/** These very characters. */
export function literal(wanted: string): Parser<string> {
  const expected = [showText(wanted)]
  return (text, at) => {
    if (text.startsWith(wanted, at)) return done(wanted, at + wanted.length, null)
    let same = 0
    while (same < wanted.length && text[at + same] === wanted[same]) same += 1
    return {
      ok: false,
      consumed: same > 0,
      obstacle: { position: at, unexpectedAt: at + same, refused: NONE, expected },
    }
  }
}

/** One character of the class; `pattern` is sticky and matches one. `expected` are the names of the class. */
export function oneOf(pattern: RegExp, expected: readonly string[] = NONE): Parser<string> {
  return (text, at) => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) return { ok: false, consumed: false, obstacle: stuckAt(at, expected) }
    return done(match[0], at + match[0].length, null)
  }
}

/** As many characters of the class as there are, also none; `pattern` is sticky and matches a run of them, also an empty one. */
export function anyOf(pattern: RegExp, expected: readonly string[] = NONE): Parser<string> {
  return (text, at) => {
    pattern.lastIndex = at
    const run = pattern.exec(text)?.[0] ?? ''
    const next = at + run.length
    return done(run, next, stuckAt(next, expected))
  }
}

/** One character of the class and as many more as there are. */
export function someOf(pattern: RegExp, expected: readonly string[] = NONE): Parser<string> {
  const run = anyOf(pattern, expected)
  return (text, at) => {
    const reply = run(text, at)
    if (reply.ok && reply.next > at) return reply
    return { ok: false, consumed: false, obstacle: reply.obstacle }
  }
}

/** The end of the text. */
export function end(text: string, at: number): Reply<null> {
  const expected = ['end of input']
  if (at >= text.length) return done(null, at, { position: at, unexpectedAt: at, refused: NONE, expected })
  const refused = [showCharacter(characterAt(text, at))]
  return { ok: false, consumed: false, obstacle: { position: at, unexpectedAt: null, refused, expected } }
}

/** Reads with `parser`, then with what `follow` makes of its value. */
export function chain<A, B>(parser: Parser<A>, follow: (value: A) => Parser<B>): Parser<B> {
  return (text, at) => {
    const first = parser(text, at)
    if (!first.ok) return first
    return continued(first, at, follow(first.value)(text, first.next))
  }
}

/** The reply to the second of two steps, with what the first one adds to it. */
function continued<T>(first: Success<unknown>, at: number, second: Reply<T>): Reply<T> {
  if (second.ok) {
    if (second.next > first.next) return second
    return done(second.value, second.next, merge(first.obstacle, second.obstacle))
  }
  if (second.consumed) return second
  return { ok: false, consumed: first.next > at, obstacle: merge(first.obstacle, second.obstacle) }
}

/** Reads with both, one after the other. */
export function both<A, B, C>(
  first: Parser<A>,
  second: Parser<B>,
  combine: (first: A, second: B) => C,
): Parser<C> {
  return (text, at) => {
    const left = first(text, at)
    if (!left.ok) return left
    const right = continued(left, at, second(text, left.next))
    return right.ok ? done(combine(left.value, right.value), right.next, right.obstacle) : right
  }
}

/** Reads with both and keeps the first's value. */
export function before<A>(first: Parser<A>, second: Parser<unknown>): Parser<A> {
  return both(first, second, (value) => value)
}

/** Reads with both and keeps the second's value. */
export function after<B>(first: Parser<unknown>, second: Parser<B>): Parser<B> {
  return both(first, second, (_first, value) => value)
}

/** Reads with `inner` between the two others. */
export function between<T>(open: Parser<unknown>, inner: Parser<T>, close: Parser<unknown>): Parser<T> {
  return after(open, before(inner, close))
}

/** What `parser` reads, as something else. */
export function map<A, B>(parser: Parser<A>, change: (value: A) => B): Parser<B> {
  return (text, at) => {
    const reply = parser(text, at)
    return reply.ok ? done(change(reply.value), reply.next, reply.obstacle) : reply
  }
}

/** The first that succeeds. One that fails after taking characters ends the search. */
export function choice<T>(...parsers: readonly Parser<T>[]): Parser<T> {
  return (text, at) => {
    let obstacle: Obstacle | null = null
    for (const parser of parsers) {
      const reply = parser(text, at)
      if (reply.ok) {
        return reply.next > at ? reply : done(reply.value, reply.next, merge(obstacle, reply.obstacle))
      }
      if (reply.consumed) return reply
      obstacle = merge(obstacle, reply.obstacle)
    }
    return { ok: false, consumed: false, obstacle }
  }
}

/** `parser`, or nothing where it fails without taking a character. */
export function optional<T>(parser: Parser<T>): Parser<T | null> {
  return choice<T | null>(parser, succeed(null))
}

/** `parser`, as if it had taken nothing when it fails. */
export function attempt<T>(parser: Parser<T>): Parser<T> {
  return (text, at) => {
    const reply = parser(text, at)
    return reply.ok || !reply.consumed ? reply : { ok: false, consumed: false, obstacle: reply.obstacle }
  }
}

/** Whether `parser` could read here; it takes nothing. */
export function lookahead(parser: Parser<unknown>): Parser<null> {
  return (text, at) => {
    const reply = parser(text, at)
    return reply.ok ? done(null, at, null) : reply
  }
}

/** Fails where `parser` succeeds, and takes nothing. */
export function notFollowedBy(parser: Parser<string>): Parser<null> {
  return (text, at) => {
    const reply = parser(text, at)
    if (!reply.ok) return done(null, at, reply.obstacle)
    const refused = [showCharacter(reply.value)]
    return {
      ok: false,
      consumed: false,
      obstacle: merge(reply.obstacle, { position: reply.next, unexpectedAt: null, refused, expected: NONE }),
    }
  }
}

/** `parser` again and again, also never. It must take characters when it succeeds. */
export function many<T>(parser: Parser<T>): Parser<readonly T[]> {
  return (text, at) => {
    const values: T[] = []
    let next = at
    for (;;) {
      const reply = parser(text, next)
      if (!reply.ok) return reply.consumed ? reply : done(values, next, reply.obstacle)
      // A rule that takes nothing would be read for ever.
      if (reply.next === next) return done(values, next, reply.obstacle)
      values.push(reply.value)
      next = reply.next
    }
  }
}

/** One or more, with `separator` between them. */
export function separated<T>(parser: Parser<T>, separator: Parser<unknown>): Parser<readonly T[]> {
  const more = many(after(separator, parser))
  return both(parser, more, (first, rest) => [first, ...rest])
}

/** Names what `parser` reads: said instead of its parts where it fails without taking a character. */
export function label<T>(parser: Parser<T>, name: string): Parser<T> {
  const expected = [name]
  return (text, at) => {
    const reply = parser(text, at)
    if (reply.ok) {
      if (reply.next > at || reply.obstacle === null) return reply
      return done(reply.value, reply.next, { ...reply.obstacle, expected })
    }
    if (reply.consumed) return reply
    const obstacle = reply.obstacle ?? { position: at, unexpectedAt: null, refused: NONE, expected }
    return { ok: false, consumed: false, obstacle: { ...obstacle, expected } }
  }
}
