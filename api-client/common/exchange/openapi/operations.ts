// The operations of a document, with what their paths say of them too.
import { fieldsOf, isRecord, type Fields, type Loose } from '../loose.ts'
import type { Problems, Report } from '../problems.ts'
import { referencesOf, type References } from './references.ts'
import { mergedParameters } from './parameters.ts'
import { definitionsOf, fromSwagger, swaggerServers } from './swagger.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace', 'query']

export interface Operation {
  readonly method: string
  /** As the document has it: `/film/{id}`. */
  readonly path: string
  readonly name: string
  readonly fields: Fields
  readonly parameters: Fields[]
  /** Of the operation, or of its path; empty for those of the document. */
  readonly servers: Fields[]
  readonly report: Report
}

export interface Document {
  readonly root: Fields
  readonly references: References
  readonly servers: Fields[]
  readonly securitySchemes: Fields
  readonly operations: Operation[]
}

/** Reads the paths of OpenAPI 3 or Swagger 2. */
export function documentOf(value: unknown, problems: Problems): Document {
  const report = problems.of('')
  const root = fieldsOf(value, report)
  const references = referencesOf(value, report)
  const isSwagger = root.has('swagger')
  const operations: Operation[] = []
  for (const [path, item] of Object.entries(root.record('paths').value)) {
    if (path.startsWith('x-')) continue
    const fields = fieldsOf(references.resolve(item), problems.of(path))
    const listed: [string, unknown][] = [
      ...METHODS.map((method): [string, unknown] => [method.toUpperCase(), fields.raw(method)]),
      ...Object.entries(fields.record('additionalOperations').value),
    ]
    for (const [method, one] of listed) {
      if (one === undefined || one === null) continue
      if (!isRecord(one)) {
        problems.add(`${method} ${path}`, 'operation', 'It is not an object, and is left out.')
        continue
      }
      operations.push(
        operation(one, { method, path, pathItem: fields, root, references, problems, isSwagger }),
      )
    }
  }
  return {
    root,
    references,
    servers: isSwagger ? swaggerServers(root).map((one) => fieldsOf(one, report)) : root.records('servers'),
    securitySchemes: isSwagger
      ? fieldsOf(definitionsOf(root.value), report)
      : root.record('components').record('securitySchemes'),
    operations,
  }
}

interface Place {
  readonly method: string
  readonly path: string
  readonly pathItem: Fields
  readonly root: Fields
  readonly references: References
  readonly problems: Problems
  readonly isSwagger: boolean
}

function operation(one: Loose, place: Place): Operation {
  const { method, path, pathItem, root, references, problems, isSwagger } = place
  const plain = fieldsOf(one, () => undefined)
  const name = (plain.text('summary') || plain.text('operationId') || `${method} ${path}`).slice(0, 500)
  const report = problems.of(name)
  const shared = pathItem.list('parameters')
  const fields = fieldsOf(isSwagger ? fromSwagger(one, { root, shared, references, report }) : one, report)
  return {
    method,
    path,
    name,
    fields,
    parameters: mergedParameters(isSwagger ? [] : shared, fields.list('parameters'), references),
    servers: fields.has('servers') ? fields.records('servers') : pathItem.records('servers'),
    report,
  }
}
