// Chooses the function that is called by the names of its arguments, and plans with what it is called.
import type { ApiRequest, Payload } from '../parse/api-request.ts'
import { key, type QualifiedName, type Routine, type RoutineParameter, type SchemaCache } from '../types.ts'
import { ambiguousFunction, functionNotFound, type UnnamedParameter } from './call-errors.ts'
import type { CallArguments, CallPlan } from './call-plan.ts'
import type { ReadPlan } from './read-plan.ts'
import { returningColumns } from './read.ts'
import { suggestRoutine } from './call-suggest.ts'
import { createSuggester, NEAR } from './suggest.ts'

/** What a request offers a function. */
export interface Offer {
  /** Names of the arguments, sorted. */
  readonly names: readonly string[]
  /** What the body could be handed to as a whole. */
  readonly unnamed: UnnamedParameter | null
}

/** What `request` offers: its query string's arguments, or of a POST the keys of its body. */
export function offerOf(request: ApiRequest, isPost: boolean): Offer {
  if (!isPost)
    return { names: sortedUnique(request.parameters.arguments.map(([name]) => name)), unnamed: null }
  return {
    names: sortedUnique(payloadNames(request.payload)),
    unnamed: unnamedOf(request),
  }
}

/**
 * The overload of `name` that takes what is offered: all that it requires, and nothing that it does not know. Where none takes the names,
 * one with a single unnamed parameter may take the body. Throws PGRST202 and PGRST203.
 */
export function chooseRoutine(name: QualifiedName, offer: Offer, cache: SchemaCache): Routine {
  const overloads = cache.routines.get(key(name)) ?? []
  const byName = overloads.filter((routine) => takes(routine, offer))
  const candidates =
    byName.length > 0 ? byName : overloads.filter((routine) => takesBody(routine, offer.unnamed))
  const [chosen, ...others] = candidates
  if (chosen === undefined) {
    throw functionNotFound(`${name.schema}.${name.name}`, offer.names, {
      unnamed: offer.unnamed,
      hint: suggestionFor(name, offer.names, { overloads, cache }),
    })
  }
  if (others.length > 0) throw ambiguousFunction(candidates)
  return chosen
}

/** With what `routine` is called. */
export function planCall(
  routine: Routine,
  {
    request,
    read,
    isPost,
  }: { readonly request: ApiRequest; readonly read: ReadPlan; readonly isPost: boolean },
): CallPlan {
  return {
    returning: returningColumns(read, []),
    routine: { schema: routine.schema, name: routine.name },
    returns: routine.returns,
    arguments: isPost
      ? postedArguments(routine, request)
      : namedArguments(routine, request.parameters.arguments),
  }
}

function takes({ parameters }: Routine, { names, unnamed }: Offer): boolean {
  if (parameters.length === 0) return names.length === 0 && (unnamed === null || unnamed === 'json')
  const isOffered = (name: string) => names.includes(name)
  return (
    parameters.every(({ name, isRequired }) => !isRequired || isOffered(name)) &&
    names.every((name) => parameters.some((parameter) => parameter.name === name))
  )
}

function takesBody({ parameters }: Routine, unnamed: UnnamedParameter | null): boolean {
  const [only, ...others] = parameters
  if (only === undefined || others.length > 0 || only.name !== '' || unnamed === null) return false
  return unnamed === 'json' ? only.type === 'json' || only.type === 'jsonb' : only.type === unnamed
}

function unnamedOf({ contentType: { type, subtype } }: ApiRequest): UnnamedParameter | null {
  switch (`${type}/${subtype}`) {
    case 'application/json':
      return 'json'
    case 'text/plain':
      return 'text'
    case 'text/xml':
      return 'xml'
    case 'application/octet-stream':
      return 'bytea'
    default:
      return null
  }
}

function payloadNames(payload: Payload | null): readonly string[] {
  switch (payload?.kind) {
    case 'json':
      return payload.keys
    case 'form':
      return payload.values.map(([name]) => name)
    case 'raw':
    case undefined:
      return []
  }
}

function postedArguments(routine: Routine, { payload }: ApiRequest): CallArguments {
  const [only] = routine.parameters
  if (payload === null || only === undefined) return { kind: 'none' }
  if (payload.kind === 'form') return namedArguments(routine, payload.values)
  if (routine.parameters.length === 1 && only.name === '') {
    const value = payload.kind === 'json' ? payload.text : payload.value
    return { kind: 'single', type: only.type, value }
  }
  if (payload.kind === 'raw') return { kind: 'none' }
  const parameters = routine.parameters.filter(({ name }) => payload.keys.includes(name))
  return parameters.length === 0
    ? { kind: 'none' }
    : { kind: 'json', parameters, json: payload.text, isArray: payload.isArray }
}

/** The last one of a name counts; a variadic parameter takes them all. */
function namedArguments(
  routine: Routine,
  pairs: readonly (readonly [name: string, value: string])[],
): CallArguments {
  const valuesOf = (parameter: RoutineParameter) =>
    pairs.filter(([name]) => name === parameter.name).map(([, value]) => value)
  const values = routine.parameters.flatMap((parameter) => {
    const all = valuesOf(parameter)
    const last = all.at(-1)
    if (last === undefined) return []
    return [{ parameter, value: parameter.isVariadic ? all : last }]
  })
  return values.length === 0 ? { kind: 'none' } : { kind: 'named', values }
}

/** The function most like the one asked for; where its name is right, the overload with the arguments most like those offered. */
function suggestionFor(
  { schema, name }: QualifiedName,
  names: readonly string[],
  { overloads, cache }: { readonly overloads: readonly Routine[]; readonly cache: SchemaCache },
): string | null {
  if (overloads.length > 0) {
    const signatures = overloads.map(({ parameters }) => signature(parameters.map((one) => one.name)))
    const nearest = createSuggester(signatures).suggest(signature(names), NEAR)
    return nearest === null ? null : `${schema}.${name}${nearest.name}`
  }
  const nearest = suggestRoutine({ schema, name }, cache)
  return nearest === null ? null : `${schema}.${nearest}`
}

function signature(names: readonly string[]): string {
  return `(${[...names].sort().join(', ')})`
}

function sortedUnique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort()
}
