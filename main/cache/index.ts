// The door of the cache: the file and its stores. SQL stays in this folder.
export { openCache, type Cache } from './database.ts'
