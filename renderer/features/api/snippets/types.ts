// What a snippet does, whatever its language.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
export type Values = Readonly<Record<string, Json>>

/** Where it is sent. */
export interface SnippetTarget {
  /** What supabase-js takes: `https://host/ref`. */
  readonly url: string
  /** `https://host/ref/rest/v1` */
  readonly restUrl: string
  /** A publishable key, or a placeholder for one. */
  readonly key: string
  /** Null for the default schema, which needs no header. */
  readonly schema: string | null
}

/** Rows where a column equals a value. */
export interface Match {
  readonly column: string
  readonly value: string | number | boolean
}

export type SnippetAction =
  | {
      readonly type: 'read'
      readonly table: string
      /** Empty for all. */
      readonly columns: readonly string[]
      readonly match: Match | null
      readonly limit: number | null
    }
  | { readonly type: 'insert'; readonly table: string; readonly values: Values }
  | { readonly type: 'upsert'; readonly table: string; readonly values: Values }
  | {
      readonly type: 'update'
      readonly table: string
      readonly match: Match
      readonly values: Values
    }
  | { readonly type: 'delete'; readonly table: string; readonly match: Match }
  | {
      readonly type: 'call'
      readonly function: string
      readonly arguments: Values
      /** GET for functions that change nothing. */
      readonly method: 'GET' | 'POST'
    }

export const SNIPPET_LANGUAGES = ['curl', 'javascript', 'python', 'go'] as const
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number]
