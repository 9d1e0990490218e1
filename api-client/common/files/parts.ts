// Pairs, variables, scripts, assertions and settings, as files have them: read and written side by side, so that they agree.
import {
  type Assertion,
  AssertionOperator,
  type Pair,
  type Scripts,
  type Variable,
  VariableType,
} from '#contract/requests/parts.ts'
import type { RequestSettings } from '#contract/requests/request.ts'
import { type At, elements, field, flag, has, isFields, number, selected, text, word } from './reading.ts'
import type { FileMap, FileValue } from './yaml.ts'

type Off = { readonly isEnabled: boolean; readonly description: string }

/** `description` and `disabled`, where they say something. */
export function writeOff(one: Off): FileMap {
  return {
    ...(one.description === '' ? {} : { description: one.description }),
    ...(one.isEnabled ? {} : { disabled: true }),
  }
}

export function readOff(at: At): Off {
  return { description: text(field(at, 'description')), isEnabled: !flag(field(at, 'disabled')) }
}

export function readPairs(list: At): Pair[] {
  return elements(list).map((one) => ({
    name: text(field(one, 'name')),
    value: text(field(one, 'value')),
    ...readOff(one),
  }))
}

export function writePairs(pairs: readonly Pair[]): FileValue | undefined {
  return some(pairs.map((one) => ({ name: one.name, value: one.value, ...writeOff(one) })))
}

/** A list, or nothing where it is empty. */
export function some(list: readonly FileValue[]): FileValue | undefined {
  return list.length === 0 ? undefined : list
}

/** A map without what is undefined; nothing where nothing is left. */
export function someFields(fields: FileMap): FileMap | undefined {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

export function textOrNothing(value: string): string | undefined {
  return value === '' ? undefined : value
}

export function readVariables(list: At): Variable[] {
  return elements(list).map((one) => {
    const common = { name: text(field(one, 'name')), ...readOff(one) }
    if (flag(field(one, 'secret')))
      return {
        ...common,
        value: '',
        type: word(field(one, 'type'), VariableType.options, 'string'),
        isSecret: true,
      }
    return { ...common, ...readValue(field(one, 'value')), isSecret: false }
  })
}

function readValue(at: At): Pick<Variable, 'value' | 'type'> {
  if (Array.isArray(at.value)) {
    const variant = selected(elements(at))
    return variant === undefined ? { value: '', type: 'string' } : readValue(field(variant, 'value'))
  }
  if (!isFields(at.value) || !Object.hasOwn(at.value, 'type')) return { value: text(at), type: 'string' }
  return {
    type: word(field(at, 'type'), VariableType.options, 'string'),
    value: text(field(at, 'data')),
  }
}

export function writeVariables(variables: readonly Variable[]): FileValue | undefined {
  return some(variables.map(writeVariable))
}

function writeVariable(one: Variable): FileMap {
  if (one.isSecret)
    return {
      secret: true,
      name: one.name,
      ...(one.type === 'string' ? {} : { type: one.type }),
      ...writeOff(one),
    }
  return {
    name: one.name,
    value: one.type === 'string' ? one.value : { type: one.type, data: one.value },
    ...writeOff(one),
  }
}

const SCRIPT_TYPES = ['before-request', 'after-response', 'tests'] as const
const SCRIPT_NAMES = {
  'before-request': 'beforeRequest',
  'after-response': 'afterResponse',
  tests: 'tests',
} as const

/** Several of one type run one after the other. Types that we do not know are left alone. */
export function readScripts(list: At): Scripts {
  const scripts = { beforeRequest: '', afterResponse: '', tests: '' }
  for (const one of elements(list)) {
    const type = SCRIPT_TYPES.find((known) => known === field(one, 'type').value)
    if (type === undefined) continue
    const code = text(field(one, 'code'))
    const before = scripts[SCRIPT_NAMES[type]]
    scripts[SCRIPT_NAMES[type]] = before === '' ? code : `${before}\n${code}`
  }
  return scripts
}

export function writeScripts(scripts: Scripts): FileValue | undefined {
  return some(
    SCRIPT_TYPES.flatMap((type) => {
      const code = scripts[SCRIPT_NAMES[type]]
      return code === '' ? [] : [{ type, code }]
    }),
  )
}

export function readAssertions(list: At): Assertion[] {
  return elements(list).map((one) => ({
    expression: text(field(one, 'expression')),
    operator: word(field(one, 'operator'), AssertionOperator.options, 'eq'),
    value: text(field(one, 'value')),
    ...readOff(one),
  }))
}

export function writeAssertions(assertions: readonly Assertion[]): FileValue | undefined {
  return some(
    assertions.map((one) => ({
      expression: one.expression,
      operator: one.operator,
      ...(one.value === '' ? {} : { value: one.value }),
      ...writeOff(one),
    })),
  )
}

/** What OpenCollection has words for stands in `settings`, the rest in ours. */
export function readSettings(settings: At, ours: At): RequestSettings {
  const own = <T>(at: At, read: (at: At) => T): T | null =>
    !has(at) || at.value === 'inherit' ? null : read(at)
  const flagOf = (at: At): boolean | null => own(at, (one) => flag(one))
  return {
    timeoutMs: own(field(settings, 'timeout'), number),
    followsRedirects: flagOf(field(settings, 'followRedirects')),
    maxRedirects: own(field(settings, 'maxRedirects'), number),
    keepsAuthorization: flagOf(field(settings, 'forwardAuthorizationHeader')),
    encodesUrl: flagOf(field(settings, 'encodeUrl')),
    httpVersion: own(field(ours, 'httpVersion'), (at) => word(at, ['auto', '1.1', '2'], 'auto')),
    verifiesCertificates: flagOf(field(ours, 'verifiesCertificates')),
    minTlsVersion: own(field(ours, 'minTlsVersion'), (at) => word(at, ['1.0', '1.1', '1.2', '1.3'], '1.2')),
    sendsCookies: flagOf(field(ours, 'sendsCookies')),
    keepsCookies: flagOf(field(ours, 'keepsCookies')),
  }
}

export function writeSettings(settings: RequestSettings): {
  readonly settings: FileMap | undefined
  readonly ours: FileMap | undefined
} {
  return {
    settings: someFields({
      encodeUrl: settings.encodesUrl ?? undefined,
      timeout: settings.timeoutMs ?? undefined,
      followRedirects: settings.followsRedirects ?? undefined,
      maxRedirects: settings.maxRedirects ?? undefined,
      forwardAuthorizationHeader: settings.keepsAuthorization ?? undefined,
    }),
    ours: someFields({
      httpVersion: settings.httpVersion ?? undefined,
      verifiesCertificates: settings.verifiesCertificates ?? undefined,
      minTlsVersion: settings.minTlsVersion ?? undefined,
      sendsCookies: settings.sendsCookies ?? undefined,
      keepsCookies: settings.keepsCookies ?? undefined,
    }),
  }
}
