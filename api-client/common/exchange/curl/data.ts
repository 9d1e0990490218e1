// The bodies of curl's options: -d and its kin, -F.
import type { Body, MultipartField, Pair } from '#contract/requests/parts.ts'
import { formFields, header, headerValue, textBody } from '../media.ts'
import type { Report } from '../problems.ts'

/** One option that gives data. */
export type Datum =
  | { readonly type: 'text'; readonly text: string }
  /** Encoded by curl. */
  | { readonly type: 'field'; readonly name: string; readonly value: string }
  | { readonly type: 'file'; readonly path: string; readonly name: string }

/** Reads the value of `-d`, `--data-binary`, `--data-raw` or `--data-urlencode`. */
export function datum(option: string, value: string, stdin: string | null): Datum {
  if (option === 'data-urlencode') {
    const at = value.search(/[=@]/)
    if (at < 0) return { type: 'field', name: '', value }
    const name = value.slice(0, at)
    return value[at] === '@'
      ? { type: 'file', path: value.slice(at + 1), name }
      : { type: 'field', name, value: value.slice(at + 1) }
  }
  if (option === 'data-raw' || !value.startsWith('@')) return { type: 'text', text: value }
  if (value === '@-' && stdin !== null)
    return {
      type: 'text',
      text: option === 'data-binary' || option === 'json' ? stdin : stdin.replace(/[\r\n]/g, ''),
    }
  return { type: 'file', path: value.slice(1), name: '' }
}

const FORM = 'application/x-www-form-urlencoded'

/** The body of all data together; `contentType` is what curl would say by itself where our own kind would not. */
export function bodyOfData(
  data: readonly Datum[],
  headers: readonly Pair[],
  report: Report,
): { body: Body; contentType: string | null } {
  const written = headerValue(headers, 'content-type')
  const [first] = data
  if (data.length === 1 && first?.type === 'file' && first.name === '')
    return {
      body: { type: 'file', path: first.path, contentType: written ?? FORM },
      contentType: null,
    }
  for (const one of data)
    if (one.type === 'file')
      report('data', `The content of the file ${one.path} is not put among the other data.`)
  const isForm = written === null || /x-www-form-urlencoded/i.test(written)
  const texts = data.filter((one) => one.type === 'text').map((one) => one.text)
  if (
    isForm &&
    texts.every(isFormText) &&
    (data.length > 1 || data.some((one) => one.type !== 'text' || one.text !== ''))
  )
    return {
      body: {
        type: 'form',
        fields: data.flatMap((one) =>
          one.type === 'text'
            ? formFields(one.text)
            : one.type === 'field'
              ? [header(one.name, one.value)]
              : [],
        ),
      },
      contentType: null,
    }
  const text = data
    .flatMap((one) => (one.type === 'text' ? [one.text] : one.type === 'field' ? [encodedField(one)] : []))
    .join('&')
  const looksLikeJson = isForm && /^\s*[{[]/.test(text)
  return {
    body: textBody(text, looksLikeJson ? 'application/json' : written),
    contentType: written === null ? FORM : null,
  }
}

/** `a=b&c=d`: what a form is shown for. Anything else is text. */
function isFormText(text: string): boolean {
  return (
    text !== '' &&
    !/^\s*[{["<]/.test(text) &&
    !/[\r\n]/.test(text) &&
    text.split('&').every((one) => one.indexOf('=') > 0 || /^[\w.%+-]+$/.test(one)) &&
    text.includes('=')
  )
}

/** What `-G` puts behind the question mark. */
export function queryOfData(data: readonly Datum[], report: Report): string {
  return data
    .flatMap((one) => {
      if (one.type === 'file') {
        report('data', `The content of the file ${one.path} is not put into the query.`)
        return []
      }
      return [one.type === 'text' ? one.text : encodedField(one)]
    })
    .join('&')
}

function encodedField({ name, value }: { name: string; value: string }): string {
  const encoded = value
    .split(/(\{\{[^{}]*\}\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : encodeURIComponent(piece.isWellFormed() ? piece : '')))
    .join('')
  return name === '' ? encoded : `${name}=${encoded}`
}

/** Reads `-F name=value`, `name=@path;type=…`, `name=<path`. */
export function formPart(value: string, isLiteral: boolean, report: Report): MultipartField {
  const at = value.indexOf('=')
  const name = at < 0 ? value : value.slice(0, at)
  const rest = at < 0 ? '' : value.slice(at + 1)
  const shared = { name, isEnabled: true, description: '' }
  if (isLiteral) return { type: 'text', ...shared, value: rest, contentType: null }
  const isFile = rest.startsWith('@') || rest.startsWith('<')
  const { text, options } = partOptions(isFile ? rest.slice(1) : rest, isFile)
  const contentType = options.get('type') ?? null
  for (const key of options.keys())
    if (key !== 'type') report('form', `${key} of the field “${name}” is not kept.`)
  if (!isFile) return { type: 'text', ...shared, value: text, contentType }
  if (rest.startsWith('<'))
    report('form', `The field “${name}” takes its text from a file; it is sent as a file here.`, 'changed')
  return {
    type: 'file',
    ...shared,
    paths: isQuoted(rest.slice(1)) ? [text] : text.split(',').filter((one) => one !== ''),
    contentType,
  }
}

function isQuoted(text: string): boolean {
  return text.startsWith('"')
}

const PART_OPTION =
  /;\s*(type|filename|headers|encoder)=("(?:[^"\\]|\\.)*"|[^;]*(?:;\s*[\w-]+=[^;]*)*?)(?=;\s*(?:type|filename|headers|encoder)=|$)/g

function partOptions(value: string, isFile: boolean): { text: string; options: Map<string, string> } {
  const options = new Map<string, string>()
  let text = value
  let tail = ''
  if (isQuoted(value)) {
    const match = /^"((?:[^"\\]|\\.)*)"/.exec(value)
    if (match !== null) {
      text = (match[1] ?? '').replace(/\\(["\\])/g, '$1')
      tail = value.slice(match[0].length)
    }
  } else {
    const from = value.search(/;\s*(type|filename|headers|encoder)=/)
    if (from >= 0) {
      text = value.slice(0, from)
      tail = value.slice(from)
    } else if (isFile && value.includes(';')) text = value.slice(0, value.indexOf(';'))
  }
  for (const match of tail.matchAll(PART_OPTION))
    options.set(match[1] ?? '', (match[2] ?? '').trim().replace(/^"(.*)"$/, '$1'))
  return { text, options }
}
