// Access: what the API exposes to whom, by grants and row-level security.
export { ExposurePage } from './exposure-page.tsx'
export { useWarnings } from './use-access.ts'
