// The door of imports: a text or the files of a folder become a collection, with a report of what could not be kept.
// All is synchronous; a text of 50 MB takes seconds, so the host runs it in a worker.
import type { Environment } from '#contract/requests/collection.ts'
import type { CollectionTree } from '../collection-tree.ts'
import { newCollection, newFolder } from '../new-request.ts'
import { readBrunoExport, readBrunoFolder, readBruFile } from './bruno/collection.ts'
import { conform } from './conform.ts'
import { readCurl } from './curl/read.ts'
import { detect, type Detected } from './detect.ts'
import { readHar } from './har/read.ts'
import { readInsomnia } from './insomnia/read.ts'
import { readOpenApi } from './openapi/read.ts'
import { readOpenCollection } from './opencollection.ts'
import { readPostmanEnvironment } from './postman/environment.ts'
import { readPostmanCollection } from './postman/read.ts'
import { collectProblems, type Problems } from './problems.ts'
import {
  ImportError,
  type ImportedCollection,
  type ImportedSecret,
  type ImportedFile,
  type ImportFormat,
} from './types.ts'

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
  for (const fault of detected.faults) problems.add('', 'file', `The YAML has a fault: ${fault}`, 'changed')
  const secrets: ImportedSecret[] = []
  const tree = read(text, detected, detected.format, { name: titleOf(name), problems, secrets })
  return finished(detected.format, tree, { problems, secrets })
}

/**
 * Reads the files of a folder: a collection of Bruno, or any number of files that are read one by one and put together.
 * @throws {ImportError} when none of them is in one of the formats.
 */
export function importFiles(files: readonly ImportedFile[], { name }: ImportOptions): ImportedCollection {
  const problems = collectProblems()
  const secrets: ImportedSecret[] = []
  if (files.some((one) => one.path.endsWith('.bru'))) {
    const tree = readBrunoFolder(files, { name, problems, secrets })
    return finished('bruno', tree, { problems, secrets })
  }
  const found = files.flatMap((file): ImportedCollection[] => {
    try {
      return [importText(file.text, { name: file.path })]
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      problems.add(file.path, 'file', error.message, 'note')
      return []
    }
  })
  const [first] = found
  if (first === undefined)
    throw new ImportError('No file of this folder is in a format that can be imported.')
  for (const one of found) {
    for (const problem of one.problems)
      problems.add(problem.item, problem.part, problem.message, problem.severity)
    secrets.push(...one.secrets)
  }
  return finished(first.format, together(found, name), { problems, secrets })
}

/** One collection as it is; each of several as a folder. */
function together(found: readonly ImportedCollection[], name: string): CollectionTree {
  const environments = found.flatMap((one) => one.environments)
  const whole = found.filter((one) => one.tree.items.length > 0)
  const [first] = whole
  if (first !== undefined && whole.length === 1) return { ...first.tree, environments }
  return {
    collection: newCollection(name || 'Imported'),
    environments,
    items: whole.map(({ tree: { collection, items } }) => ({
      type: 'folder',
      folder: newFolder(collection.name, { docs: collection.docs, defaults: collection.defaults }),
      items,
    })),
  }
}

interface Reading {
  readonly name: string
  readonly problems: Problems
  readonly secrets: ImportedSecret[]
}

function read(text: string, { document }: Detected, format: ImportFormat, reading: Reading): CollectionTree {
  switch (format) {
    case 'postman-1.0':
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
    case 'insomnia-4':
    case 'insomnia-5':
      return readInsomnia(document, reading)
    case 'bruno':
      return document === null ? readBruFile(text, reading) : readBrunoExport(document, reading)
    case 'opencollection':
      return readOpenCollection(document, reading)
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
