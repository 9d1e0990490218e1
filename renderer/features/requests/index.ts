// The door of the tester: its area, what shares it, and how other features open requests and views in it.
export { requestsArea } from './requests-area.ts'
export { RequestPaletteSource } from './palette-source.ts'
export { TesterCommands } from './tester-commands.ts'
export {
  REQUESTS_AREA,
  RequestWorkbenchProvider,
  useAskTester,
  useRequestWorkbench,
  useSendState,
  useTesterAsk,
} from './request-workbench.tsx'
export type { RequestWorkbench } from './request-workbench.tsx'
export type { TesterAsk, TesterParts, TesterView } from './parts.ts'
export type { SendState } from './send/send-controller.ts'
export { useCollections, useItems } from './use-collections.ts'
export { SettingsEditor } from './editor/settings-editor.tsx'
export { ScriptsEditor } from './editor/scripts-editor.tsx'
export { DocsEditor } from './editor/docs-editor.tsx'
export { looksLikeCurl, requestOfCurl } from './editor/paste-curl.ts'
export { DifferingLines } from './conflict-dialog.tsx'
export { folderOptions } from './tree/move-dialog.tsx'
export { indexItems } from './tree/tree-nodes.ts'
export type { Inherited } from './tabs/open-tab.ts'
export { VariableField } from './editor/variable-field.tsx'
export { PairTable } from './editor/pair-table.tsx'
export { AuthEditor } from './editor/auth-editor.tsx'
export { CodeField } from './editor/code-field.tsx'
export { MarkdownView } from './editor/markdown-view.tsx'
export { VariablesProvider, useVariables } from './editor/variables.tsx'
export { projectOf, suggestJson, type KnownName } from './editor/json-suggestions.ts'
export { ResponsePane } from './response/response-pane.tsx'
export { useRequestActions } from './use-request-actions.ts'
export { isSame, newRequestTab, type OpenTab, type RequestTab } from './tabs/open-tab.ts'
export { TestsPart } from './response/tests-part.tsx'
