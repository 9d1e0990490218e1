// `$ref` inside one document. References to other documents are reported: they are not fetched.
import { fieldsOf, isRecord, own, type Fields } from '../loose.ts'
import type { Report } from '../problems.ts'

export interface References {
  /** What a reference stands for, through references to references; the value itself where it is none. Undefined where there is nothing. */
  resolve(value: unknown): unknown
  fields(value: unknown): Fields
}

/** Longest chain of references to references. */
const LONGEST = 50

export function referencesOf(document: unknown, report: Report): References {
  const known = new Map<string, unknown>()
  const find = (reference: string): unknown => {
    if (known.has(reference)) return known.get(reference)
    let found: unknown = undefined
    if (!reference.startsWith('#')) {
      report(`$ref ${reference.slice(0, 200)}`, 'It is in another document, which is not read.')
    } else {
      found = document
      for (const step of reference.slice(1).split('/').slice(1)) {
        const key = unescaped(step)
        found = isRecord(found)
          ? own(found, key)
          : Array.isArray(found) && /^\d+$/.test(key)
            ? found[Number(key)]
            : undefined
      }
      if (found === undefined)
        report(`$ref ${reference.slice(0, 200)}`, 'There is nothing in the document by this name.')
    }
    known.set(reference, found)
    return found
  }
  const references: References = {
    resolve: (value) => {
      let current = value
      for (let step = 0; step < LONGEST; step++) {
        if (!isRecord(current)) return current
        const reference = own(current, '$ref')
        if (typeof reference !== 'string') return current
        current = find(reference)
      }
      report('$ref', 'A reference leads to itself.')
      return undefined
    },
    fields: (value) => fieldsOf(references.resolve(value), report),
  }
  return references
}

function unescaped(step: string): string {
  let text = step
  try {
    text = decodeURIComponent(step)
  } catch {
    // A lone percent sign is itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~')
}
