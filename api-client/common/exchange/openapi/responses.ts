// Responses of an operation as examples, and what must hold of them as assertions.
import type { Assertion } from '#contract/requests/parts.ts'
import type { Example, HttpRequest } from '#contract/requests/request.ts'
import { anyText, compactJson, type Fields } from '../loose.ts'
import { essence, exampleBody, isJsonType } from '../media.ts'
import type { Report } from '../problems.ts'
import { joinUrl } from '../url.ts'
import { chosenType, examplesOf, textOf } from './bodies.ts'
import type { References } from './references.ts'
import { sampleOf } from './sample.ts'
import { standaloneSchema } from './schema.ts'

/** `200`, `2XX` and `default` as a status that an example can have. */
function statusOf(key: string, hasSuccess: boolean): number | null {
  if (/^[1-5]\d\d$/.test(key)) return Number(key)
  if (/^[1-5]XX$/i.test(key)) return Number(key[0]) * 100
  return key === 'default' ? (hasSuccess ? 500 : 200) : null
}

export function readExamples(
  responses: Fields,
  request: HttpRequest,
  { references, report }: { references: References; report: Report },
): Example[] {
  const keys = responses.keys().filter((key) => !key.startsWith('x-'))
  const hasSuccess = keys.some((key) => key.startsWith('2'))
  return keys.flatMap((key) => {
    const status = statusOf(key, hasSuccess)
    const response = references.fields(responses.raw(key))
    if (status === null) {
      report(`response ${key}`, 'It is no HTTP status.')
      return []
    }
    if (key === 'default' || /XX$/i.test(key))
      report(`response ${key}`, `An example has one status: ${status} stands for it.`, 'changed')
    if (response.has('links')) report(`response ${key}`, 'Links to other operations are not kept.')
    const words = response.text('description')
    const headers = Object.entries(response.record('headers').value).map(([name, one]) => {
      const fields = references.fields(one)
      const value = fields.has('example')
        ? fields.raw('example')
        : sampleOf(fields.has('schema') ? fields.raw('schema') : fields.value, {
            references,
            direction: 'response',
          })
      return { name, value: anyText(value) }
    })
    const { method, headers: requestHeaders, body, url, parameters } = request
    const asked = {
      method,
      url: joinUrl(url, parameters),
      headers: requestHeaders.filter((one) => one.isEnabled),
      body,
    }
    const made = (
      name: string,
      more: { name: string; value: string }[],
      responseBody: Example['response']['body'],
    ): Example => ({
      name: name.slice(0, 1_000),
      description: words,
      request: asked,
      response: { status, statusText: '', headers: [...headers, ...more], body: responseBody },
    })
    const content = response.record('content')
    const label = `${key} ${words.split('\n')[0] ?? ''}`.trim()
    const type = chosenType(content)
    if (type === null) return [made(label, [], { type: 'text', text: '' })]
    if (content.keys().length > 1)
      report(`response ${key}`, `Of ${content.keys().join(', ')} one is shown: ${type}.`, 'changed')
    const media = references.fields(content.raw(type))
    const examples = examplesOf(media, references, { direction: 'response', report })
    const contentType = type.includes('*') ? 'application/json' : type
    const header = { name: 'Content-Type', value: contentType }
    if (examples.length === 0) return [made(label, [header], { type: 'text', text: '' })]
    return examples.map(({ name, value }) =>
      made(
        name === '' ? label : `${key} ${name}`,
        [header],
        exampleBody(textOf(value, { type: contentType, media, references }), contentType),
      ),
    )
  })
}

/** The status, and the schema of a JSON body: what must hold of a response that succeeds. */
export function readAssertions(responses: Fields, references: References, report: Report): Assertion[] {
  const successes = responses.keys().filter((key) => /^2(\d\d|XX)$/i.test(key))
  const exact = successes.filter((key) => /^2\d\d$/.test(key))
  const found: Assertion[] = []
  const assertion = (expression: string, operator: Assertion['operator'], value: string): void => {
    found.push({ expression, operator, value, isEnabled: true, description: '' })
  }
  if (successes.some((key) => /XX$/i.test(key))) assertion('res.status', 'between', '200,299')
  else if (exact.length === 1) assertion('res.status', 'eq', exact[0] ?? '')
  else if (exact.length > 1) assertion('res.status', 'in', exact.join(','))
  const [first] = successes
  if (first === undefined || successes.length > 1) return found
  const content = references.fields(responses.raw(first)).record('content')
  const type = content.keys().find((one) => isJsonType(one) && essence(one) !== 'application/x-ndjson')
  if (type === undefined) return found
  const media = references.fields(content.raw(type))
  if (!media.has('schema')) return found
  const schema = standaloneSchema(media.raw('schema'), references)
  if (schema === null) report('assertion', 'The schema of the response is too large to be asserted.', 'note')
  else if (Object.keys(schema).length > 0) assertion('res.body', 'matchesSchema', compactJson(schema))
  return found
}

/** What a client says it accepts: the type of the first response that has one. */
export function acceptedType(responses: Fields, references: References): string | null {
  for (const key of responses.keys().filter((one) => one.startsWith('2'))) {
    const type = chosenType(references.fields(responses.raw(key)).record('content'))
    if (type !== null && !type.includes('*')) return essence(type)
  }
  return null
}
