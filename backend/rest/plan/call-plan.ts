// Which function is called, with what.
import type { QualifiedName, RoutineParameter, RoutineReturn } from '../types.ts'

export interface CallPlan {
  readonly routine: QualifiedName
  readonly returns: RoutineReturn
  readonly arguments: CallArguments
  /** Columns that the body and its embeds need, of a function that returns rows; `*` for all. */
  readonly returning: readonly string[]
}

export type CallArguments =
  | { readonly kind: 'none' }
  /** The body as it came, for the only parameter, which has no name. */
  | { readonly kind: 'single'; readonly type: string; readonly value: string | Uint8Array }
  /** Each by name, from the query string or a form. */
  | {
      readonly kind: 'named'
      readonly values: readonly {
        readonly parameter: RoutineParameter
        /** Several for variadics only. */
        readonly value: string | readonly string[]
      }[]
    }
  /** Keys of one JSON object, or of an array of one. */
  | {
      readonly kind: 'json'
      readonly parameters: readonly RoutineParameter[]
      readonly json: string | Uint8Array
      readonly isArray: boolean
    }
