// Text in a draft that still says the old names: a view's query over a column that the draft renames. Postgres follows renames by itself, so such text
// means the same as before; where it must be run again it is written with the new names.
import type { ModelObject } from '#contract/schema/types.ts'
import { mapTexts } from '../catalog/map-texts.ts'
import { rewriteQualifiedNames, type Rewrites } from './sql-text.ts'
import { partListsOf, type Part } from './parts.ts'

/** The newer object with what it took over word for word from the older one in the new names. */
export function refreshTexts(
  before: ModelObject | null,
  after: ModelObject | null,
  rewrites: Rewrites | null,
): ModelObject | null {
  if (before === null || after === null || rewrites === null) return after
  const known = new Set<string>()
  for (const text of textsOf(before)) known.add(text)
  const fresh = (text: string): string => (known.has(text) ? rewriteQualifiedNames(text, rewrites) : text)
  return mapTexts(after, { expression: fresh, type: fresh })
}

function textsOf(object: ModelObject): readonly string[] {
  const texts: string[] = []
  const note = (text: string): string => {
    texts.push(text)
    return text
  }
  mapTexts(object, { expression: note, type: note })
  return texts
}

/** All parts of an object, of whatever kind. */
export function allPartsOf(object: ModelObject): readonly Part[] {
  return partListsOf(object, null).flatMap(({ older }) => older)
}
