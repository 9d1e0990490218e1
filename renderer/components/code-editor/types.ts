// What the code editor shows and tells, in offsets (UTF-16 units from the start of the document). No Monaco type leaves this folder.
import type { Ref } from 'react'

export interface TextRange {
  readonly start: number
  readonly end: number
}

/** Something wrong at a place: a squiggle with its message on hover, and a strip under the line. */
export interface EditorProblem {
  readonly range: TextRange
  /** The server's own words. */
  readonly message: string
  /** Shown after the message: SQLSTATE. */
  readonly code: string | undefined
  readonly hint: string | undefined
}

export interface Caret {
  readonly offset: number
  readonly line: number
  readonly column: number
  /** Null when nothing is selected. */
  readonly selection: TextRange | null
}

export type SuggestionKind =
  | 'column'
  | 'table'
  | 'view'
  | 'commonTable'
  | 'alias'
  | 'schema'
  | 'function'
  | 'type'
  | 'keyword'
  | 'label'
  | 'condition'

export interface Suggestion {
  readonly kind: SuggestionKind
  readonly label: string
  readonly insertText: string
  readonly detail: string
  readonly documentation: string
}

/** Suggestions in order, best first, and what they replace. */
export interface Suggestions {
  readonly items: readonly Suggestion[]
  readonly start: number
  readonly end: number
}

/** What the person's surroundings can do with the editor once it is there. */
export interface CodeEditorHandle {
  /** The text of a document as it stands. */
  text(documentId: string): string | undefined
  /** Its length in UTF-16 units, without reading it. */
  length(documentId: string): number | undefined
  caret(): Caret | undefined
  focus(): void
  /** Writes at the caret, over the selection; one step of undo. */
  insert(text: string): void
  /** Replaces a range of the shown document; one step of undo. */
  replace(range: TextRange, text: string): void
  /** Scrolls to an offset of the shown document and puts the caret there. */
  reveal(offset: number): void
}

/** What a document is written in. */
export type EditorLanguage = 'pgsql' | 'json' | 'javascript' | 'graphql' | 'xml' | 'text'

export interface CodeEditorProps {
  /** SQL when left out. The same for all documents of an editor. */
  readonly language?: EditorLanguage
  /** Lines are wrapped at the edge. */
  readonly wrapsLines?: boolean
  readonly isReadOnly?: boolean
  /** Which document is shown. Its text is asked for once; then the editor's is the truth. */
  readonly documentId: string
  readonly initialText: (documentId: string) => { readonly text: string; readonly caretOffset: number }
  /** Documents that are still open: the others are forgotten. */
  readonly openDocuments: readonly string[]
  readonly label: string
  readonly fontSize: number
  /** It does not take the focus when a document is shown: one part among others. */
  readonly waitsForFocus?: boolean
  /** Marked with a bar in the gutter: the statement that would run. */
  readonly activeRange: TextRange | null
  readonly problems: readonly EditorProblem[]
  /** The text changed. `text` is read when called: reading 5 MB at each key would be slow. */
  readonly onChange: (documentId: string, text: () => string) => void
  readonly onCaretChange: (documentId: string, caret: Caret) => void
  readonly suggest: (documentId: string, text: string, offset: number) => Suggestions
  readonly ref?: Ref<CodeEditorHandle>
}
