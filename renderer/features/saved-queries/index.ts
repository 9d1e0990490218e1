// The door of saved queries: the list in the sidebar, the dialog that names one, and reading them.
export { SavedQueryList } from './SavedQueryList.tsx'
export { SaveQueryDialog } from './SaveQueryDialog.tsx'
export { useSavedQueries } from './use-saved-queries.ts'
