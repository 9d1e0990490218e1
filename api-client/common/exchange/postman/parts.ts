// Parts of Postman's documents that stand in many places: descriptions, variables, headers, addresses, scripts.
import type { Pair, Parameter, Scripts, Variable, VariableType } from '#contract/requests/parts.ts'
import { header } from '../media.ts'
import { anyText, fieldsOf, isRecord, jsonText, plainText, type Fields } from '../loose.ts'
import type { Report } from '../problems.ts'
import { reportScript } from '../script-needs.ts'
import { pathNames, pathParameter, queryParameter, splitUrl } from '../url.ts'

/** Text, or `{ content }`. */
export function description(value: unknown): string {
  if (isRecord(value)) return anyText(value['content'])
  return plainText(value) ?? ''
}

/** Pairs as a list of objects, of lines `Name: value`, or as one text of lines. */
export function readHeaders(value: unknown, report: Report): Pair[] {
  if (typeof value === 'string') return value.split(/\r?\n/).flatMap(headerLine)
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    report('headers', 'They are no list, and are left out.')
    return []
  }
  return value.flatMap((one: unknown): Pair[] => {
    if (typeof one === 'string') return headerLine(one)
    return isRecord(one) ? [pair(fieldsOf(one, report))] : []
  })
}

function headerLine(line: string): Pair[] {
  // Two slashes switch a header off.
  const isEnabled = !/^\s*\/\//.test(line)
  const text = isEnabled ? line.trim() : line.trim().slice(2).trim()
  if (text === '') return []
  const at = text.indexOf(':')
  return [
    at < 0
      ? header(text, '', { isEnabled })
      : header(text.slice(0, at).trim(), text.slice(at + 1).trim(), { isEnabled }),
  ]
}

/** `{ key, value, disabled, description }`. */
export function pair(one: Fields): Pair {
  return {
    name: one.text('key') || one.text('name'),
    value: one.text('value'),
    isEnabled: !one.flag('disabled') && one.flag('enabled', true),
    description: description(one.raw('description')),
  }
}

/** Variables; `secrets` is told the value of each secret one, which stands nowhere else. */
export function readVariables(
  list: readonly Fields[],
  secrets: (name: string, value: string) => void,
): Variable[] {
  return list.map((one) => {
    const name = one.text('key') || one.text('id') || one.text('name')
    const raw = one.has('value') ? one.raw('value') : one.raw('currentValue')
    const value = isRecord(raw) || Array.isArray(raw) ? jsonText(raw) : (plainText(raw) ?? '')
    const isSecret = one.text('type') === 'secret' || one.flag('secret')
    if (isSecret && value !== '') secrets(name, value)
    return {
      name,
      value: isSecret ? '' : value,
      type: variableType(one.text('type'), raw, value),
      isSecret,
      isEnabled: !one.flag('disabled') && one.flag('enabled', true),
      description: description(one.raw('description')),
    }
  })
}

function variableType(named: string, raw: unknown, value: string): VariableType {
  if (named === 'number' && value.trim() !== '' && Number.isFinite(Number(value))) return 'number'
  if (named === 'boolean' && /^(true|false)$/.test(value)) return 'boolean'
  if (isRecord(raw) || Array.isArray(raw)) return 'object'
  if (named === 'string' || named === 'default' || named === 'secret') return 'string'
  if (typeof raw === 'number') return 'number'
  if (typeof raw === 'boolean') return 'boolean'
  return 'string'
}

/** An address with its parameters. */
export interface Address {
  readonly url: string
  readonly parameters: Parameter[]
}

/** An address as text, or as an object of its pieces. */
export function readUrl(value: unknown, report: Report): Address {
  if (!isRecord(value)) return readRawUrl(plainText(value) ?? '', [], report)
  const url = fieldsOf(value, report)
  const pieces = composed(url)
  const raw = url.text('raw')
  const given = url.records('variable').map((one) =>
    pathParameter(one.text('key') || one.text('id'), one.text('value'), {
      isEnabled: !one.flag('disabled'),
      description: description(one.raw('description')),
    }),
  )
  const address = readRawUrl(raw === '' ? pieces : raw, given, report)
  if (!Array.isArray(value['query'])) return address
  return {
    url: address.url,
    parameters: [
      ...url.records('query').map((one) => {
        const { name, value: text, isEnabled, description: words } = pair(one)
        return queryParameter(name, text, { isEnabled, description: words })
      }),
      ...address.parameters.filter((one) => one.place === 'path'),
    ],
  }
}

function readRawUrl(text: string, given: readonly Parameter[], report: Report): Address {
  const { url, parameters, fragment } = splitUrl(text)
  if (fragment !== '') report('url', `#${fragment} is never sent, and is left out.`, 'changed')
  const names = pathNames(url)
  return {
    url,
    parameters: [
      ...parameters,
      ...names.map((name) => given.find((one) => one.name === name) ?? pathParameter(name, '')),
      ...given.filter((one) => !names.includes(one.name)),
    ],
  }
}

function composed(url: Fields): string {
  const joined = (key: string, sign: string): string => {
    const value = url.raw(key)
    if (!Array.isArray(value)) return plainText(value) ?? ''
    return value.map((one: unknown) => (isRecord(one) ? anyText(one['value']) : anyText(one))).join(sign)
  }
  const host = joined('host', '.')
  const path = joined('path', '/').replace(/^\//, '')
  const protocol = url.text('protocol').replace(/:?\/*$/, '')
  const port = url.text('port')
  return `${protocol === '' ? '' : `${protocol}://`}${host}${port === '' ? '' : `:${port}`}${path === '' ? '' : `/${path}`}${
    url.text('hash') === '' ? '' : `#${url.text('hash')}`
  }`
}

/** `event`: scripts before the request, and tests after its response. */
export function readScripts(events: readonly Fields[], report: Report): Scripts {
  const found = { prerequest: '', test: '' }
  for (const event of events) {
    const listen = event.text('listen')
    const script = event.raw('script')
    const text = Array.isArray(script)
      ? lines(script)
      : isRecord(script)
        ? lines(script['exec'])
        : lines(script)
    if (isRecord(script) && anyText(script['src']) !== '' && script['src'] !== null)
      report('script', 'It stands in a file elsewhere, which is not imported.')
    if (text.trim() === '') continue
    if (listen !== 'prerequest' && listen !== 'test') {
      report(`script ${listen}`, 'There is no such moment to run a script at.')
      continue
    }
    if (event.flag('disabled')) {
      report(`script ${listen}`, 'It is switched off, and is left out.')
      continue
    }
    reportScript(text, report)
    found[listen] = found[listen] === '' ? text : `${found[listen]}\n${text}`
  }
  return { beforeRequest: found.prerequest, afterResponse: '', tests: found.test }
}

function lines(value: unknown): string {
  if (Array.isArray(value)) return value.map((one: unknown) => plainText(one) ?? '').join('\n')
  return plainText(value) ?? ''
}
