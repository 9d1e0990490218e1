// Gives Monaco the suggestions of whoever mounted the editor, in the order in which they came.
import type { editor } from './monaco.ts'
import { languages, Range } from './monaco.ts'
import type { EditorLanguage, Suggestion, SuggestionKind, Suggestions } from './types.ts'

const KINDS: Readonly<Record<SuggestionKind, languages.CompletionItemKind>> = {
  column: languages.CompletionItemKind.Field,
  table: languages.CompletionItemKind.Struct,
  view: languages.CompletionItemKind.Interface,
  commonTable: languages.CompletionItemKind.Struct,
  alias: languages.CompletionItemKind.Variable,
  schema: languages.CompletionItemKind.Module,
  function: languages.CompletionItemKind.Function,
  type: languages.CompletionItemKind.Class,
  keyword: languages.CompletionItemKind.Keyword,
  label: languages.CompletionItemKind.EnumMember,
  condition: languages.CompletionItemKind.Snippet,
}

/** Registers the source of suggestions of one editor. Returns how to stop. */
export function registerSuggestions(
  language: EditorLanguage,
  suggest: (model: editor.ITextModel, offset: number) => Suggestions | undefined,
): () => void {
  const registration = languages.registerCompletionItemProvider(language, {
    triggerCharacters: ['.', "'", '"', ':'],
    provideCompletionItems(model, position) {
      const found = suggest(model, model.getOffsetAt(position))
      if (found === undefined) return { suggestions: [] }
      const from = model.getPositionAt(found.start)
      const to = model.getPositionAt(found.end)
      const range = {
        insert: new Range(from.lineNumber, from.column, position.lineNumber, position.column),
        replace: new Range(from.lineNumber, from.column, to.lineNumber, to.column),
      }
      return {
        // More is known as more is typed: ask again.
        incomplete: true,
        suggestions: found.items.map((item, at) => toMonaco(item, at, range)),
      }
    },
  })
  return () => registration.dispose()
}

function toMonaco(
  item: Suggestion,
  at: number,
  range: languages.CompletionItemRanges,
): languages.CompletionItem {
  const isCall = item.kind === 'function'
  return {
    label: { label: item.label, description: item.detail },
    kind: KINDS[item.kind],
    insertText: isCall ? `${item.insertText}($0)` : item.insertText.replaceAll('$', '\\$'),
    insertTextRules: languages.CompletionItemInsertTextRule.InsertAsSnippet,
    // Monaco filters by what is replaced: a quoted name must still match.
    filterText: item.insertText.startsWith('"') ? `"${item.label}` : item.label,
    sortText: String(at).padStart(4, '0'),
    range,
    ...(item.documentation === '' ? {} : { documentation: item.documentation }),
  }
}
