// Loads Monaco: the editor's core and the features that SQL needs, nothing from a network. Only CodeEditor imports this, and it is loaded lazily.
import { editor, KeyCode, KeyMod, languages, MarkerSeverity, Range, Uri } from 'monaco-editor/editor'
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker'
import 'monaco-editor/features/codeEditor/register'
import 'monaco-editor/features/anchorSelect/register'
import 'monaco-editor/features/bracketMatching/register'
import 'monaco-editor/features/caretOperations/register'
import 'monaco-editor/features/clipboard/register'
import 'monaco-editor/features/codicon/register'
import 'monaco-editor/features/comment/register'
import 'monaco-editor/features/contextmenu/register'
import 'monaco-editor/features/cursorUndo/register'
import 'monaco-editor/features/dnd/register'
import 'monaco-editor/features/find/register'
import 'monaco-editor/features/folding/register'
import 'monaco-editor/features/gotoError/register'
import 'monaco-editor/features/hover/register'
import 'monaco-editor/features/indentation/register'
import 'monaco-editor/features/lineSelection/register'
import 'monaco-editor/features/linesOperations/register'
import 'monaco-editor/features/longLinesHelper/register'
import 'monaco-editor/features/multicursor/register'
import 'monaco-editor/features/parameterHints/register'
import 'monaco-editor/features/readOnlyMessage/register'
import 'monaco-editor/features/smartSelect/register'
import 'monaco-editor/features/snippet/register'
import 'monaco-editor/features/suggest/register'
// The entry above brings inline suggestions only; the list is here. The same holds for caret moves and the editor's own commands.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js'
import 'monaco-editor/editor/contrib/caretOperations/browser/caretOperations.js'
import 'monaco-editor/editor/browser/coreCommands.js'
import 'monaco-editor/features/toggleTabFocusMode/register'
import 'monaco-editor/features/unusualLineTerminators/register'
import 'monaco-editor/features/wordHighlighter/register'
import 'monaco-editor/features/wordOperations/register'
import 'monaco-editor/features/wordPartOperations/register'
import { registerApiLanguages } from './api-languages.ts'
import { SQL_CONFIGURATION, SQL_LANGUAGE_ID, SQL_TOKENS } from './sql-language.ts'

self.MonacoEnvironment = { getWorker: () => new EditorWorker() }

languages.register({ id: SQL_LANGUAGE_ID })
languages.setLanguageConfiguration(SQL_LANGUAGE_ID, SQL_CONFIGURATION)
languages.setMonarchTokensProvider(SQL_LANGUAGE_ID, SQL_TOKENS)
registerApiLanguages(languages)

// These keys are the app's: run the statement, run everything, find a command (design: "Keyboard").
editor.addKeybindingRules(
  [
    KeyMod.CtrlCmd | KeyCode.Enter,
    KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.Enter,
    KeyCode.F1,
    KeyMod.CtrlCmd | KeyCode.KeyP,
  ].map((keybinding) => ({ keybinding, command: null })),
)

export { editor, languages, MarkerSeverity, Range, Uri }
