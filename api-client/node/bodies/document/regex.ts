// Runs regular expressions that people write, with a limit of time: some take for ever on some texts, and can be ended only from outside.
import { Script, createContext } from 'node:vm'
import { AppError } from '#contract/errors.ts'

/** For one piece of a body, some 0.5 MB. */
const TIMEOUT_MS = 1_000
const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT'
const RUN = new Script(`(() => {
  const found = []
  pattern.lastIndex = 0
  const text = input
  let match
  while ((match = pattern.exec(text)) !== null) {
    if (match[0].length === 0) pattern.lastIndex += 1
    else found.push(match.index, match[0].length)
  }
  return found.join(',')
})()`)

/** Gives index and length of each match in a text. The pattern is read as Unicode where it is valid so. SyntaxError when it is no pattern. */
export function createMatcher(
  pattern: string,
  { isCaseSensitive }: { readonly isCaseSensitive: boolean },
): (text: string) => [number, number][] {
  const sandbox = { pattern: compiled(pattern, isCaseSensitive ? 'gm' : 'gim'), input: '' }
  const context = createContext(sandbox)
  return (text) => {
    sandbox.input = text
    let found: unknown
    try {
      found = RUN.runInContext(context, { timeout: TIMEOUT_MS })
    } catch (error) {
      // The error is one of the other context, so it is no Error here.
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === TIMED_OUT)
        throw new AppError('TIMEOUT', 'This regular expression takes too long on this body.', {
          hint: 'Repetitions inside of repetitions are slow; write it without them.',
        })
      throw error
    }
    const numbers = typeof found === 'string' && found !== '' ? found.split(',').map(Number) : []
    const matches: [number, number][] = []
    for (let at = 0; at < numbers.length; at += 2) matches.push([numbers[at] ?? 0, numbers[at + 1] ?? 0])
    return matches
  }
}

function compiled(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`)
  } catch {
    return new RegExp(pattern, flags)
  }
}
