// What a statement does, as far as its text tells: whether rows come, whether it writes, whether the catalog is another one afterwards.
// Where the text does not tell (a procedure, a prepared statement), the careful answer is given.
import { createLexer } from './lexer.ts'

export interface StatementClass {
  /** The first word, in lower case; what a `with` is for; empty for no statement. */
  readonly verb: string
  /** `maybe` where only the server knows: CALL, EXECUTE. */
  readonly returnsRows: boolean | 'maybe'
  /** Whether it changes anything but the session, or locks: what a read-only connection must refuse. Functions called by a SELECT are not seen. */
  readonly isWrite: boolean
  readonly changesSchema: boolean
  /** BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their kin. */
  readonly isTransactionControl: boolean
}

interface Word {
  readonly text: string
  readonly depth: number
  /** Whether an opening parenthesis stands right before it. */
  readonly isFirstInside: boolean
}

const MODIFYING = ['insert', 'update', 'delete', 'merge']
const QUERIES = ['select', 'values', 'table']
const NOTHING: StatementClass = {
  verb: '',
  returnsRows: false,
  isWrite: false,
  changesSchema: false,
  isTransactionControl: false,
}
const READ = { ...NOTHING, returnsRows: true }
const WRITE = { ...NOTHING, isWrite: true }
const SCHEMA = { ...WRITE, changesSchema: true }
const UNKNOWN: Omit<StatementClass, 'verb'> = { ...WRITE, returnsRows: 'maybe' }
const TRANSACTION = { ...NOTHING, isTransactionControl: true }
const CLASSES: Readonly<Record<string, Omit<StatementClass, 'verb'>>> = {
  show: READ,
  fetch: READ,
  create: SCHEMA,
  alter: SCHEMA,
  drop: SCHEMA,
  comment: SCHEMA,
  import: SCHEMA,
  // What a block or a procedure does cannot be seen from here.
  do: SCHEMA,
  call: { ...SCHEMA, returnsRows: 'maybe' },
  execute: UNKNOWN,
  truncate: WRITE,
  grant: WRITE,
  revoke: WRITE,
  reassign: WRITE,
  security: WRITE,
  vacuum: WRITE,
  analyze: WRITE,
  analyse: WRITE,
  reindex: WRITE,
  cluster: WRITE,
  refresh: WRITE,
  checkpoint: WRITE,
  lock: WRITE,
  set: NOTHING,
  reset: NOTHING,
  discard: NOTHING,
  load: NOTHING,
  deallocate: NOTHING,
  declare: NOTHING,
  move: NOTHING,
  close: NOTHING,
  listen: NOTHING,
  unlisten: NOTHING,
  notify: NOTHING,
  prepare: NOTHING,
  begin: TRANSACTION,
  start: TRANSACTION,
  commit: TRANSACTION,
  end: TRANSACTION,
  rollback: TRANSACTION,
  abort: TRANSACTION,
  savepoint: TRANSACTION,
  release: TRANSACTION,
}

/** Classifies one statement (see splitScript). */
export function classifyStatement(sql: string): StatementClass {
  return classify(readWords(sql))
}

function classify(words: readonly Word[]): StatementClass {
  const first = words[0]
  if (first === undefined) return NOTHING
  const verb = first.text
  const second = words[1]?.text
  if (verb === 'explain') return classifyExplain(words)
  if (verb === 'with' || QUERIES.includes(verb) || MODIFYING.includes(verb)) return classifyQuery(words)
  if (verb === 'copy') return classifyCopy(words)
  if (verb === 'prepare' && second === 'transaction') return { ...TRANSACTION, verb }
  if (
    verb === 'set' &&
    (second === 'transaction' || (second === 'session' && words[2]?.text === 'characteristics'))
  )
    return { ...TRANSACTION, verb }
  return { ...(Object.hasOwn(CLASSES, verb) ? (CLASSES[verb] ?? UNKNOWN) : UNKNOWN), verb }
}

function classifyQuery(words: readonly Word[]): StatementClass {
  // (select …) union (select …) starts one deeper.
  const depth = words[0]?.depth ?? 0
  const main = words.find((word) => word.depth <= depth && [...QUERIES, ...MODIFYING].includes(word.text))
  const verb = main?.text ?? words[0]?.text ?? ''
  const top = words.filter((word) => word.depth === (main?.depth ?? 0))
  if (MODIFYING.includes(verb))
    return { ...WRITE, verb, returnsRows: top.some((word) => word.text === 'returning') }
  const writesInside = words.some((word) => word.isFirstInside && MODIFYING.includes(word.text))
  const isInto = verb === 'select' && top.some((word) => word.text === 'into')
  const locks = words.some(
    (word, index) =>
      word.text === 'for' &&
      ['update', 'share', 'no', 'key'].includes(words[index + 1]?.text ?? '') &&
      verb === 'select',
  )
  return {
    verb,
    returnsRows: !isInto,
    isWrite: writesInside || isInto || locks,
    changesSchema: isInto,
    isTransactionControl: false,
  }
}

function classifyExplain(words: readonly Word[]): StatementClass {
  // Options come in parentheses, or as the bare words ANALYZE and VERBOSE.
  const inner = words.findIndex(
    (word, index) => index > 0 && word.depth === 0 && !['analyze', 'analyse', 'verbose'].includes(word.text),
  )
  const from = inner < 0 ? words.findIndex((word) => QUERIES.includes(word.text)) : inner
  const options = words.slice(1, from < 0 ? words.length : from)
  const at = options.findIndex((word) => word.text === 'analyze' || word.text === 'analyse')
  const isRun = at >= 0 && !['off', 'false', '0'].includes(options[at + 1]?.text ?? '')
  const explained = classify(from < 0 ? [] : words.slice(from))
  return {
    ...READ,
    verb: 'explain',
    isWrite: isRun && explained.isWrite,
    changesSchema: isRun && explained.changesSchema,
  }
}

function classifyCopy(words: readonly Word[]): StatementClass {
  const isIn = words.some((word) => word.depth === 0 && word.text === 'from')
  const writesInside = words.some((word) => word.isFirstInside && MODIFYING.includes(word.text))
  return { ...NOTHING, verb: 'copy', isWrite: isIn || writesInside }
}

/** Words in lower case with their depth; a leading parenthesis of the whole statement counts too. Numbers stand for option values. */
function readWords(sql: string): Word[] {
  const lexer = createLexer(sql)
  const words: Word[] = []
  let depth = 0
  let isFirstInside = false
  for (;;) {
    lexer.next()
    switch (lexer.kind) {
      case 'end':
        return words
      case 'space':
      case 'comment':
        continue
      case 'open':
        depth++
        isFirstInside = true
        continue
      case 'close':
        depth--
        break
      case 'word':
      case 'number':
        words.push({ text: sql.slice(lexer.start, lexer.end).toLowerCase(), depth, isFirstInside })
        break
      default:
        break
    }
    isFirstInside = false
  }
}
