// The door of the tester: its area, what shares it, and how other features open requests and views in it.
export { requestsArea } from './requests-area.ts'
export { RequestPaletteSource } from './palette-source.ts'
export {
  REQUESTS_AREA,
  RequestWorkbenchProvider,
  useRequestWorkbench,
  useSendState,
  useTesterAsk,
} from './request-workbench.tsx'
export type { RequestWorkbench } from './request-workbench.tsx'
export type { TesterAsk, TesterParts, TesterView } from './parts.ts'
export type { SendState } from './send/send-controller.ts'
export { useCollections } from './use-collections.ts'
export { VariableField } from './editor/variable-field.tsx'
export { PairTable } from './editor/pair-table.tsx'
export { AuthEditor } from './editor/auth-editor.tsx'
export { CodeField } from './editor/code-field.tsx'
export { MarkdownView } from './editor/markdown-view.tsx'
