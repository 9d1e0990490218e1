// Keeps a read-only connection from writing, in three layers. docs/decisions/0060-read-only-connections.md says what each stops and what none can.
//   1. Here: only kinds of statements that read are sent at all, and none that names a function which acts outside the transaction.
//   2. The server: each statement runs inside a transaction that was made read-only and has its snapshot, which Postgres then refuses to make
//      writable again, from SQL or from inside a function. One statement per message, so nothing can follow a smuggled `commit`.
//   3. The session starts with default_transaction_read_only on.
import { AppError } from '#contract/errors.ts'
import { createLexer } from '#postgres/common/script/lexer.ts'

/** How a statement is run on a read-only connection. */
export type ReadOnlyHandling =
  /** Inside a guard. */
  | 'guarded'
  /** Starts or ends a transaction, or cannot run in one, and writes nothing: sent as it is. */
  | 'unguarded'

/** Opens a read-only transaction and takes its snapshot. From then on Postgres answers "transaction read-write mode must be set before any query". */
export const OPEN_GUARD = 'begin transaction read only; select 1'
/** The same for a transaction that the person opened. */
export const RENEW_GUARD = 'set transaction read only; select 1'

const GUARDED = new Set([
  'select',
  'with',
  'values',
  'table',
  'show',
  'explain',
  'set',
  'reset',
  'declare',
  'fetch',
  'move',
  'close',
  'prepare',
  'execute',
  'deallocate',
  'savepoint',
  'release',
  'listen',
  'unlisten',
])
const UNGUARDED = new Set(['begin', 'start', 'commit', 'end', 'rollback', 'abort', 'discard'])

/** Functions that act outside the transaction, or that older servers let write in a read-only one. */
const ACTING_FUNCTIONS =
  /\b(?:dblink\w*|lo_(?:creat|create|import|unlink|put|from_bytea|open|truncate\w*|export)|lowrite|pg_file_\w+|pg_logical_emit_message|pg_logical_slot_(?:get|peek)\w*|pg_(?:create|drop|copy|alter)_\w*slot|pg_(?:replication_slot|logical_slot)_advance|pg_replication_origin_\w+|pg_terminate_backend|pg_cancel_backend|pg_reload_conf|pg_rotate_logfile\w*|pg_promote|pg_switch_wal|pg_create_restore_point|pg_(?:start_backup|stop_backup|backup_start|backup_stop)|pg_wal_replay_(?:pause|resume)|pg_stat_reset\w*|pg_stat_statements_reset|pg_stat_clear_snapshot|pg_notify|pg_import_system_collations|pg_set_(?:relation|attribute)_stats|pg_restore_(?:relation|attribute)_stats|pg_clear_(?:relation|attribute)_stats|pg_sync_replication_slots|pg_log_backend_memory_contexts)\b/i

/**
 * How a statement runs on a read-only connection. Throws READ_ONLY for everything that is not known to read. It errs on the safe side: a
 * string or comment that merely mentions one of the functions is refused too.
 */
export function handleReadOnly(sql: string): ReadOnlyHandling {
  const { verb, words } = readWords(sql)
  if (UNGUARDED.has(verb)) {
    const mentions = (pair: string): boolean => ` ${words.join(' ')} `.includes(` ${pair} `)
    if (mentions('read write')) throw refused('It asks for a transaction that may write.')
    if (mentions('prepared')) throw refused('Finishing a prepared transaction writes.')
    return 'unguarded'
  }
  if (!GUARDED.has(verb))
    throw refused(
      verb === ''
        ? 'It is not a statement that reads.'
        : `${verb.toUpperCase()} is not a statement that reads.`,
    )
  if (verb === 'prepare' && words[1] === 'transaction') throw refused('PREPARE TRANSACTION writes.')
  if (verb === 'set' || verb === 'reset') assertKeepsReadOnly(verb, words)
  if (/\bu&"/i.test(sql)) throw refused('Names with Unicode escapes are not read on read-only connections.')
  const acting = ACTING_FUNCTIONS.exec(sql)
  if (acting !== null) throw refused(`It names ${acting[0]}, which acts outside the transaction.`)
  return 'guarded'
}

function assertKeepsReadOnly(verb: string, words: readonly string[]): void {
  const switchesOff =
    words.some((word) => word.includes('read_only')) ||
    words.some((word, index) => word === 'read' && words[index + 1] === 'write') ||
    (verb === 'set' && words.includes('session_authorization')) ||
    (words[1] === 'session' && words[2] === 'authorization')
  if (switchesOff) throw refused('It would switch the protection of the session off.')
}

/** The words of a statement in lower case, and what it begins with: a word, or nothing that a statement begins with. */
function readWords(sql: string): { readonly verb: string; readonly words: readonly string[] } {
  const lexer = createLexer(sql)
  const words: string[] = []
  let verb: string | undefined
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    if (lexer.kind === 'space' || lexer.kind === 'comment' || lexer.kind === 'open') continue
    const text = lexer.kind === 'word' ? sql.slice(lexer.start, lexer.end).toLowerCase() : ''
    verb ??= text
    if (text !== '') words.push(text)
  }
  return { verb: verb ?? '', words }
}

function refused(why: string): AppError {
  return new AppError('READ_ONLY', `This connection is read-only, so the statement was not run. ${why}`, {
    hint: 'Allow writes in the settings of the connection to run it.',
  })
}
