// Functions, procedures and aggregates, written as pg_get_functiondef() prints them.
import type {
  AlterFunctionStmt,
  CreateFunctionStmt,
  DefineStmt,
  FunctionParameter,
  Node,
  ObjectWithArgs,
} from '@pgsql/types'
import { printedName } from '../../catalog/edit/qualified.ts'
import { readableName } from '../../sql/readable-name.ts'
import { grantedByDefault } from './default-privileges.ts'
import {
  isOn,
  itemsOf,
  namesOf,
  optionsOf,
  qualifiedOf,
  valueOf,
  type Nodes,
  printedLiteral,
} from './nodes.ts'
import { printValue, tableScope } from './printer.ts'
import { NotImported, type ImportState, type RoutineDraft } from './state.ts'
import { outerWords, written, type StatementContext } from './statement-text.ts'
import { printType } from './types.ts'

const MODES: Readonly<Record<string, string>> = {
  FUNC_PARAM_OUT: 'OUT ',
  FUNC_PARAM_INOUT: 'INOUT ',
  FUNC_PARAM_VARIADIC: 'VARIADIC ',
}

function parametersOf(nodes: Nodes): readonly FunctionParameter[] {
  return (nodes ?? []).flatMap((one) => ('FunctionParameter' in one ? [one.FunctionParameter] : []))
}

function parameterText(
  context: StatementContext,
  parameter: FunctionParameter,
  { withDefault, isProcedure }: { readonly withDefault: boolean; readonly isProcedure: boolean },
): string {
  const { state } = context
  const { mode = '', name, argType, defexpr } = parameter
  // Postgres prints IN of procedures since they can have OUT.
  const showsIn = isProcedure && mode !== 'FUNC_PARAM_TABLE' && state.serverVersion >= 140_000
  const word = MODES[mode] ?? (showsIn ? 'IN ' : '')
  const type = typeText(state, argType)
  const value =
    withDefault && defexpr !== undefined
      ? ` DEFAULT ${printValue(defexpr, tableScope(state, null), type)}`
      : ''
  return `${word}${name === undefined || name === '' ? '' : `${readableName(name)} `}${type}${value}`
}

/** Routines keep no lengths and precisions. */
function typeText(state: ImportState, type: FunctionParameter['argType']): string {
  const { type: printed } = printType(state, type)
  return printed.replace(/\([\d,]+\)/, '')
}

export function createFunction(context: StatementContext, statement: CreateFunctionStmt): void {
  const { state } = context
  const { schema: given, name } = qualifiedOf(statement.funcname)
  const schema = given ?? state.currentSchema
  const isProcedure = statement.is_procedure === true
  const parameters = parametersOf(statement.parameters)
  const listed = parameters.filter(({ mode }) => mode !== 'FUNC_PARAM_TABLE')
  const text = (withDefault: boolean): string =>
    listed.map((one) => parameterText(context, one, { withDefault, isProcedure })).join(', ')
  const options = new Map(optionsOf(statement.options).map((one) => [one.defname, one.arg]))
  const returns = isProcedure ? null : returnsText(context, statement, parameters)
  const language = valueOf(options.get('language')) ?? 'sql'
  const definition = [
    `CREATE OR REPLACE ${isProcedure ? 'PROCEDURE' : 'FUNCTION'} ${printedName(schema, name)}(${text(true)})\n`,
    returns === null ? '' : ` RETURNS ${returns}\n`,
    ` LANGUAGE ${readableName(language.toLowerCase())}\n`,
    ...attributes(options, isProcedure),
    ...settings(statement.options),
    bodyText(context, statement, { options, name, isProcedure }),
    '\n',
  ].join('')
  const identityArguments = text(false)
  const before = state.routines(schema, name).find((one) => one.identityArguments === identityArguments)
  const routine: RoutineDraft = {
    kind: 'routine',
    id: before?.id ?? state.newId('routine'),
    schema,
    name,
    owner: state.owner,
    comment: before?.comment ?? null,
    routineKind: isProcedure ? 'procedure' : isOnIfThere(options.get('window')) ? 'window' : 'function',
    identityArguments,
    returns,
    language,
    definition,
    grants: before?.grants ?? grantedByDefault(state, 'functions', schema),
  }
  state.put(routine)
}

function isOnIfThere(node: Node | undefined): boolean {
  return node !== undefined && isOn(node)
}

