// The door of history: the sheet with what was run.
export { HistorySheet } from './HistorySheet.tsx'
