// Compares any two schemas and takes over what is chosen.
export { ComparePage } from './compare-page.tsx'
