// Completion of half-written SQL: what fits at the caret, best first. Pure; the editor's provider and the tests call the same function.
import { quoteIdentifier } from '#postgres/common/sql/quote.ts'
import { shortType } from '#postgres/common/types/short-type.ts'
import { readableName } from '#postgres/common/sql/readable-name.ts'
import { groupTokens } from './blocks.ts'
import type { CatalogIndex, NamedColumn } from './catalog-index.ts'
import type { Expected } from './context.ts'
import { comparedColumn, expectedAt } from './context.ts'
import {
  AFTER_RELATION_WORDS,
  BUILT_IN_FUNCTIONS,
  BUILT_IN_TYPES,
  CONDITION_WORDS,
  ORDER_WORDS,
  SELECT_WORDS,
  STATEMENT_WORDS,
} from './keywords.ts'
import { matchScore } from './match.ts'
import type { Scope, ScopeRelation } from './scope.ts'
import { resolveScope } from './scope.ts'
import { tokenize } from './tokens.ts'
import type { Token } from './tokens.ts'

export type CompletionKind =
  | 'column'
  | 'table'
  | 'view'
  | 'commonTable'
  | 'alias'
  | 'schema'
  | 'function'
  | 'type'
  | 'keyword'
  | 'label'
  | 'condition'

export interface CompletionItem {
  readonly kind: CompletionKind
  readonly label: string
  /** What is written, where it differs from the label: quoted, qualified. */
  readonly insertText: string
  /** Right of the label: the type, the schema. */
  readonly detail: string
  /** In words, for the box beside the list. */
  readonly documentation: string
}

export interface Completions {
  readonly items: readonly CompletionItem[]
  /** The part of the text that an item replaces. */
  readonly start: number
  readonly end: number
}

export interface CompletionRequest {
  /** The statement that the caret is in. */
  readonly text: string
  /** The caret, in UTF-16 units from the start of `text`. */
  readonly offset: number
  readonly index: CatalogIndex
}

/** Items given at most; the editor asks again as more is typed. */
const MAX_ITEMS = 200

/** What fits at the caret. Never throws; nothing where a new name is being made up, in comments and in text. */
export function complete({ text, offset, index }: CompletionRequest): Completions {
  const none: Completions = { items: [], start: offset, end: offset }
  const tokens = tokenizeAround(text, offset)
  const at = tokens.find(
    (token) =>
      token.start < offset &&
      (token.end > offset ||
        (token.end === offset && (!token.isClosed || token.kind === 'number' || token.kind === 'parameter'))),
  )
  if (at?.kind === 'comment' || at?.kind === 'number' || at?.kind === 'parameter') return none
  if (at?.kind === 'dollar') {
    // A function's body is SQL of its own; only the statement around the caret matters.
    const tagLength = text.indexOf('$', at.start + 1) + 1 - at.start
    const inner = completeBody(at.text, offset - at.start - tagLength, index)
    const shift = at.start + tagLength
    return { items: inner.items, start: inner.start + shift, end: inner.end + shift }
  }
  const outside = tokens.filter((token) => token !== at)
  if (at?.kind === 'string') {
    const root = groupTokens(outside, text.length)
    const column = comparedColumn(root, at.start)
    return column === undefined
      ? none
      : completeLabel({ text, offset, index }, at.start + 1, { column, root })
  }

  const touching = tokens.find(
    (token) =>
      token.start < offset && token.end >= offset && (token.kind === 'word' || token.kind === 'quoted'),
  )
  const start = touching?.start ?? offset
  const isQuoted = touching?.kind === 'quoted'
  const prefix = text.slice(start + (isQuoted ? 1 : 0), offset)
  // The word under the caret is what is asked for: it must not be taken for a table, an alias or a keyword.
  const root = groupTokens(
    tokens.filter((token) => token !== touching),
    text.length,
  )
  const expected = expectedAt(root, start)
  const scope = resolveScope(root, start, index)
  const list = createList({ prefix, isQuoted })
  collect(expected, scope, index, list)
  return { items: list.finish(), start, end: Math.max(offset, touching?.end ?? offset) }
}

/** A quote that was just opened must not swallow what follows the caret: the text after it is read on its own. */
function tokenizeAround(text: string, offset: number): Token[] {
  const tokens = tokenize(text)
  const open = tokens.find((token) => token.start < offset && token.end > offset && !token.isClosed)
  if (open === undefined || (open.kind !== 'quoted' && open.kind !== 'string')) return tokens
  const rest = tokenize(text.slice(offset)).map((token) => ({
    ...token,
    start: token.start + offset,
    end: token.end + offset,
  }))
  return [...tokenize(text.slice(0, offset)), ...rest]
}

