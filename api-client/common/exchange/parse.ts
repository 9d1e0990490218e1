// JSON, and YAML where it is not JSON.
import { parseDocument as parseYaml } from 'yaml'

/** YAML is read this far only: its parser is not as fast as JSON's, and anchors can grow a small text without end. */
const MOST_YAML = 50_000_000
const MOST_ALIASES = 1_000

/** Keys that stand twice are looked for in texts up to here: it takes time with the square of how many a mapping has. */
const MOST_CHECKED = 1_000_000
/** More faults of one text are not told. */
const MOST_FAULTS = 20

/**
 * The value of a text; undefined when it is neither. Of several YAML documents in one text only the first is read. Big integers of YAML stay exact.
 * `onFault` is told what YAML holds against its rules, and a value is made of nevertheless.
 */
export function parseDocument(text: string, onFault: (message: string) => void = () => undefined): unknown {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  try {
    return JSON.parse(plain)
  } catch {
    if (/^\s*[{[]/.test(plain) && plain.length > 5_000_000) return undefined
  }
  if (plain.length > MOST_YAML || !isMapping(plain) || isTooDeep(plain)) return undefined
  try {
    const document = parseYaml(plain, {
      intAsBigInt: true,
      strict: false,
      uniqueKeys: plain.length <= MOST_CHECKED,
      merge: true,
      prettyErrors: plain.length <= MOST_CHECKED,
      logLevel: 'error',
      version: '1.2',
    })
    const value = smaller(document.toJS({ maxAliasCount: MOST_ALIASES }))
    for (const { message } of document.errors.slice(0, MOST_FAULTS)) onFault(message.split('\n')[0] ?? '')
    return value
  } catch {
    return undefined
  }
}

/** Whether the first line that says something is one of a mapping, which all that we read are: a log of megabytes is refused at once. */
function isMapping(text: string): boolean {
  for (let from = 0; from < text.length;) {
    const found = text.indexOf('\n', from)
    const end = found < 0 ? text.length : found
    const line = text.slice(from, Math.min(end, from + 2_000)).trim()
    if (line !== '' && !/^(?:#|%|---\s*(?:#|$))/.test(line))
      return /^(?:[{[?!&-]|(?:"[^"]*"|'[^']*'|[^\s:][^:]*):(?:\s|$))/.test(line)
    from = end + 1
  }
  return false
}

/** Integers that a number holds exactly are numbers, as JSON's are. A stack of our own: YAML may be deep, and share parts. */
function smaller(value: unknown): unknown {
  if (typeof value === 'bigint') return small(value)
  const seen = new Set<unknown>()
  const waiting: unknown[] = [value]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue
    seen.add(next)
    for (const [key, one] of Object.entries(next))
      if (typeof one === 'bigint') Reflect.set(next, key, small(one))
      else if (typeof one === 'object' && one !== null) waiting.push(one)
  }
  return value
}

function small(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value
}

/** The YAML parser takes time with the square of the depth: a text that only nests would hold it for minutes. */
const DEEPEST_YAML = 300

/** By brackets and indentation; brackets in texts count too, which only refuses what nobody writes. */
function isTooDeep(text: string): boolean {
  // A key at the left edge begins anew: brackets that a text leaves open do not add up over a long document.
  let open = 0
  for (const part of text.split(/^(?=[A-Za-z"'])/m)) {
    let depth = 0
    for (const sign of part) {
      if (sign === '{' || sign === '[') depth++
      else if ((sign === '}' || sign === ']') && depth > 0) depth--
      if (depth > DEEPEST_YAML) return true
    }
    if (depth > 0 && ++open > DEEPEST_YAML) return true
  }
  return /^ {2000}/m.test(text) || /(?:[-?] ){300}/.test(text)
}
