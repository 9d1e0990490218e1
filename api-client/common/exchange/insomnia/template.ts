// Insomnia's templates: names become ours, tags become dynamic values where there is one, and are reported where not.
import { anyText, isRecord } from '../loose.ts'
import type { Report } from '../problems.ts'
import { reportScript } from '../script-needs.ts'

/** Tags that make a value, and ours that makes the same. */
const TAGS: readonly (readonly [RegExp, string])[] = [
  [/^uuid\b/, '$guid'],
  [/^(now|timestamp)\s+'?(unix|millis)/, '$timestamp'],
  [/^(now|timestamp)\b/, '$isoTimestamp'],
  [/^faker\s+'(?:guid|randomUUID)'/, '$guid'],
]

/** `{{ _.host }}` and `{{ host }}` as `{{host}}`; `{% … %}` as a dynamic value or as it is. */
function ourNames(text: string, report: Report): string {
  if (!text.includes('{{') && !text.includes('{%')) return text
  return text
    .replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_all, inside: string) => {
      const [name = '', ...filters] = inside.split('|').map((one) => one.trim())
      if (filters.length > 0)
        report(`template {{ ${inside} }}`, `The filter ${filters.join(', ')} is not applied.`)
      const plain = name
        .replace(/^_\./, '')
        .replace(/^_?\[\s*['"]([^'"]*)['"]\s*\]/, '$1')
        .replace(/\[\s*['"]([^'"]*)['"]\s*\]/g, '.$1')
      return `{{${plain}}}`
    })
    .replace(/\{%-?\s*([\s\S]*?)\s*-?%\}/g, (all, inside: string) => {
      const faker = /^faker\s+'(random\w+|timestamp|isoTimestamp|guid)'/.exec(inside)?.[1]
      const found = faker === undefined ? TAGS.find(([pattern]) => pattern.test(inside))?.[1] : `$${faker}`
      if (found !== undefined) return `{{${found}}}`
      const kind = inside.split(/\s/)[0] ?? ''
      report(
        `template {% ${kind} %}`,
        kind === 'response'
          ? 'A value of another response is not taken by itself: set a variable in a script after that request.'
          : 'There is no such value here; the tag stands as text.',
      )
      return all
    })
}

/** All texts inside a value, through lists and objects; iterative, for what comes from outside may be deep. */
export function withOurNames(value: unknown, report: Report): unknown {
  const copy: unknown = structuredClone({ value })
  const waiting: unknown[] = [copy]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue
    for (const [key, one] of Object.entries(next))
      if (typeof one === 'string') Reflect.set(next, key, ourNames(one, report))
      else if (typeof one === 'object' && one !== null) waiting.push(one)
  }
  return isRecord(copy) ? copy['value'] : value
}

/** Insomnia's scripts speak Postman's language by another name. */
export function ourScript(text: string, report: Report): string {
  reportScript(text, report)
  if (!/\binsomnia\b/.test(text)) return text
  report('script', '“insomnia” is “pm” now.', 'changed')
  return text.replace(/\binsomnia\b(?=\s*[.[])/g, 'pm')
}

/** `{ a: { b: 1 } }` as variables: `a.b` is how it is asked for. */
export function flatValues(
  value: unknown,
  prefix = '',
  depth = 0,
): { name: string; value: string; isObject: boolean }[] {
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, one]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`
    if (isRecord(one) && depth < 8) return flatValues(one, name, depth + 1)
    return [{ name, value: anyText(one), isObject: typeof one === 'object' && one !== null }]
  })
}
