// How lists and objects stand in one value of an address, a header or a form (RFC 6570, as OpenAPI names its styles).
import { anyText, isRecord, plainText } from '../loose.ts'

export interface Style {
  readonly style: string
  readonly isExploded: boolean
}

const SIGNS = new Map([
  ['spaceDelimited', '%20'],
  ['pipeDelimited', '|'],
  ['tabDelimited', '%09'],
])

/** A value of the path or of a header: `simple`, `label` or `matrix`. */
export function pathText(name: string, value: unknown, { style, isExploded }: Style): string {
  if (style === 'label') return `.${joined(value, isExploded ? '.' : ',', isExploded)}`
  if (style !== 'matrix') return joined(value, ',', isExploded)
  if (isExploded && Array.isArray(value)) return value.map((one) => `;${name}=${anyText(one)}`).join('')
  if (isExploded && isRecord(value)) return `;${joined(value, ';', true)}`
  return `;${name}=${joined(value, ',', false)}`
}

/** Pairs of a query, a cookie or a form: `form`, `deepObject` and those with delimiters. */
export function queryPairs(
  name: string,
  value: unknown,
  { style, isExploded }: Style,
): { readonly name: string; readonly value: string }[] {
  if (isRecord(value) && style === 'deepObject') return deepPairs(name, value)
  if (Array.isArray(value) && isExploded && value.length > 0)
    return value.map((one: unknown) => ({ name, value: anyText(one) }))
  if (isRecord(value) && isExploded && Object.keys(value).length > 0)
    return Object.entries(value).map(([key, one]) => ({ name: key, value: anyText(one) }))
  return [{ name, value: joined(value, SIGNS.get(style) ?? ',', false) }]
}

/** `a[b][c]=1`, and `a[b][]=1` for lists: what most servers read of what the specification leaves open. */
function deepPairs(name: string, value: unknown, depth = 0): { name: string; value: string }[] {
  if (depth < 8 && isRecord(value))
    return Object.entries(value).flatMap(([key, one]) => deepPairs(`${name}[${key}]`, one, depth + 1))
  if (depth < 8 && Array.isArray(value))
    return value.flatMap((one: unknown) => deepPairs(`${name}[]`, one, depth + 1))
  return [{ name, value: anyText(value) }]
}

/** Lists and objects in one value. */
function joined(value: unknown, sign: string, isExploded: boolean): string {
  if (Array.isArray(value)) return value.map(anyText).join(sign)
  if (isRecord(value))
    return Object.entries(value)
      .flatMap(([key, one]) => (isExploded ? [`${key}=${anyText(one)}`] : [key, anyText(one)]))
      .join(sign)
  return plainText(value) ?? ''
}
