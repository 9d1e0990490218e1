// Insomnia's exports 1 to 3 in the words of the fourth.
import { fieldsOf, isRecord, own, type Loose } from '../loose.ts'
import { headerValue } from '../media.ts'
import type { Report } from '../problems.ts'

/** The resources of an export in any of its versions that have them as a list. */
export function listedResources(document: unknown, report: Report): readonly unknown[] {
  const root = fieldsOf(document, report)
  if (root.has('resources')) return root.list('resources').map((one) => (isRecord(one) ? current(one) : one))
  const found: Loose[] = []
  root.list('items').forEach((group, index) => {
    if (!isRecord(group)) return
    const id = `group_${index}`
    const environments = own(group, 'environments')
    const base = isRecord(environments) ? own(environments, 'base') : undefined
    if (isRecord(environments))
      for (const name of Object.keys(environments))
        if (name !== 'base')
          report(`environment ${name}`, 'Environments of a folder are not kept, but its base.')
    found.push({ ...group, _id: id, _type: 'request_group', parentId: '', environment: base })
    const requests = own(group, 'requests')
    if (!Array.isArray(requests)) return
    requests
      .filter(isRecord)
      .forEach((one, at) =>
        found.push(
          current({ parameters: one['params'], ...one, _id: `${id}_${at}`, _type: 'request', parentId: id }),
        ),
      )
  })
  return found
}

/** A body that is text, and auth that names no type, as versions 1 and 2 have them. */
function current(one: Loose): Loose {
  if (own(one, '_type') !== 'request') return one
  const body = own(one, 'body')
  const auth = own(one, 'authentication')
  return {
    ...one,
    ...(typeof body === 'string' ? { body: { mimeType: mediaType(one), text: body } } : {}),
    ...(isRecord(auth) && own(auth, 'type') === undefined && typeof own(auth, 'username') === 'string'
      ? { authentication: { ...auth, type: 'basic' } }
      : {}),
  }
}

function mediaType(one: Loose): string {
  const headers = own(one, 'headers')
  const written = Array.isArray(headers)
    ? headerValue(
        headers
          .filter(isRecord)
          .map((pair) => ({ name: String(pair['name']), value: String(pair['value']) })),
        'content-type',
      )
    : null
  if (written !== null) return written
  const editor = own(one, '__insomnia')
  const format = isRecord(editor) ? own(editor, 'format') : undefined
  return (
    { json: 'application/json', form: 'application/x-www-form-urlencoded', xml: 'application/xml' }[
      String(format)
    ] ?? ''
  )
}