function completeBody(body: string, offset: number, index: CatalogIndex): Completions {
  const tokens = tokenize(body)
  const before = tokens.filter(
    (token) => token.kind === 'operator' && token.text === ';' && token.end <= offset,
  )
  const start = before.at(-1)?.end ?? 0
  const inner = complete({ text: body.slice(start), offset: offset - start, index })
  return { items: inner.items, start: inner.start + start, end: inner.end + start }
}

function completeLabel(
  { text, offset, index }: CompletionRequest,
  start: number,
  compared: { readonly column: readonly string[]; readonly root: ReturnType<typeof groupTokens> },
): Completions {
  const scope = resolveScope(compared.root, start, index)
  const name = compared.column.at(-1)
  const qualifier = compared.column.length > 1 ? compared.column[0] : undefined
  const column = [...scope.relations, ...scope.outer]
    .filter((relation) => qualifier === undefined || relation.name === qualifier)
    .flatMap((relation) => relation.columns)
    .find((candidate) => candidate.name === name)
  const labels = column === undefined ? undefined : index.enumLabels(column.type)
  const list = createList({ prefix: text.slice(start, offset), isQuoted: true })
  for (const label of labels ?? []) {
    list.add({ kind: 'label', label, insertText: label, detail: column?.type ?? '', documentation: '' }, 0)
  }
  return { items: list.finish(), start, end: offset }
}

interface List {
  /** `rank`: smaller is better; groups of candidates in order of likelihood. */
  add(item: CompletionItem, rank: number): void
  addName(
    kind: CompletionKind,
    name: string,
    extra: { detail: string; documentation?: string; qualify?: string; rank: number },
  ): void
  addWords(words: readonly string[], rank: number): void
  readonly prefix: string
  finish(): CompletionItem[]
}

function createList({ prefix, isQuoted }: { prefix: string; isQuoted: boolean }): List {
  const lower = prefix.toLowerCase()
  const isUpper = prefix.length > 0 && prefix === prefix.toUpperCase() && prefix !== lower
  const found: { item: CompletionItem; score: number; at: number }[] = []
  const seen = new Set<string>()
  function add(item: CompletionItem, rank: number): void {
    const match = matchScore(item.label.toLowerCase(), lower)
    if (match === undefined) return
    const key = `${item.kind}:${item.insertText}`
    if (seen.has(key)) return
    seen.add(key)
    // How it matches counts most, then how likely the kind is here; short names win ties.
    const length = lower === '' ? 0 : Math.min(9, item.label.length / 8)
    found.push({ item, score: match * 100 + rank * 10 + length, at: found.length })
  }
  return {
    prefix,
    add,
    addName(kind, name, { detail, documentation = '', qualify, rank }) {
      const written = isQuoted ? `${quoteIdentifier(name)}` : readableName(name)
      const insertText = qualify === undefined ? written : `${readableName(qualify)}.${written}`
      add({ kind, label: name, insertText, detail, documentation }, rank)
    },
    addWords(words, rank) {
      if (isQuoted) return
      for (const word of words) {
        const written = isUpper ? word.toUpperCase() : word
        add({ kind: 'keyword', label: written, insertText: written, detail: '', documentation: '' }, rank)
      }
    },
    finish: () =>
      found
        .sort(
          (a, b) => a.score - b.score || (lower === '' ? a.at - b.at : a.item.label < b.item.label ? -1 : 1),
        )
        .slice(0, MAX_ITEMS)
        .map((entry) => entry.item),
  }
}

function collect(expected: Expected, scope: Scope, index: CatalogIndex, list: List): void {
  switch (expected.kind) {
    case 'nothing':
    case 'label':
      return
    case 'statement':
      list.addWords(STATEMENT_WORDS, 0)
      return
    case 'words':
      list.addWords(expected.words, 0)
      return
    case 'schema':
      for (const schema of index.schemas) list.addName('schema', schema, { detail: 'schema', rank: 0 })
      return
    case 'type':
      addTypes(index, list)
      return
    case 'routine':
      addRoutines(index, list, 0)
      return
    case 'relation':
      addRelations(scope, index, list)
      if (expected.allowsCalls) {
        addRoutines(index, list, 4)
        list.addWords(['lateral', 'only', 'generate_series', 'unnest'], 5)
      }
      return
    case 'afterRelation':
      list.addWords(AFTER_RELATION_WORDS, 0)
      return
    case 'columnOf': {
      const table = index.relation(expected.table.name, expected.table.schema)
      if (table !== undefined) addColumns(index.columnsOf(table), table.name, list, 0)
      return
    }
    case 'targetColumn':
      if (scope.target !== undefined) addColumns(scope.target.columns, scope.target.source, list, 0)
      return
    case 'commonColumn':
      addCommonColumns(scope, list)
      return
    case 'member':
      addMembers(expected, scope, index, list)
      return
    case 'expression':
      addExpression(expected.clause, scope, index, list)
  }
}