function returnsText(
  { state }: StatementContext,
  statement: CreateFunctionStmt,
  parameters: readonly FunctionParameter[],
): string {
  const columns = parameters.filter(({ mode }) => mode === 'FUNC_PARAM_TABLE')
  if (columns.length > 0)
    return `TABLE(${columns.map((one) => `${readableName(one.name ?? '')} ${typeText(state, one.argType)}`).join(', ')})`
  const { returnType } = statement
  const out = parameters.filter(({ mode }) => mode === 'FUNC_PARAM_OUT' || mode === 'FUNC_PARAM_INOUT')
  const [only] = out
  if (returnType === undefined) return out.length === 1 ? typeText(state, only?.argType) : 'record'
  return `${returnType.setof === true ? 'SETOF ' : ''}${typeText(state, returnType)}`
}

function attributes(options: ReadonlyMap<string, Node | undefined>, isProcedure: boolean): readonly string[] {
  const words = [
    isOnIfThere(options.get('window')) ? ' WINDOW' : '',
    volatility(valueOf(options.get('volatility'))),
    isOnIfThere(options.get('strict')) ? ' STRICT' : '',
    isOnIfThere(options.get('security')) ? ' SECURITY DEFINER' : '',
    isOnIfThere(options.get('leakproof')) ? ' LEAKPROOF' : '',
  ]
  const parallel = valueOf(options.get('parallel'))?.toLowerCase()
  words.splice(
    2,
    0,
    parallel === 'safe' ? ' PARALLEL SAFE' : parallel === 'restricted' ? ' PARALLEL RESTRICTED' : '',
  )
  const cost = valueOf(options.get('cost'))
  const rows = valueOf(options.get('rows'))
  if (cost !== null && !isProcedure && cost !== '100') words.push(` COST ${cost}`)
  if (rows !== null && rows !== '1000') words.push(` ROWS ${rows}`)
  const line = words.join('')
  return line === '' ? [] : [`${line}\n`]
}

function volatility(word: string | null): string {
  return word === 'immutable' ? ' IMMUTABLE' : word === 'stable' ? ' STABLE' : ''
}

/** ` SET search_path TO 'public', 'shop'` */
function settings(nodes: Nodes): readonly string[] {
  return optionsOf(nodes).flatMap(({ defname, arg }) => {
    if (defname !== 'set' || arg === undefined || !('VariableSetStmt' in arg)) return []
    const { name = '', args, kind } = arg.VariableSetStmt
    if (kind === 'VAR_SET_CURRENT') return [` SET ${readableName(name)} FROM CURRENT\n`]
    const values = (args ?? []).map((one) => printedLiteral(valueOf(one) ?? ''))
    return [` SET ${readableName(name)} TO ${values.join(', ')}\n`]
  })
}

function bodyText(
  context: StatementContext,
  statement: CreateFunctionStmt,
  {
    options,
    name,
    isProcedure,
  }: {
    readonly options: ReadonlyMap<string, Node | undefined>
    readonly name: string
    readonly isProcedure: boolean
  },
): string {
  const as = options.get('as')
  if (statement.sql_body !== undefined) return sqlBody(context, statement.sql_body)
  const [first = '', second] = namesOf(itemsOf(as))
  if (second !== undefined) return `AS ${printedLiteral(first)}, ${printedLiteral(second)}`
  const language = valueOf(options.get('language'))
  if (language === 'internal' || language === 'c') return `AS $function$${first}$function$`
  const tag = tagFor(first, isProcedure ? 'procedure' : 'function')
  return name === '' ? '' : `AS ${tag}${first}${tag}`
}

/** As pg_get_functiondef() chooses it: letters are added until it does not stand in the body. */
function tagFor(body: string, word: string): string {
  let tag = `$${word}`
  while (body.includes(tag)) tag += 'x'
  return `${tag}$`
}

/** BEGIN ATOMIC … or RETURN …, as it is written. */
function sqlBody(context: StatementContext, body: Node): string {
  const words = outerWords(context.text)
  const start = words.find(
    ({ word }, at) => word === 'return' || (word === 'begin' && words[at + 1]?.word === 'atomic'),
  )
  if (start === undefined) throw new NotImported('The body of this function is not found.')
  return written(context, { start: start.start, end: context.text.length }, body)
}

/** ALTER FUNCTION: its attributes are in the definition, so it is told of and left out. */
export function alterFunction(state: ImportState, statement: AlterFunctionStmt): void {
  const routine = routineOf(state, statement.func)
  const options = new Map(optionsOf(statement.actions).map((one) => [one.defname, one.arg]))
  const head = routine.definition.indexOf('\nAS ')
  if (head === -1) throw new NotImported('ALTER FUNCTION is not imported for this function.')
  const attributeLine = attributes(options, routine.routineKind === 'procedure').join('')
  const lines = routine.definition.slice(0, head + 1).split('\n')
  const at = lines.findIndex((line) => line.startsWith(' LANGUAGE '))
  const old = lines[at + 1]?.startsWith(' SET ') === true ? '' : (lines[at + 1] ?? '')
  const words = `${old}${attributeLine.trimEnd()}`
  const rest = lines.slice(old === '' ? at + 1 : at + 2).filter((line) => line !== '')
  routine.definition = `${[...lines.slice(0, at + 1), ...(words === '' ? [] : [words]), ...rest].join('\n')}\n${settings(statement.actions).join('')}${routine.definition.slice(head + 1)}`
}

