// Parameters of an operation: path, query, header and cookie, with the styles that lists and objects are written in.
import type { Pair, Parameter } from '#contract/requests/parts.ts'
import { anyText, isRecord, plainText, type Fields } from '../loose.ts'
import { header } from '../media.ts'
import type { Report } from '../problems.ts'
import { pathParameter, queryParameter } from '../url.ts'
import type { References } from './references.ts'
import { sampleOf } from './sample.ts'

export interface ReadParameters {
  readonly parameters: Parameter[]
  readonly headers: Pair[]
}

/** Those of the operation count before those of its path. */
export function mergedParameters(
  ofPath: readonly unknown[],
  ofOperation: readonly unknown[],
  references: References,
): Fields[] {
  const found = new Map<string, Fields>()
  for (const one of [...ofPath, ...ofOperation]) {
    const fields = references.fields(one)
    if (fields.keys().length > 0) found.set(`${fields.text('in')} ${fields.text('name')}`, fields)
  }
  return [...found.values()]
}

export function readParameters(
  list: readonly Fields[],
  references: References,
  report: Report,
): ReadParameters {
  const parameters: Parameter[] = []
  const headers: Pair[] = []
  const cookies: { name: string; value: string; isEnabled: boolean }[] = []
  for (const one of list) {
    const name = one.text('name')
    const place = one.text('in')
    const isRequired = one.flag('required')
    const words = { isEnabled: isRequired || place === 'path', description: describe(one, references) }
    const value = valueOf(one, references)
    switch (place) {
      case 'path':
        parameters.push(pathParameter(name, flat(value, pathSign(one)), words))
        break
      case 'query':
        parameters.push(...queryOf(one, { name, value, words }))
        break
      case 'header':
        if (/^(accept|content-type|authorization)$/i.test(name))
          report(
            `parameter ${name}`,
            'The document may not say this of a header; the body and the auth do.',
            'note',
          )
        else headers.push(header(name, flat(value, ','), words))
        break
      case 'cookie':
        cookies.push({ name, value: flat(value, ','), isEnabled: isRequired })
        break
      default:
        report(`parameter ${name}`, `A parameter in “${place}” is not known.`)
    }
  }
  if (cookies.length > 0) {
    const sent = cookies.filter((one) => one.isEnabled)
    const text = (sent.length > 0 ? sent : cookies).map((one) => `${one.name}=${one.value}`).join('; ')
    headers.push(header('Cookie', text, { isEnabled: sent.length > 0 }))
  }
  return { parameters, headers }
}

function describe(one: Fields, references: References): string {
  const schema = references.resolve(one.raw('schema'))
  const values =
    isRecord(schema) && Array.isArray(schema['enum']) ? schema['enum'].map(anyText).join(', ') : ''
  return [one.text('description'), values === '' ? '' : `One of: ${values}.`]
    .filter((text) => text !== '')
    .join(' ')
    .slice(0, 10_000)
}

function valueOf(one: Fields, references: References): unknown {
  if (one.has('example')) return one.raw('example')
  const [example] = Object.values(one.record('examples').value)
  if (example !== undefined) return references.fields(example).raw('value')
  const [content] = Object.values(one.record('content').value)
  if (content !== undefined) {
    const media = references.fields(content)
    return anyText(
      media.has('example')
        ? media.raw('example')
        : sampleOf(media.raw('schema'), { references, direction: 'request' }),
    )
  }
  const sampled = sampleOf(one.raw('schema'), { references, direction: 'request' })
  // Names of types are no values: what is asked for stays empty.
  const schema = references.resolve(one.raw('schema'))
  const isMadeUp =
    isRecord(schema) &&
    ['example', 'default', 'enum', 'const', 'examples', 'format'].every((key) => schema[key] === undefined)
  return isMadeUp && (typeof sampled === 'string' || typeof sampled === 'number') ? '' : sampled
}

function pathSign(one: Fields): string {
  return one.text('style') === 'label' ? '.' : ','
}

const SIGNS = new Map([
  ['spaceDelimited', '%20'],
  ['pipeDelimited', '|'],
  ['tabDelimited', '%09'],
])

function queryOf(
  one: Fields,
  { name, value, words }: { name: string; value: unknown; words: Partial<Parameter> },
): Parameter[] {
  const style = one.text('style') || 'form'
  const isExploded = one.flag('explode', style === 'form')
  if (Array.isArray(value) && isExploded && value.length > 0)
    return value.map((item: unknown) => queryParameter(name, anyText(item), words))
  if (isRecord(value) && style === 'deepObject')
    return Object.entries(value).map(([key, item]) => queryParameter(`${name}[${key}]`, anyText(item), words))
  if (isRecord(value) && isExploded)
    return Object.entries(value).map(([key, item]) => queryParameter(key, anyText(item), words))
  return [queryParameter(name, flat(value, SIGNS.get(style) ?? ','), words)]
}

/** Lists and objects as `simple` and `form` write them in one value. */
function flat(value: unknown, sign: string): string {
  if (Array.isArray(value)) return value.map(anyText).join(sign)
  if (isRecord(value))
    return Object.entries(value)
      .flatMap(([key, item]) => [key, anyText(item)])
      .join(sign)
  return plainText(value) ?? ''
}
