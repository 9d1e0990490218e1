// Text in a draft that still says the old names: a view's query over a column that the draft renames. Postgres follows renames by itself, so such text
// means the same as before; where it must be run again it is written with the new names.
import type { ModelObject, Routine } from '#contract/schema/types.ts'
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
  if (before.kind === 'routine' && after.kind === 'routine') return refreshRoutine(before, after, rewrites)
  const known = new Set<string>()
  for (const text of textsOf(before)) known.add(text)
  const fresh = (text: string): string => (known.has(text) ? rewriteQualifiedNames(text, rewrites) : text)
  return mapTexts(after, { expression: fresh, type: fresh })
}

/** Names that stand alone before the body are those of arguments; a body in quotes is the person's own text, which Postgres does not rewrite either. */
function refreshRoutine(before: Routine, after: Routine, rewrites: Rewrites): Routine {
  const signature = { ...rewrites, plain: NONE }
  const fresh = <Text extends string | null>(was: Text, is: Text, write: (text: string) => string) =>
    is === null || was !== is ? is : write(is)
  const inSignature = (text: string): string => rewriteQualifiedNames(text, signature)
  return {
    ...after,
    identityArguments: fresh(before.identityArguments, after.identityArguments, inSignature),
    returns: fresh(before.returns, after.returns, inSignature),
    definition: fresh(before.definition, after.definition, (text) => {
      const body = /\bbegin\s+atomic\b|\n\s*return\b/i.exec(text)?.index ?? text.length
      return inSignature(text.slice(0, body)) + rewriteQualifiedNames(text.slice(body), rewrites)
    }),
  }
}

/** A new object with the new names in what was copied from others: of old names those that are no longer in use. */
export function refreshCopies(
  after: ModelObject,
  { qualified }: Rewrites,
  isTaken: (key: string) => boolean,
): ModelObject {
  const gone = new Map([...qualified].filter(([old]) => !isTaken(old)))
  if (gone.size === 0) return after
  const fresh = (text: string): string =>
    rewriteQualifiedNames(text, { qualified: gone, schemas: new Map(), plain: NONE })
  return mapTexts(after, { expression: fresh, type: fresh })
}

const NONE: ReadonlyMap<string, string> = new Map()

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
