// The door of collections: their dialogs in the tester.
export { CollectionDialogs } from './collection-dialogs.tsx'
export { parentProblem, TargetFields } from './target-fields.tsx'
