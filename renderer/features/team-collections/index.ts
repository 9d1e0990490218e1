// The door of team collections: their dialog in the tester.
export { TeamCollectionDialogs } from './team-collection-dialogs.tsx'