function addColumns(columns: readonly NamedColumn[], source: string, list: List, rank: number): void {
  for (const column of columns) {
    const documentation = [`${source}.${column.name}`, column.comment ?? '']
      .filter((part) => part !== '')
      .join('\n\n')
    list.addName('column', column.name, { detail: shortType(column.type), documentation, rank })
  }
}

function addRelations(scope: Scope, index: CatalogIndex, list: List): void {
  for (const table of scope.commonTables.values())
    list.addName('commonTable', table.name, {
      detail: 'with',
      documentation: columnList(table.columns),
      rank: 0,
    })
  const lower = list.prefix.toLowerCase()
  for (const table of index.relations) {
    const isOnPath = index.isOnPath(table.schema)
    // Most do not match: find that out before anything is built.
    if (matchScore(table.name.toLowerCase(), lower) === undefined) continue
    list.addName(table.kind.endsWith('view') ? 'view' : 'table', table.name, {
      detail: isOnPath ? relationDetail(table.estimatedRows) : table.schema,
      documentation: [table.comment ?? '', columnList(index.columnsOf(table))]
        .filter((part) => part !== '')
        .join('\n\n'),
      ...(isOnPath ? {} : { qualify: table.schema }),
      rank: isOnPath ? 1 : 2,
    })
  }
  for (const schema of index.schemas) list.addName('schema', schema, { detail: 'schema', rank: 3 })
}

function relationDetail(rows: number | null): string {
  return rows === null ? '' : `${Math.round(rows).toLocaleString('en').replaceAll(',', '\u202f')} rows`
}

function columnList(columns: readonly NamedColumn[]): string {
  const shown = columns.slice(0, 12).map((column) => column.name)
  return columns.length > 12 ? `${shown.join(', ')} and ${columns.length - 12} more` : shown.join(', ')
}

function addRoutines(index: CatalogIndex, list: List, rank: number): void {
  for (const routine of index.routines) {
    list.addName('function', routine.name, {
      detail: routine.returns ?? 'procedure',
      documentation: `${routine.name}(${routine.arguments})`,
      ...(index.isOnPath(routine.schema) ? {} : { qualify: routine.schema }),
      rank,
    })
  }
}

function addTypes(index: CatalogIndex, list: List): void {
  for (const type of index.types) {
    list.addName('type', type.name, {
      detail: type.kind,
      documentation: type.details.join(', '),
      ...(index.isOnPath(type.schema) ? {} : { qualify: type.schema }),
      rank: 0,
    })
  }
  for (const name of BUILT_IN_TYPES)
    list.add({ kind: 'type', label: name, insertText: name, detail: '', documentation: '' }, 1)
}

function addMembers(
  expected: Extract<Expected, { kind: 'member' }>,
  scope: Scope,
  index: CatalogIndex,
  list: List,
): void {
  const [first, second] = expected.qualifiers
  if (first === undefined) return
  if (second !== undefined) {
    const table = index.relation(second, first)
    if (table !== undefined) addColumns(index.columnsOf(table), table.name, list, 0)
    return
  }
  if (!expected.wantsRelation) {
    const owner = [...scope.relations, ...scope.outer].find((relation) => relation.name === first)
    if (owner !== undefined) {
      addColumns(owner.columns, owner.source, list, 0)
      return
    }
  }
  if (index.hasSchema(first)) {
    for (const table of index.relationsOf(first))
      list.addName(table.kind.endsWith('view') ? 'view' : 'table', table.name, {
        detail: relationDetail(table.estimatedRows),
        rank: 0,
      })
    for (const routine of index.routines)
      if (routine.schema === first)
        list.addName('function', routine.name, {
          detail: routine.returns ?? '',
          documentation: `${routine.name}(${routine.arguments})`,
          rank: 1,
        })
    for (const type of index.types)
      if (type.schema === first) list.addName('type', type.name, { detail: type.kind, rank: 2 })
    return
  }
  // Not in scope: a table written out in full still has columns.
  const table = expected.wantsRelation ? undefined : index.relation(first)
  if (table !== undefined) addColumns(index.columnsOf(table), table.name, list, 0)
}

