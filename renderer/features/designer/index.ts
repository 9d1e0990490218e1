// The designer: the schema of a database drawn, edited as a draft, applied as a migration.
export { DesignerArea } from './designer-area.tsx'
export { DesignerProvider, useDesigner } from './designer-workbench.tsx'
export { DesignerSidebar } from './sidebar/designer-sidebar.tsx'
