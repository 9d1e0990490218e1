// The door of exports: a collection as a text of another format, with a report of what that cannot hold.
import type { z } from 'zod'
import type { ExportFormat as ExportFormatSchema } from '#contract/capabilities/collections.ts'
import type { CollectionTree } from '../collection-tree.ts'
import { writeCurl } from './curl/write.ts'
import { writeHar } from './har/write.ts'
import { writeOpenApi } from './openapi/write.ts'
import { writePostman } from './postman/write.ts'
import { collectProblems, type ExchangeProblem } from './problems.ts'

/** `opencollection` is our own format: it is written by api-client/common/files. */
export type TextExportFormat = Exclude<z.infer<typeof ExportFormatSchema>, 'opencollection'>

export interface Exported {
  readonly text: string
  readonly problems: ExchangeProblem[]
}

/** The text of a tree; secrets have no values in it. */
export function exportTree(tree: CollectionTree, format: TextExportFormat): Exported {
  const problems = collectProblems()
  const write = { 'postman-2.1': writePostman, 'openapi-3.1': writeOpenApi, har: writeHar, curl: writeCurl }[
    format
  ]
  const text = write(tree, problems)
  return { text, problems: problems.list() }
}
