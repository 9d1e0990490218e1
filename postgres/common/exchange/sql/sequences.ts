// Sequences: CREATE and ALTER SEQUENCE, and those of identity and serial columns.
import type { AlterSeqStmt, CreateSeqStmt } from '@pgsql/types'
import { isOn, itemsOf, namesOf, optionsOf, valueOf, type Nodes } from './nodes.ts'
import { NotImported, type ImportState, type SequenceDraft } from './state.ts'
import { printType } from './types.ts'

type Options = SequenceDraft['options']
const LIMITS: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
}

/** The options of a sequence of a type, with what a statement says of them. `before` is what it had. */
export function sequenceOptions(
  state: ImportState,
  nodes: Nodes,
  { type: given, before }: { readonly type?: string; readonly before?: Options } = {},
): Options {
  const options = new Map(optionsOf(nodes).map((one) => [one.defname, one.arg]))
  const asType = options.get('as')
  const type =
    asType !== undefined && 'TypeName' in asType
      ? printType(state, asType.TypeName).type
      : (before?.type ?? given ?? 'bigint')
  const number = (name: string): string | null => valueOf(options.get(name))
  const increment = number('increment') ?? before?.increment ?? '1'
  const isRising = !increment.startsWith('-')
  const [low = '1', high = ''] = LIMITS[type] ?? LIMITS['bigint'] ?? []
  const isOther = before !== undefined && before.type !== type
  const old = (value: string | undefined, limit: string): string | undefined =>
    isOther && value === limit ? undefined : value
  const [oldLow, oldHigh] = LIMITS[before?.type ?? ''] ?? []
  const min =
    (options.has('minvalue') ? number('minvalue') : null) ??
    (options.has('minvalue') ? undefined : old(before?.min, oldLow ?? '')) ??
    (isRising ? '1' : low)
  const max =
    (options.has('maxvalue') ? number('maxvalue') : null) ??
    (options.has('maxvalue') ? undefined : old(before?.max, oldHigh ?? '')) ??
    (isRising ? high : '-1')
  return {
    type,
    start: number('start') ?? before?.start ?? (isRising ? min : max),
    increment,
    min,
    max,
    cache: number('cache') ?? before?.cache ?? '1',
    isCycling: options.has('cycle') ? isOn(options.get('cycle')) : (before?.isCycling ?? false),
  }
}

/** CREATE SEQUENCE. */
export function createSequence(
  state: ImportState,
  { sequence, options, if_not_exists }: CreateSeqStmt,
): void {
  const schema = sequence?.schemaname ?? state.currentSchema
  const name = sequence?.relname ?? ''
  if (sequence?.relpersistence === 't') return
  if (if_not_exists === true && state.relation(schema, name) !== undefined) return
  state.put({
    kind: 'sequence',
    id: state.newId('sequence'),
    schema,
    name,
    owner: state.owner,
    comment: null,
    options: sequenceOptions(state, options),
    ownedBy: ownedBy(state, options) ?? null,
    isUnlogged: sequence?.relpersistence === 'u',
    grants: [],
  })
}

/** ALTER SEQUENCE, also that of an identity column. */
export function alterSequence(state: ImportState, { sequence, options, missing_ok }: AlterSeqStmt): void {
  const found = state.relation(sequence?.schemaname, sequence?.relname ?? '')
  if (found?.kind === 'sequence') {
    found.options = sequenceOptions(state, options, { before: found.options })
    const owner = ownedBy(state, options)
    if (owner !== undefined) found.ownedBy = owner
    return
  }
  const column = identityOf(state, sequence?.schemaname, sequence?.relname ?? '')
  if (column !== undefined && column.identity !== null) {
    column.identity.options = sequenceOptions(state, options, { before: column.identity.options })
    return
  }
  if (missing_ok !== true) throw new NotImported(`There is no sequence ${sequence?.relname ?? ''}.`)
}

/** The identity column whose sequence has this name. */
export function identityOf(state: ImportState, schema: string | undefined, name: string) {
  return state
    .ofKind('table')
    .flatMap(({ columns }) => columns)
    .find(
      ({ identity }) =>
        identity?.sequence.name === name && (schema === undefined || identity.sequence.schema === schema),
    )
}

/** Undefined where nothing is said of it. */
function ownedBy(state: ImportState, nodes: Nodes): SequenceDraft['ownedBy'] | undefined {
  const option = optionsOf(nodes).find(({ defname }) => defname === 'owned_by')
  if (option === undefined) return undefined
  const names = namesOf(itemsOf(option.arg))
  if (names.length < 2) return null
  const table = state.relation(names.at(-3), names.at(-2) ?? '')
  return {
    schema: table?.schema ?? names.at(-3) ?? state.currentSchema,
    name: names.at(-2) ?? '',
    column: names.at(-1) ?? '',
  }
}
