// One Monaco editor for many documents: each keeps its text, undo history, caret and scroll position. Load this file lazily: it brings Monaco along.
import { useEffect, useEffectEvent, useImperativeHandle, useRef, useState, type ReactNode } from 'react'
import { followPageTheme } from './editor-theme.ts'
import { Documents } from './documents.ts'
import { editor } from './monaco.ts'
import { showActiveRange, showProblems } from './decorations.ts'
import { SQL_LANGUAGE_ID } from './sql-language.ts'
import { registerSuggestions } from './suggestions.ts'
import type { Caret, CodeEditorProps, EditorLanguage } from './types.ts'
import './code-editor.css'

type StandaloneEditor = editor.IStandaloneCodeEditor

/** The editor. `documentId` chooses what is shown. */
export function CodeEditor({
  documentId,
  openDocuments,
  language = SQL_LANGUAGE_ID,
  wrapsLines = false,
  isReadOnly = false,
  label,
  fontSize,
  waitsForFocus = false,
  activeRange,
  problems,
  initialText: askInitialText,
  onChange: tellChange,
  onCaretChange: tellCaret,
  suggest: askSuggestions,
  ref,
}: CodeEditorProps): ReactNode {
  const container = useRef<HTMLDivElement>(null)
  const [instance, setInstance] = useState<StandaloneEditor | undefined>(undefined)
  const [documents] = useState(() => new Documents())
  const initialText = useEffectEvent(askInitialText)
  const onChange = useEffectEvent(tellChange)
  const onCaretChange = useEffectEvent(tellCaret)
  const suggest = useEffectEvent(askSuggestions)

  useEffect(() => {
    const element = container.current
    if (element === null) return undefined
    const made = editor.create(element, { ...OPTIONS, ...optionsOf(language), model: null })
    const stopTheme = followPageTheme(document)
    const stopSuggesting = registerSuggestions(language, (model, offset) => {
      const id = documents.idOf(model)
      return id === undefined ? undefined : suggest(id, model.getValue(), offset)
    })
    const caretListener = made.onDidChangeCursorSelection(() => {
      const caret = caretOf(made)
      const id = documents.idOf(made.getModel())
      if (caret !== undefined && id !== undefined) onCaretChange(id, caret)
    })
    setInstance(made)
    return () => {
      caretListener.dispose()
      stopSuggesting()
      stopTheme()
      made.dispose()
      documents.close()
      setInstance(undefined)
    }
  }, [documents, language])

  useEffect(() => {
    if (instance === undefined) return
    documents.show(instance, documentId, {
      language,
      load: () => initialText(documentId),
      onChange: (text) => onChange(documentId, text),
    })
    const caret = caretOf(instance)
    if (caret !== undefined) onCaretChange(documentId, caret)
    if (!waitsForFocus && !isFocusElsewhere(instance.getDomNode())) instance.focus()
  }, [instance, documents, documentId, language, waitsForFocus])

  const openKey = openDocuments.join(' ')
  useEffect(() => documents.keep(openKey.split(' ')), [documents, openKey])

  useEffect(() => {
    instance?.updateOptions({
      ariaLabel: label,
      readOnly: isReadOnly,
      domReadOnly: isReadOnly,
      wordWrap: wrapsLines ? 'on' : 'off',
      fontSize,
      lineHeight: Math.round((fontSize * 20) / 13),
    })
  }, [instance, label, fontSize, isReadOnly, wrapsLines])

  useEffect(
    () => (instance === undefined ? undefined : showActiveRange(instance, activeRange)),
    [instance, documentId, activeRange],
  )
  useEffect(
    () => (instance === undefined ? undefined : showProblems(instance, problems)),
    [instance, documentId, problems],
  )

  useImperativeHandle(
    ref,
    () => ({
      text: (id) => documents.text(id),
      length: (id) => documents.length(id),
      caret: () => (instance === undefined ? undefined : caretOf(instance)),
      focus: () => instance?.focus(),
      insert: (text) => instance?.trigger('insert', 'type', { text }),
      replace(range, text) {
        const model = instance?.getModel()
        if (instance === undefined || model === null || model === undefined) return
        const [from, to] = [model.getPositionAt(range.start), model.getPositionAt(range.end)]
        instance.pushUndoStop()
        instance.executeEdits('replace', [
          {
            range: {
              startLineNumber: from.lineNumber,
              startColumn: from.column,
              endLineNumber: to.lineNumber,
              endColumn: to.column,
            },
            text,
          },
        ])
        instance.pushUndoStop()
      },
      reveal(offset) {
        const position = instance?.getModel()?.getPositionAt(offset)
        if (instance === undefined || position === undefined) return
        instance.setPosition(position)
        instance.revealPositionInCenterIfOutsideViewport(position)
      },
    }),
    [instance, documents],
  )

  return <div ref={container} className="nebula-code-editor" data-code-editor="" />
}

