// What an import gives.
import type { z } from 'zod'
import type { ImportFormat as ImportFormatSchema } from '#contract/capabilities/collections.ts'
import type { CollectionTree } from '../collection-tree.ts'
import type { ExchangeProblem } from './problems.ts'

export type ImportFormat = z.infer<typeof ImportFormatSchema>

/** The value of a secret variable: for the keychain, never for a file. */
export interface ImportedSecret {
  /** An environment's name; null for a variable of the collection itself. */
  readonly environment: string | null
  readonly name: string
  readonly value: string
}

export interface ImportedCollection {
  readonly format: ImportFormat
  /** Conforms to the contract. `tree.environments` are those below. */
  readonly tree: CollectionTree
  readonly environments: CollectionTree['environments']
  readonly secrets: readonly ImportedSecret[]
  readonly problems: readonly ExchangeProblem[]
}

/** A file of a folder that is imported; `path` is relative, with `/`. */
export interface ImportedFile {
  readonly path: string
  readonly text: string
}

/** Why nothing could be imported, in words for the person. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
}
