// What is imported into what: of several files the collections become collections, and loose environments go where the first of them goes.
import type { CollectionId } from '#contract/requests/collection.ts'
import type { GivenSource, Preview } from './sources.ts'

export type ImportTarget =
  | { readonly type: 'new'; readonly name: string; readonly parent: string | null }
  | { readonly type: 'into'; readonly id: CollectionId; readonly folder: string }

export interface ReadSource {
  readonly given: GivenSource
  readonly preview: Preview
}

export interface ImportStep {
  readonly given: GivenSource
  readonly name: string
  /** `first`: into the collection that the first step makes. */
  readonly target: ImportTarget | { readonly type: 'first' }
}

/** An environment on its own: no request in it. */
export function isLoose({ preview }: ReadSource): boolean {
  return preview.requests === 0 && preview.folders === 0 && preview.environments > 0
}

/** The steps, in order. The name that was typed is that of the first collection; others keep their own. */
export function planImport(sources: readonly ReadSource[], target: ImportTarget): readonly ImportStep[] {
  const sorted = [...sources.filter((one) => !isLoose(one)), ...sources.filter(isLoose)]
  return sorted.map((one, at): ImportStep => {
    const { given, preview } = one
    const name = preview.name === '' ? given.name : preview.name
    if (target.type === 'into') return { given, name, target }
    if (at === 0) return { given, name: target.name, target }
    return {
      given,
      name,
      target: isLoose(one) ? { type: 'first' } : { ...target, name: name || target.name },
    }
  })
}
