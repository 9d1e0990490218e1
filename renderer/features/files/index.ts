// The door of files: the field for a path, with its completion and its browser.
export { PathField } from './path-field.tsx'
export type { PathFieldProps } from './path-field.tsx'