/** Columns that the last joined relation shares with one before it. */
function addCommonColumns(scope: Scope, list: List): void {
  const right = scope.relations.at(-1)
  if (right === undefined) return
  const names = new Set(
    scope.relations.slice(0, -1).flatMap((relation) => relation.columns.map((column) => column.name)),
  )
  addColumns(
    right.columns.filter((column) => names.has(column.name)),
    right.source,
    list,
    0,
  )
}

function addExpression(clause: string, scope: Scope, index: CatalogIndex, list: List): void {
  if (clause === 'values') {
    addFunctions(index, list)
    list.addWords(['default', 'null', 'true', 'false'], 1)
    return
  }
  const relations = clause === 'returning' && scope.target !== undefined ? [scope.target] : scope.relations
  if (clause === 'on') addJoinConditions(relations, index, list)
  if (clause === 'order') addColumns(scope.outputs, 'result', list, 0)
  const counts = new Map<string, number>()
  for (const column of relations.flatMap((relation) => relation.columns))
    counts.set(column.name, (counts.get(column.name) ?? 0) + 1)
  for (const relation of relations) {
    for (const column of relation.columns) {
      // A name that two relations have is ambiguous: it is written with its owner.
      const isAmbiguous = (counts.get(column.name) ?? 0) > 1
      list.addName('column', column.name, {
        detail: shortType(column.type),
        documentation: [`${relation.source}.${column.name}`, column.comment ?? '']
          .filter((part) => part !== '')
          .join('\n\n'),
        ...(isAmbiguous ? { qualify: relation.name } : {}),
        rank: 0,
      })
    }
  }
  for (const relation of relations)
    list.addName('alias', relation.name, {
      detail: relation.source,
      documentation: columnList(relation.columns),
      rank: 1,
    })
  for (const relation of scope.outer) {
    addOuter(relation, list)
  }
  if (relations.length === 0 && clause === 'select') addGuesses(index, list)
  addFunctions(index, list)
  list.addWords(
    clause === 'order'
      ? ORDER_WORDS
      : clause === 'select' || clause === 'returning'
        ? SELECT_WORDS
        : CONDITION_WORDS,
    4,
  )
}

function addOuter(relation: ScopeRelation, list: List): void {
  list.addName('alias', relation.name, {
    detail: relation.source,
    documentation: columnList(relation.columns),
    rank: 2,
  })
  for (const column of relation.columns)
    list.addName('column', column.name, {
      detail: shortType(column.type),
      documentation: `${relation.source}.${column.name}`,
      qualify: relation.name,
      rank: 3,
    })
}

/** `select cust|` before there is a FROM: columns of the tables on the path, once something is typed. */
function addGuesses(index: CatalogIndex, list: List): void {
  const prefix = list.prefix.toLowerCase()
  if (prefix.length < 2) return
  for (const table of index.relations) {
    if (!index.isOnPath(table.schema)) continue
    for (const column of table.columns) {
      if (column.name.startsWith(prefix))
        list.addName('column', column.name, {
          detail: shortType(column.type),
          documentation: `${table.name}.${column.name}`,
          rank: 3,
        })
    }
  }
}

function addFunctions(index: CatalogIndex, list: List): void {
  addRoutines(index, list, 2)
  for (const fn of BUILT_IN_FUNCTIONS)
    list.add(
      {
        kind: 'function',
        label: fn.name,
        insertText: fn.name,
        detail: fn.returns,
        documentation: `${fn.name}(${fn.arguments})`,
      },
      3,
    )
}

/** `on |`: the foreign keys between the joined relation and those before it, written out. */
function addJoinConditions(relations: readonly ScopeRelation[], index: CatalogIndex, list: List): void {
  const right = relations.at(-1)
  if (right?.table === undefined) return
  for (const left of relations.slice(0, -1)) {
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      if (from.table === undefined || to.table === undefined) continue
      for (const key of index.foreignKeys(from.table)) {
        const target = key.references
        if (target === null || target.table !== to.table.name || target.schema !== to.table.schema) continue
        const label = key.columns
          .map(
            (column, at) =>
              `${readableName(from.name)}.${readableName(column)} = ${readableName(to.name)}.${readableName(target.columns[at] ?? column)}`,
          )
          .join(' and ')
        list.add(
          {
            kind: 'condition',
            label,
            insertText: label,
            detail: 'foreign key',
            documentation: key.definition,
          },
          -1,
        )
      }
    }
  }
}
