// Which media type is answered, and how rows become it: the first accepted one that the target can be given as.
import type { MediaType } from '../parse/api-request.ts'
import { mediaTypeNotAvailable } from '../parse/errors.ts'
import type { CustomHandler, QualifiedName, RestConfig, SchemaCache } from '../types.ts'
import type { ExplainPlan, Handler } from './plan.ts'

export interface Negotiated {
  readonly mediaType: MediaType
  readonly isSingular: boolean
  readonly handler: Handler
  readonly explain: ExplainPlan | null
}

export interface NegotiationTarget {
  /** The relation whose rows are answered; for functions that return no rows of a relation, the function. */
  readonly name: QualifiedName
  /** Handlers of a relation take its whole rows: they apply only where nothing is left out or added. */
  readonly isDefaultSelect: boolean
}

const JSON_TYPE = mediaType('application', 'json')
const CSV_TYPE = mediaType('text', 'csv')
const GEOJSON_TYPE = mediaType('application', 'geo+json')
const OPENAPI_TYPE = mediaType('application', 'openapi+json')
/** What a handler for every media type is, unless it sets Content-Type itself. */
const BYTES_TYPE = mediaType('application', 'octet-stream')

/**
 * Chooses by the order of `accept`. Throws PGRST107 (406) when none of them can be given.
 */
export function negotiate(
  accept: readonly MediaType[],
  target: NegotiationTarget,
  { cache, config }: { readonly cache: SchemaCache; readonly config: RestConfig },
): Negotiated {
  for (const wanted of accept) {
    const found = match(wanted, target, { handlers: cache.handlers, isPlanEnabled: config.planEnabled })
    if (found !== null) return found
  }
  throw mediaTypeNotAvailable(accept.map(refusedText))
}

/** The media type of the root's document. Throws PGRST107 (406) when it is not accepted. */
export function negotiateOpenApi(accept: readonly MediaType[]): MediaType {
  const isProduced = ({ type, subtype }: MediaType) =>
    (type === '*' && subtype === '*') ||
    (type === 'application' && (subtype === 'json' || subtype === 'openapi+json'))
  if (accept.some(isProduced)) return OPENAPI_TYPE
  throw mediaTypeNotAvailable(accept.map(refusedText))
}

/** As it stands in Content-Type, without charset: `application/json`. Parameters of types that have none for us are left out. */
export function mediaTypeText({ type, subtype, parameters }: MediaType): string {
  const essence = subtype === '' ? type : `${type}/${subtype}`
  if (!subtype.startsWith('vnd.pgrst.')) return essence
  const separator = subtype.startsWith('vnd.pgrst.plan') ? '; ' : ';'
  return [essence, ...parameters.map(([name, value]) => `${name}=${value}`)].join(separator)
}

/** How a media type that cannot be given is told: of a plan all that it would have been. */
function refusedText(wanted: MediaType): string {
  const format = planFormat(wanted)
  if (format === null) return mediaTypeText(wanted)
  const { explained, options } = planParameters(wanted)
  const suffix = options.length === 0 ? '' : `; options=${options.join('|')}`
  return `application/vnd.pgrst.plan+${format}; for="${mediaTypeText(explained)}"${suffix}`
}

function planFormat({ type, subtype }: MediaType): ExplainPlan['format'] | null {
  if (type !== 'application') return null
  if (subtype === 'vnd.pgrst.plan+json') return 'json'
  return subtype === 'vnd.pgrst.plan' || subtype === 'vnd.pgrst.plan+text' ? 'text' : null
}

/** What a plan is for, and its options in our order; those that nobody knows are left out. */
function planParameters(wanted: MediaType) {
  const asked = (parameter(wanted, 'options') ?? '').split('|')
  return {
    explained: parseMediaType(parameter(wanted, 'for') ?? 'application/json'),
    options: PLAN_OPTIONS.filter((option) => asked.includes(option)),
  }
}

interface Choices {
  readonly handlers: readonly CustomHandler[]
  readonly isPlanEnabled: boolean
}

