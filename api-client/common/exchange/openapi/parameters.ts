// Parameters of an operation: path, query, header and cookie, with the styles that lists and objects are written in.
import type { Pair, Parameter } from '#contract/requests/parts.ts'
import { anyText, isRecord, plainText, type Fields } from '../loose.ts'
import { header } from '../media.ts'
import type { Report } from '../problems.ts'
import { pathParameter, queryParameter, queryParameters } from '../url.ts'
import type { References } from './references.ts'
import { sampleOf } from './sample.ts'
import { pathText, queryPairs, type Style } from './styles.ts'

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
        parameters.push(pathParameter(name, pathText(name, value, styleOf(one, 'simple')), words))
        break
      case 'query':
        parameters.push(
          ...queryPairs(name, value, styleOf(one, 'form')).map((pair) =>
            queryParameter(pair.name, pair.value, words),
          ),
        )
        break
      case 'querystring':
        // The whole query as one value (OpenAPI 3.2).
        parameters.push(
          ...(isRecord(value)
            ? queryPairs(name, value, { style: 'form', isExploded: true })
            : queryParameters((plainText(value) ?? '').replace(/^\?/, ''))
          ).map((pair) => queryParameter(pair.name, pair.value, words)),
        )
        break
      case 'header':
        if (/^(accept|content-type|authorization)$/i.test(name))
          report(
            `parameter ${name}`,
            'The document may not say this of a header; the body and the auth do.',
            'note',
          )
        else headers.push(header(name, pathText(name, value, styleOf(one, 'simple')), words))
        break
      case 'cookie':
        cookies.push(
          ...queryPairs(name, value, styleOf(one, 'form')).map((pair) => ({
            ...pair,
            isEnabled: isRequired,
          })),
        )
        break
      default:
        report(`parameter ${name}`, `A parameter in “${place}” is not known.`)
    }
  }
  // What need not be sent is a header of its own, switched off.
  for (const isEnabled of [true, false]) {
    const text = cookies
      .filter((one) => one.isEnabled === isEnabled)
      .map((one) => `${one.name}=${one.value}`)
      .join('; ')
    if (text !== '') headers.push(header('Cookie', text, { isEnabled }))
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
  if (example !== undefined) {
    const fields = references.fields(example)
    return fields.has('dataValue')
      ? fields.raw('dataValue')
      : (fields.raw('value') ?? fields.raw('serializedValue'))
  }
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

function styleOf(one: Fields, usual: string): Style {
  const style = one.text('style') || usual
  return { style, isExploded: one.flag('explode', style === 'form') }
}