/** Whether the person is typing somewhere else, or moves through tabs or a tree with the keyboard: then a document that is shown leaves the focus there. */
function isFocusElsewhere(own: HTMLElement | null): boolean {
  const focused = document.activeElement
  if (focused === null || own?.contains(focused) === true) return false
  return focused.matches(
    'input, textarea, [role="tab"]:focus-visible, [role="treeitem"]:focus-visible, [role="dialog"] *',
  )
}

function caretOf(instance: StandaloneEditor): Caret | undefined {
  const model = instance.getModel()
  const selection = instance.getSelection()
  if (model === null || selection === null) return undefined
  const position = selection.getPosition()
  const from = model.getOffsetAt(selection.getStartPosition())
  const to = model.getOffsetAt(selection.getEndPosition())
  return {
    offset: model.getOffsetAt(position),
    line: position.lineNumber,
    column: position.column,
    selection: from === to ? null : { start: from, end: to },
  }
}

/** What differs from SQL: completion inside of strings, where JSON has its keys. */
function optionsOf(language: EditorLanguage): editor.IStandaloneEditorConstructionOptions {
  return language === 'json' ? { quickSuggestions: { other: true, comments: false, strings: true } } : {}
}

const OPTIONS: editor.IStandaloneEditorConstructionOptions = {
  language: 'pgsql',
  automaticLayout: true,
  fontFamily: "'JetBrains Mono Variable', ui-monospace, Menlo, Consolas, monospace",
  fontLigatures: false,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  // An empty last line has its number like the others; dimmed it would be too faint to read.
  renderFinalNewline: 'on',
  smoothScrolling: false,
  cursorSmoothCaretAnimation: 'off',
  cursorWidth: 2,
  padding: { top: 6, bottom: 6 },
  lineNumbersMinChars: 4,
  lineDecorationsWidth: 6,
  glyphMargin: false,
  folding: true,
  foldingStrategy: 'indentation',
  showFoldingControls: 'mouseover',
  renderLineHighlight: 'all',
  renderLineHighlightOnlyWhenFocus: false,
  renderWhitespace: 'selection',
  overviewRulerBorder: false,
  hideCursorInOverviewRuler: true,
  overviewRulerLanes: 2,
  scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
  occurrencesHighlight: 'singleFile',
  matchBrackets: 'near',
  bracketPairColorization: { enabled: false },
  guides: { indentation: false, bracketPairs: false },
  tabSize: 2,
  insertSpaces: true,
  detectIndentation: false,
  autoIndent: 'brackets',
  wordWrap: 'off',
  quickSuggestions: { other: true, comments: false, strings: false },
  suggestOnTriggerCharacters: true,
  wordBasedSuggestions: 'off',
  acceptSuggestionOnCommitCharacter: false,
  acceptSuggestionOnEnter: 'on',
  tabCompletion: 'on',
  suggest: { showStatusBar: false, preview: false, localityBonus: false, filterGraceful: true },
  suggestLineHeight: 22,
  suggestFontSize: 12,
  fixedOverflowWidgets: true,
  stickyScroll: { enabled: false },
  unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: false },
  largeFileOptimizations: true,
  maxTokenizationLineLength: 20_000,
  stopRenderingLineAfter: 10_000,
  links: false,
  lightbulb: { enabled: editor.ShowLightbulbIconMode.Off },
  editContext: false,
  accessibilitySupport: 'auto',
}
