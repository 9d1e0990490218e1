// The door of files: the field for a path, with its completion and its browser.
export { PathField } from './path-field.tsx'
export type { PathFieldProps } from './path-field.tsx'
export { BrowseButton } from './browse-button.tsx'
export type { BrowseButtonProps } from './browse-button.tsx'
