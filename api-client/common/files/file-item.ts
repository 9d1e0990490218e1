// What a file of a collection holds, and how it changes.
import type { Collection, Environment, Folder } from '#contract/requests/collection.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import type { FileMap } from './yaml.ts'

export type FileItem = ApiRequest | Folder | Collection | Environment

/** An item as its file has it, when it was read and as it is wanted. */
export interface Change {
  readonly before: FileMap
  readonly after: FileMap
}
