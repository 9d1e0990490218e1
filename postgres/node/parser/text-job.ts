// What a text worker is asked, and what it answers. Both sides are this program: the thread has nothing but the text to be led astray by.
import type { WireError } from '#contract/errors.ts'
import type { Imported } from '#postgres/common/exchange/sql/import-sql.ts'
import type { TextFormat } from '#postgres/common/exchange/import-text.ts'
import type { ParseProblem } from '#postgres/common/script/parsed-statement.ts'

export type TextJob =
  | { readonly kind: 'parse'; readonly text: string }
  | {
      readonly kind: 'import'
      readonly format: TextFormat
      readonly text: string
      readonly serverVersion?: number | undefined
    }

export type TextDone =
  /** A list of statements without their texts, in JSON: read in less time than a copy is, and without a stack. */
  | { readonly kind: 'parse'; readonly statements: string }
  | {
      readonly kind: 'parse'
      readonly problem: ParseProblem
      /** The parser was stopped in the middle: its memory is as it was at that moment, so nothing else is read with it. */
      readonly isSpent: boolean
    }
  | { readonly kind: 'import'; readonly imported: Imported }

export type TextAnswer = TextDone | { readonly kind: 'failed'; readonly error: WireError }
