// The door of the SQL area. Monaco and the grid are loaded when the area is looked at.
export { sqlArea } from './sql-area.ts'
export { SqlWorkbenchProvider } from './sql-workbench.tsx'
