// Postman environments and globals.
import type { Environment } from '#contract/requests/collection.ts'
import { fieldsOf } from '../loose.ts'
import type { Problems } from '../problems.ts'
import type { ImportedSecret } from '../types.ts'
import { readVariables } from './parts.ts'

/** Reads one environment. Values of secrets go to `secrets`. */
export function readPostmanEnvironment(
  document: unknown,
  { name, problems, secrets }: { name: string; problems: Problems; secrets: ImportedSecret[] },
): Environment {
  const root = fieldsOf(document, problems.of(''))
  const isGlobal = root.text('_postman_variable_scope') === 'globals'
  const title = isGlobal ? 'Globals' : root.text('name') || name || 'Imported'
  return {
    name: title,
    color: '',
    description: '',
    extends: null,
    variables: readVariables(root.records('values'), (variable, value) =>
      secrets.push({ environment: title, name: variable, value }),
    ),
  }
}
