// The door of imports: a text or the files of a folder become a collection, with a report of what could not be kept.
// All is synchronous; a text of 50 MB takes seconds, so the host runs it in a worker.
import type { Environment } from '#contract/requests/collection.ts'
import type { CollectionTree } from '../collection-tree.ts'
import { newCollection } from '../new-request.ts'
import { conform } from './conform.ts'
import { readCurl } from './curl/read.ts'
import { detect, type Detected } from './detect.ts'
import { readHar } from './har/read.ts'
import { readOpenApi } from './openapi/read.ts'
import { readPostmanEnvironment } from './postman/environment.ts'
import { readPostmanCollection } from './postman/read.ts'
import { collectProblems, type Problems } from './problems.ts'
import { ImportError, type ImportedCollection, type ImportedSecret, type ImportFormat } from './types.ts'

export interface ImportOptions {
  /** Of the file, or empty: what a document without a name of its own is called, and a help where formats are alike. */
  readonly name: string
}

/**
 * Reads a text in any of the formats. What it holds and we do not keep is in `problems`.
 * @throws {ImportError} when the text is in none of the formats.
 */
export function importText(text: string, { name }: ImportOptions): ImportedCollection {
  const detected = detect(text, name)
  if (detected.format === null)
    throw new ImportError(
      detected.document === undefined
        ? 'This is neither JSON nor YAML, nor a command of curl. Choose a file of Postman, OpenAPI, Insomnia, Bruno, HAR or curl.'
        : 'The format is not known. Choose a file of Postman, OpenAPI, Insomnia, Bruno, HAR or curl.',
    )
  const problems = collectProblems()
  const secrets: ImportedSecret[] = []
  const tree = read(text, detected, detected.format, { name: titleOf(name), problems, secrets })
  return finished(detected.format, tree, { problems, secrets })
}

interface Reading {
  readonly name: string
  readonly problems: Problems
  readonly secrets: ImportedSecret[]
}

function read(text: string, { document }: Detected, format: ImportFormat, reading: Reading): CollectionTree {
  switch (format) {
    case 'postman-2.0':
    case 'postman-2.1':
      return readPostmanCollection(document, reading)
    case 'postman-environment':
      return environmentsAlone(reading, [readPostmanEnvironment(document, reading)])
    case 'curl':
      return readCurl(text, reading)
    case 'har':
      return readHar(document, reading)
    case 'openapi-3.0':
    case 'openapi-3.1':
    case 'swagger-2.0':
      return readOpenApi(document, reading)
    default:
      throw new ImportError('The format is not known.')
  }
}

function environmentsAlone({ name }: Reading, environments: Environment[]): CollectionTree {
  return { collection: newCollection(name || 'Environments'), environments, items: [] }
}

/** `Shop` of `Shop.postman_collection.json`. */
function titleOf(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? ''
  return base.replace(
    /\.(postman_collection|postman_environment|insomnia)?\.?(json|ya?ml|har|bru|txt|sh)$/i,
    '',
  )
}

function finished(
  format: ImportFormat,
  tree: CollectionTree,
  { problems, secrets }: { problems: Problems; secrets: readonly ImportedSecret[] },
): ImportedCollection {
  const whole = conform(tree, problems)
  return { format, tree: whole, environments: whole.environments, secrets, problems: problems.list() }
}
