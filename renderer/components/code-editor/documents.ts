// The open documents: a Monaco model and a view state for each, so that switching tabs loses nothing and one editor instance serves all.
import { editor, Uri } from './monaco.ts'
import type { EditorLanguage } from './types.ts'

interface OpenDocument {
  readonly model: editor.ITextModel
  viewState: editor.ICodeEditorViewState | null
}

export interface ShowOptions {
  readonly language: EditorLanguage
  /** Asked for once, when the document is shown for the first time. */
  readonly load: () => { readonly text: string; readonly caretOffset: number }
  readonly onChange: (text: () => string) => void
}

export class Documents {
  readonly #open = new Map<string, OpenDocument>()
  #shown: string | undefined

  /** Shows a document in the editor, with the caret and scroll position that it had. */
  show(instance: editor.IStandaloneCodeEditor, id: string, options: ShowOptions): void {
    const before = this.#shown === undefined ? undefined : this.#open.get(this.#shown)
    if (before !== undefined) before.viewState = instance.saveViewState()
    this.#shown = id
    const known = this.#open.get(id)
    if (known !== undefined) {
      instance.setModel(known.model)
      if (known.viewState !== null) instance.restoreViewState(known.viewState)
      return
    }
    const { text, caretOffset } = options.load()
    const model = editor.createModel(
      text,
      options.language,
      // Two editors may show documents of one id: a response beside its request.
      Uri.from({ scheme: 'inmemory', path: `/${crypto.randomUUID()}/${id}` }),
    )
    model.setEOL(editor.EndOfLineSequence.LF)
    model.onDidChangeContent(() => options.onChange(() => model.getValue()))
    this.#open.set(id, { model, viewState: null })
    instance.setModel(model)
    const position = model.getPositionAt(caretOffset)
    instance.setPosition(position)
    instance.revealPositionInCenterIfOutsideViewport(position)
  }

  /** Forgets every document that is not in the list. */
  keep(ids: readonly string[]): void {
    for (const [id, { model }] of this.#open) {
      if (ids.includes(id) || id === this.#shown) continue
      model.dispose()
      this.#open.delete(id)
    }
  }

  idOf(model: editor.ITextModel | null): string | undefined {
    for (const [id, document] of this.#open) if (document.model === model) return id
    return undefined
  }

  text(id: string): string | undefined {
    return this.#open.get(id)?.model.getValue()
  }

  length(id: string): number | undefined {
    return this.#open.get(id)?.model.getValueLength()
  }

  close(): void {
    for (const { model } of this.#open.values()) model.dispose()
    this.#open.clear()
    this.#shown = undefined
  }
}
