// What may be expected at the caret: the answer of context.ts and definition-context.ts.

export interface TableName {
  readonly schema: string | undefined
  readonly name: string
}

export type Clause = 'select' | 'where' | 'on' | 'order' | 'set' | 'returning' | 'values'

export type Expected =
  | { readonly kind: 'nothing' }
  /** After a dot: `a.` or `a.b.` */
  | { readonly kind: 'member'; readonly qualifiers: readonly string[]; readonly wantsRelation: boolean }
  | { readonly kind: 'relation'; readonly allowsCalls: boolean }
  | { readonly kind: 'columnOf'; readonly table: TableName }
  | { readonly kind: 'targetColumn' }
  | { readonly kind: 'commonColumn' }
  | { readonly kind: 'expression'; readonly clause: Clause }
  | { readonly kind: 'afterRelation' }
  | { readonly kind: 'type' }
  | { readonly kind: 'schema' }
  | { readonly kind: 'routine' }
  | { readonly kind: 'statement' }
  /** Inside a string that is compared with a column. */
  | { readonly kind: 'label'; readonly column: readonly string[] }
  | { readonly kind: 'words'; readonly words: readonly string[] }

/** A new name is made up here, or nothing can be told. */
export const NOTHING: Expected = { kind: 'nothing' }
/** The name of a table or view. */
export const RELATION: Expected = { kind: 'relation', allowsCalls: false }