/** The routine that a statement names with its arguments. Throws NotImported. */
export function routineOf(state: ImportState, object: ObjectWithArgs | undefined): RoutineDraft {
  const { schema, name } = qualifiedOf(object?.objname)
  const found = state.routines(schema, name)
  const types = (object?.objargs ?? []).map((one) => ('TypeName' in one ? typeText(state, one.TypeName) : ''))
  const [only] = found
  const match =
    object?.args_unspecified === true || found.length === 1
      ? only
      : found.find((one) => inputTypes(one.identityArguments).join('\0') === types.join('\0'))
  if (match === undefined) throw new NotImported(`There is no function ${name}(${types.join(', ')}).`)
  return match
}

/** Types of `a integer, VARIADIC b text[]`, without those that only come out. */
function inputTypes(identity: string): readonly string[] {
  if (identity === '') return []
  return identity
    .replace(' ORDER BY ', ', ')
    .split(', ')
    .filter((one) => !one.startsWith('OUT '))
    .map((one) => {
      const bare = one.replace(/^(?:IN|INOUT|VARIADIC) /, '')
      const named = /^(?:"(?:[^"]|"")+"|[a-z_][\w$]*) (.+)$/.exec(bare)
      return named === null || TWO_WORDS.has(bare) ? bare : (named[1] ?? bare)
    })
}

const TWO_WORDS = new Set([
  'double precision',
  'character varying',
  'timestamp with time zone',
  'timestamp without time zone',
  'time with time zone',
  'time without time zone',
  'bit varying',
  'character varying[]',
  'double precision[]',
])

/** CREATE AGGREGATE, in the words of the person with names qualified. */
export function createAggregate(context: StatementContext, statement: DefineStmt): void {
  const { state } = context
  const { schema: given, name } = qualifiedOf(statement.defnames)
  const schema = given ?? state.currentSchema
  const [list, direct] = statement.args ?? []
  const parameters = parametersOf(itemsOf(list))
  const count = direct !== undefined && 'Integer' in direct ? (direct.Integer.ival ?? 0) : -1
  const each = parameters.map((one) =>
    parameterText(context, one, { withDefault: false, isProcedure: false }),
  )
  const identityArguments =
    count < 0
      ? each.join(', ')
      : `${each.slice(0, count).join(', ')}${count > 0 ? ' ' : ''}ORDER BY ${each.slice(count).join(', ')}`
  const values = optionsOf(statement.definition).map(
    ({ defname, arg }) => `${defname} = ${aggregateValue(state, defname, arg)}`,
  )
  const options = new Map(optionsOf(statement.definition).map((one) => [one.defname, one.arg]))
  const result = options.get('stype') ?? options.get('stype1')
  const final = options.get('finalfunc')
  const finalNames = final !== undefined && 'TypeName' in final ? namesOf(final.TypeName.names) : []
  const finalRoutine = state.routines(finalNames.at(-2), finalNames.at(-1) ?? '')[0]
  state.put({
    kind: 'routine',
    id: state.newId('routine'),
    schema,
    name,
    owner: state.owner,
    comment: null,
    routineKind: 'aggregate',
    identityArguments,
    returns:
      finalRoutine?.returns ??
      (result !== undefined && 'TypeName' in result ? typeText(state, result.TypeName) : null),
    language: 'internal',
    definition: `CREATE AGGREGATE ${printedName(schema, name)}(${identityArguments === '' ? '*' : identityArguments}) (${values.join(', ')})`,
    grants: grantedByDefault(state, 'functions', schema),
  })
}

function aggregateValue(state: ImportState, key: string, node: Node | undefined): string {
  if (node === undefined) return 'true'
  if ('TypeName' in node) {
    if (key.endsWith('type')) return printType(state, node.TypeName).type
    const names = namesOf(node.TypeName.names)
    const found = state.routines(names.at(-2), names.at(-1) ?? '')[0]
    return found === undefined ? names.map(readableName).join('.') : printedName(found.schema, found.name)
  }
  if (key.includes('initcond')) return printedLiteral(valueOf(node) ?? '')
  return valueOf(node) ?? ''
}