function match(wanted: MediaType, target: NegotiationTarget, choices: Choices): Negotiated | null {
  const format = planFormat(wanted)
  if (format !== null) return matchPlan(wanted, format, { target, choices })
  const vendor = wanted.type === 'application' ? wanted.subtype : ''
  switch (vendor) {
    case 'vnd.pgrst.object':
    case 'vnd.pgrst.object+json':
      return given(
        vendorType('vnd.pgrst.object+json', stripsNulls(wanted)),
        { kind: 'json-object', stripNulls: stripsNulls(wanted) },
        true,
      )
    case 'vnd.pgrst.array':
    case 'vnd.pgrst.array+json':
      if (stripsNulls(wanted))
        return given(vendorType('vnd.pgrst.array+json', true), { kind: 'json-array', stripNulls: true })
      return findHandler(JSON_TYPE, target, choices.handlers)
    default:
      return findHandler(wanted, target, choices.handlers)
  }
}

function matchPlan(
  wanted: MediaType,
  format: ExplainPlan['format'],
  { target, choices }: { readonly target: NegotiationTarget; readonly choices: Choices },
): Negotiated | null {
  if (!choices.isPlanEnabled) return null
  const { explained, options } = planParameters(wanted)
  // the plan of a plan is nothing
  if (explained.subtype.startsWith('vnd.pgrst.plan')) return null
  const inner = match(explained, target, choices)
  if (inner === null) return null
  return {
    mediaType: {
      type: 'application',
      subtype: `vnd.pgrst.plan+${format}`,
      parameters: [
        ['for', mediaTypeText(inner.mediaType)],
        ...(options.length === 0 ? [] : [['options', options.join('|')] as const]),
      ],
    },
    isSingular: false,
    handler: inner.handler,
    explain: { format, options },
  }
}

const PLAN_OPTIONS = ['analyze', 'verbose', 'settings', 'buffers', 'wal'] as const

/** Handlers of the relation come first, the one for every media type before all; those for any row, and ours, after. */
function findHandler(
  wanted: MediaType,
  target: NegotiationTarget,
  handlers: readonly CustomHandler[],
): Negotiated | null {
  const plain: MediaType = { ...wanted, parameters: [] }
  const name = mediaTypeText(plain).toLowerCase()
  const isAny = name === '*/*'
  if (target.isDefaultSelect) {
    const own = (mediaTypeName: string) =>
      handlers.find((handler) => handler.mediaType === mediaTypeName && isFor(handler, target.name))
    const anything = own('*/*')
    if (anything !== undefined) return given(BYTES_TYPE, { kind: 'custom', handler: anything })
    const custom = own(name)
    if (custom !== undefined) return given(plain, { kind: 'custom', handler: custom })
  }
  const general = handlers.find(
    (handler) =>
      handler.kind === 'aggregate' && handler.target === 'anyelement' && handler.mediaType === name,
  )
  if (general !== undefined) return given(isAny ? BYTES_TYPE : plain, { kind: 'custom', handler: general })
  switch (name) {
    case '*/*':
    case 'application/json':
      return given(JSON_TYPE, { kind: 'json-array', stripNulls: false })
    case 'text/csv':
      return given(CSV_TYPE, { kind: 'csv' })
    case 'application/geo+json':
      return given(GEOJSON_TYPE, { kind: 'geojson' })
    default:
      return null
  }
}

function isFor(handler: CustomHandler, { schema, name }: QualifiedName): boolean {
  const target = handler.kind === 'routine' ? handler.function : handler.target
  return target !== 'anyelement' && target.schema === schema && target.name === name
}

function given(type: MediaType, handler: Handler, isSingular = false): Negotiated {
  return { mediaType: type, isSingular, handler, explain: null }
}

function stripsNulls(wanted: MediaType): boolean {
  return parameter(wanted, 'nulls') === 'stripped'
}

/** A parameter's value without quotes. */
function parameter({ parameters }: MediaType, name: string): string | null {
  const value = parameters.find(([key]) => key === name)?.[1]
  return value === undefined ? null : value.replace(/^"(.*)"$/s, '$1')
}

function vendorType(subtype: string, isStripped: boolean): MediaType {
  return { type: 'application', subtype, parameters: isStripped ? [['nulls', 'stripped']] : [] }
}

function mediaType(type: string, subtype: string): MediaType {
  return { type, subtype, parameters: [] }
}

/** Reads `application/vnd.pgrst.object+json; nulls=stripped`, which stands inside another media type's parameter. */
function parseMediaType(text: string): MediaType {
  const [essence = '', ...parameters] = text.split(';')
  const [type = '', subtype = ''] = essence.trim().toLowerCase().split('/')
  return {
    type,
    subtype,
    parameters: parameters.map((one) => {
      const [name = '', value = ''] = one.split('=')
      return [name.trim().toLowerCase(), value.trim()] as const
    }),
  }
}
