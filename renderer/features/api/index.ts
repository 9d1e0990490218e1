// The data API of a project: its documentation, keys, exposure and settings.
export { ApiArea } from './api-area.tsx'
export { ApiPaletteSource } from './palette-source.ts'
export { ApiSidebar } from './api-sidebar.tsx'
