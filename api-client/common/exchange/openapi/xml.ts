// A sample as XML, with the names that a schema's `xml` gives.
import { anyText, isRecord, own, type Fields } from '../loose.ts'
import type { References } from './references.ts'

/** The text of a document; `name` of the root is the schema's, or `root`. */
export function sampleXml(value: unknown, schema: unknown, references: References): string {
  const fields = references.fields(schema)
  const reference = isRecord(schema) ? anyText(own(schema, '$ref')) : ''
  const name = fields.record('xml').text('name') || reference.split('/').at(-1) || 'root'
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, value, { fields, references, depth: 0 })}`
}

interface Place {
  readonly fields: Fields
  readonly references: References
  readonly depth: number
}

function element(name: string, value: unknown, { fields, references, depth }: Place): string {
  const tag = /^[A-Za-z_][\w.-]*(:[\w.-]+)?$/.test(name) ? name : 'item'
  const indent = '  '.repeat(depth)
  if (Array.isArray(value)) {
    const items = references.fields(fields.raw('items'))
    const itemName = items.record('xml').text('name') || tag
    const isWrapped = fields.record('xml').flag('wrapped')
    const inner = value.map((one: unknown) =>
      element(itemName, one, { fields: items, references, depth: isWrapped ? depth + 1 : depth }),
    )
    return isWrapped ? `${indent}<${tag}>\n${inner.join('\n')}\n${indent}</${tag}>` : inner.join('\n')
  }
  if (!isRecord(value) || depth > 20)
    return `${indent}<${tag}>${escaped(anyText(isRecord(value) ? '' : value))}</${tag}>`
  const properties = fields.record('properties')
  const attributes: string[] = []
  const children: string[] = []
  for (const [key, one] of Object.entries(value)) {
    const property = references.fields(properties.raw(key))
    const xml = property.record('xml')
    const label = xml.text('name') || key
    if (xml.flag('attribute')) attributes.push(` ${label}="${escaped(anyText(one))}"`)
    else children.push(element(label, one, { fields: property, references, depth: depth + 1 }))
  }
  const open = `${indent}<${tag}${attributes.join('')}`
  return children.length === 0 ? `${open}/>` : `${open}>\n${children.join('\n')}\n${indent}</${tag}>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
