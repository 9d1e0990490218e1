// Pairs as text, one per line, for editing many at once: `name: value`, switched off with `//`, lines of a value escaped.
import type { Pair } from '#contract/requests/parts.ts'

/** The pairs as lines. */
export function pairsToText(pairs: readonly Pair[]): string {
  return pairs
    .map((pair) => {
      const name = pair.name.replaceAll('\\', '\\\\').replaceAll(':', '\\:').replaceAll('\n', '\\n')
      const value = pair.value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
      return `${pair.isEnabled ? '' : '// '}${name}: ${value}`
    })
    .join('\n')
}

/** Reads lines as pairs; what a line has no words for (the description) is kept from the pair of that name. */
export function textToPairs(text: string, before: readonly Pair[]): Pair[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const isEnabled = !/^\s*\/\//.test(line)
      const rest = isEnabled ? line.trimStart() : line.replace(/^\s*\/\/\s?/, '')
      const colon = /(?<!\\)(?:\\\\)*:/.exec(rest)
      const end = colon === null ? rest.length : colon.index + colon[0].length - 1
      const name = unescape(rest.slice(0, end).trim())
      const value = unescape(rest.slice(end + 1).replace(/^ /, ''))
      return {
        name,
        value,
        isEnabled,
        description: before.find((pair) => pair.name === name)?.description ?? '',
      }
    })
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
}
