// What the tree shows of a file, in microseconds: plainly shaped files are read line by line, all others by the YAML parser, so that both say the same.
import type { ItemSummary } from '#contract/requests/collection.ts'
import { isStandard, keptProblem, kindOf, readItem, withoutMark } from './read-item.ts'
import { type At, elements, field, number, text } from './reading.ts'
import { scanPlain } from './scan-plain.ts'
import { parseYaml, Unreadable } from './yaml.ts'

/** The summary of a request's or a folder's file. `path` is the item's: for a folder, the folder's. Never throws. */
export function summarise(content: string, path: string): ItemSummary {
  const plain = scanPlain(content)
  if (plain === null) return summariseFully(content, path)
  try {
    return summaryOf({ value: plain, path: [] }, path, null)
  } catch {
    return summariseFully(content, path)
  }
}

/** The same through the parser, with problems of the whole file. */
export function summariseFully(content: string, path: string): ItemSummary {
  try {
    const parsed = parseYaml(withoutMark(content))
    const root: At = { value: parsed.value ?? {}, path: [] }
    const summary = summaryOf(root, path, null)
    if (summary.kind === 'script') return summary
    const read = readItem(content, summary.kind === 'folder' ? 'folder' : 'request', nameOfPath(path))
    return read.ok ? summary : { ...summary, problem: read.problem }
  } catch (error) {
    const problem = error instanceof Unreadable ? error.message : 'It could not be read.'
    return brokenItem(path, problem)
  }
}

/** An item whose file cannot be read: named as its file. */
export function brokenItem(path: string, problem: string): ItemSummary {
  return {
    path,
    kind: /\.ya?ml$/i.test(path) ? 'http' : 'folder',
    name: nameOfPath(path),
    sequence: null,
    method: '',
    url: '',
    tags: [],
    problem,
  }
}

function summaryOf(root: At, path: string, problem: string | null): ItemSummary {
  const said = /\.ya?ml$/i.test(path) ? kindOf(root) : 'folder'
  const kind =
    said === 'http' || said === 'graphql' || said === 'websocket' || said === 'folder' ? said : 'script'
  const details = field(root, kind)
  const isRequest = kind === 'http' || kind === 'graphql'
  const method = isRequest ? text(field(details, 'method'), kind === 'http' ? 'GET' : 'POST') : ''
  const name = text(field(root, 'info', 'name'))
  return {
    path,
    kind,
    name: name === '' ? nameOfPath(path) : name,
    sequence: number(field(root, 'info', 'seq')),
    method: isStandard(method.toUpperCase()) ? method.toUpperCase() : method,
    url: kind === 'folder' || kind === 'script' ? '' : text(field(details, 'url')),
    tags: elements(field(root, 'info', 'tags')).map((one) => text(one)),
    problem: problem ?? (kind === 'script' && said !== 'script' ? problemOf(said) : null),
  }
}

function problemOf(kind: string): string {
  return keptProblem(kind) ?? `Items of the type \`${kind.slice(0, 50)}\` are not known.`
}

/** `Rentals/Open rentals.yml` → `Open rentals`. */
export function nameOfPath(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1).replace(/\.ya?ml$/i, '')
  return last === '' ? 'Untitled' : last
}
