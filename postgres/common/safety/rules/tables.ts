// ALTER TABLE for the table as a whole, partitions, and RENAME.
import type { LockMode } from '#contract/capabilities/schema.ts'
import type { RelationName } from '#contract/schema/types.ts'
import { name } from '../../sql/sql.ts'
import type { SyntaxNode } from '../../script/parsed-statement.ts'
import type { ReviewContext } from '../facts.ts'
import {
  commandLocks,
  manual,
  shown,
  type Lock,
  type Rule,
  type SafeForm,
  type TableCommand,
} from '../rule.ts'
import { briefRule, commandRule } from './define.ts'

const describe = (id: string): string => manual('sql-altertable', `SQL-ALTERTABLE-DESC-${id}`)
const EXCLUSIVE = { mode: 'ACCESS EXCLUSIVE' } as const
const REWRITE = { ...EXCLUSIVE, isRewritten: true, isScanned: true } as const

/** Storage parameters whose change needs the strongest lock; all others take SHARE UPDATE EXCLUSIVE. */
const STRICT_OPTIONS = ['user_catalog_table', 'security_barrier', 'security_invoker', 'check_option']

export const tableRules: readonly Rule[] = [
  commandRule({
    name: 'storage-parameters',
    subtypes: ['AT_SetRelOptions', 'AT_ResetRelOptions', 'AT_ReplaceRelOptions'],
    statement: 'ALTER TABLE, INDEX, VIEW or MATERIALIZED VIEW … SET (…), RESET (…)',
    severity: 'note',
    source: describe('SET-STORAGE-PARAMETER'),
    locks: 'SHARE UPDATE EXCLUSIVE; ACCESS EXCLUSIVE for options of a view and user_catalog_table',
    about: 'Reads and writes go on. Rows there are keep their layout until they are written anew.',
    check: (command, context) => {
      if (command.statement.objtype === 'OBJECT_INDEX') return { locks: [] }
      const { def } = command.command
      const options = def !== undefined && 'List' in def ? (def.List.items ?? []) : []
      const isStrict = options.some(
        (option) => 'DefElem' in option && STRICT_OPTIONS.includes(option.DefElem.defname ?? ''),
      )
      const mode: LockMode = isStrict ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE'
      return { locks: [{ relation: context.resolve(command.relation), mode }] }
    },
  }),
  ...(['AT_SetLogged', 'AT_SetUnLogged'] as const).map((subtype) =>
    commandRule({
      name: subtype === 'AT_SetLogged' ? 'set-logged' : 'set-unlogged',
      subtypes: [subtype],
      statement: `ALTER TABLE … SET ${subtype === 'AT_SetLogged' ? 'LOGGED' : 'UNLOGGED'}`,
      severity: 'danger',
      source: describe('SET-LOGGED-UNLOGGED'),
      locks: 'ACCESS EXCLUSIVE; rewrites the table',
      about:
        subtype === 'AT_SetLogged'
          ? 'All of the table is copied, and all of it goes into the write-ahead log.'
          : 'All of the table is copied. An unlogged table is empty after a crash, and standbys do not have it.',
      check: (command, context) => {
        const table = context.table(context.resolve(command.relation))
        if (table?.isUnlogged === (subtype === 'AT_SetUnLogged'))
          return { locks: own(command, context, EXCLUSIVE) }
        return {
          locks: own(command, context, REWRITE),
          message: `All of ${of(command, context)} is copied, and nobody can read or write it meanwhile.${subtype === 'AT_SetUnLogged' ? ' Afterwards a crash empties it.' : ''}`,
          safeForm: null,
        }
      },
    }),
  ),
  commandRule({
    name: 'set-tablespace',
    subtypes: ['AT_SetTableSpace'],
    statement: 'ALTER TABLE, INDEX or MATERIALIZED VIEW … SET TABLESPACE',
    severity: 'danger',
    source: describe('SET-TABLESPACE'),
    locks: 'ACCESS EXCLUSIVE; copies the files',
    about: 'All files are copied while nobody can read or write.',
    check: (command, context) => {
      if (command.statement.objtype === 'OBJECT_INDEX')
        return {
          locks: [],
          message:
            'The index is copied, and nobody can read or write its table in ways that use it meanwhile.',
        }
      const relation = context.resolve(command.relation)
      const now = context.relation(relation)
      const isSame = now !== undefined && (now.tablespace ?? 'pg_default') === command.command.name
      const isPartitioned = (context.table(relation)?.partitionKey ?? null) !== null
      if (isSame || isPartitioned) return { locks: own(command, context, EXCLUSIVE) }
      return {
        locks: own(command, context, { ...EXCLUSIVE, isRewritten: true }),
        message: `All files of ${shown(relation)} are copied, and nobody can read or write it meanwhile.`,
        safeForm: null,
      }
    },
  }),
  commandRule({
    name: 'set-access-method',
    subtypes: ['AT_SetAccessMethod'],
    statement: 'ALTER TABLE … SET ACCESS METHOD',
    severity: 'danger',
    source: describe('SET-ACCESS-METHOD'),
    locks: 'ACCESS EXCLUSIVE; rewrites the table',
    about: 'All rows are written anew. From Postgres 15 on.',
    check: (command, context) => {
      const relation = context.resolve(command.relation)
      const isSame = (context.relation(relation)?.accessMethod ?? 'heap') === (command.command.name ?? 'heap')
      if (isSame && context.relation(relation) !== undefined)
        return { locks: own(command, context, EXCLUSIVE) }
      return {
        locks: own(command, context, REWRITE),
        message: `Every row of ${shown(relation)} is written anew, and nobody can read or write it meanwhile.`,
        safeForm: null,
      }
    },
  }),
  briefRule({
    name: 'cluster-on',
    subtypes: ['AT_ClusterOn', 'AT_DropCluster'],
    statement: 'ALTER TABLE … CLUSTER ON, SET WITHOUT CLUSTER',
    severity: 'note',
    source: describe('CLUSTER-ON'),
    mode: 'SHARE UPDATE EXCLUSIVE',
    isAlone: true,
    about: 'Nothing is sorted by this: it says what CLUSTER will go by.',
  }),
  briefRule({
    name: 'disable-trigger',
    subtypes: [
      'AT_DisableTrig',
      'AT_DisableTrigAll',
      'AT_DisableTrigUser',
      'AT_EnableTrig',
      'AT_EnableTrigAll',
      'AT_EnableTrigUser',
      'AT_EnableAlwaysTrig',
      'AT_EnableReplicaTrig',
    ],
    statement: 'ALTER TABLE … ENABLE or DISABLE TRIGGER',
    severity: 'note',
    source: describe('DISABLE-ENABLE-TRIGGER'),
    mode: 'SHARE ROW EXCLUSIVE',
    isAlone: true,
    about: 'Writes wait for a moment. DISABLE TRIGGER ALL switches foreign keys off too.',
  }),
  commandRule({
    name: 'enable-row-security',
    subtypes: ['AT_EnableRowSecurity'],
    statement: 'ALTER TABLE … ENABLE ROW LEVEL SECURITY',
    severity: 'caution',
    source: manual('ddl-rowsecurity'),
    locks: 'ACCESS EXCLUSIVE',
    about:
      'From then on a role other than the owner sees only rows that a policy allows: none, where there is no policy. Create the policies before, in the same migration.',
    check: (command, context) => {
      const table = context.table(context.resolve(command.relation))
      const hasPolicies = (table?.policies.length ?? 0) > 0
      return {
        locks: own(command, context, EXCLUSIVE),
        message: hasPolicies
          ? `Roles other than the owner see only the rows of ${of(command, context)} that its policies allow.`
          : `${of(command, context)} has no policy so far: roles other than the owner see no rows until one is there.`,
        safeForm: null,
      }
    },
  }),
  commandRule({
    name: 'disable-row-security',
    subtypes: ['AT_DisableRowSecurity'],
    statement: 'ALTER TABLE … DISABLE ROW LEVEL SECURITY',
    severity: 'danger',
    source: manual('ddl-rowsecurity'),
    locks: 'ACCESS EXCLUSIVE',
    about: 'Everybody with rights on the table sees all rows: policies are passed over.',
    check: (command, context) => ({
      locks: own(command, context, EXCLUSIVE),
      message: `Everybody with rights on ${of(command, context)} sees all of its rows: its policies no longer hold.`,
      safeForm: null,
    }),
  }),
  commandRule({
    name: 'attach-partition',
    subtypes: ['AT_AttachPartition'],
    statement: 'ALTER TABLE … ATTACH PARTITION',
    severity: 'caution',
    source: describe('ATTACH-PARTITION'),
    locks:
      'SHARE UPDATE EXCLUSIVE on the partitioned table, ACCESS EXCLUSIVE on the partition and on the default partition; scans both unless a CHECK proves the bound',
    about:
      'All rows of the new partition are read. A valid CHECK with the bound spares that, and one on the default partition with its opposite.',
    check: attach,
  }),
  commandRule({
    name: 'detach-partition-concurrently',
    subtypes: ['AT_DetachPartition', 'AT_DetachPartitionFinalize'],
    statement: 'ALTER TABLE … DETACH PARTITION … CONCURRENTLY or FINALIZE',
    severity: 'note',
    source: describe('DETACH-PARTITION'),
    locks: 'SHARE UPDATE EXCLUSIVE on the partitioned table; ACCESS EXCLUSIVE on the partition at the end',
    about:
      'Reads and writes of the partitioned table go on. Cannot run in a transaction; from Postgres 14 on, without a default partition.',
    check: (command, context) => {
      const partition = partitionOf(command)
      if (command.subtype === 'AT_DetachPartition' && partition?.concurrent !== true) return null
      return {
        locks: [
          { relation: context.resolve(command.relation), mode: 'SHARE UPDATE EXCLUSIVE' },
          { relation: context.resolve(partition?.name), ...EXCLUSIVE },
        ],
      }
    },
  }),
  commandRule({
    name: 'detach-partition',
    subtypes: ['AT_DetachPartition'],
    statement: 'ALTER TABLE … DETACH PARTITION',
    severity: 'caution',
    source: describe('DETACH-PARTITION'),
    locks:
      'ACCESS EXCLUSIVE on the partitioned table, the partition (SHARE UPDATE EXCLUSIVE before Postgres 14) and the default partition',
    about:
      'Nobody can use any partition meanwhile: a moment, but it waits for everybody. CONCURRENTLY does not.',
    check: (command, context) => {
      const parent = context.resolve(command.relation)
      const rest = defaultPartition(parent, context)
      const canWait = context.serverVersion >= 140000 && rest === undefined
      return {
        locks: [
          ...lockAll([parent, ...(rest === undefined ? [] : [rest])], EXCLUSIVE),
          {
            relation: context.resolve(partitionOf(command)?.name),
            ...(context.serverVersion < 140000 ? { mode: 'SHARE UPDATE EXCLUSIVE' } : EXCLUSIVE),
          },
        ],
        message: `Nobody can read or write ${shown(parent)} until it has the lock and is done.`,
        safeForm: canWait
          ? {
              summary:
                'Detach it while reads and writes go on. Postgres leaves a CHECK with the bound on what was the partition.',
              statements: [`${command.head} ${command.text} concurrently`],
            }
          : null,
      }
    },
  }),
  commandRule({
    name: 'inherit',
    subtypes: ['AT_AddInherit', 'AT_DropInherit'],
    statement: 'ALTER TABLE … INHERIT, NO INHERIT',
    severity: 'note',
    source: describe('INHERIT'),
    locks: 'ACCESS EXCLUSIVE on the table; SHARE UPDATE EXCLUSIVE or ACCESS SHARE on the parent',
    about: 'Queries of the parent have the rows of the table from then on, or no longer.',
    check: (command, context) => {
      const { def } = command.command
      const parent = context.resolve(def !== undefined && 'RangeVar' in def ? def.RangeVar : undefined)
      return {
        locks: [
          ...own(command, context, EXCLUSIVE),
          {
            relation: parent,
            mode: command.subtype === 'AT_AddInherit' ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS SHARE',
          },
        ],
      }
    },
  }),
  briefRule({
    name: 'alter-table',
    subtypes: [
      'AT_ChangeOwner',
      'AT_EnableRule',
      'AT_EnableAlwaysRule',
      'AT_EnableReplicaRule',
      'AT_DisableRule',
      'AT_ForceRowSecurity',
      'AT_NoForceRowSecurity',
      'AT_ReplicaIdentity',
      'AT_AddOf',
      'AT_DropOf',
      'AT_GenericOptions',
      'AT_DropOids',
    ],
    statement:
      'ALTER TABLE … OWNER TO, ENABLE or DISABLE RULE, FORCE ROW LEVEL SECURITY, REPLICA IDENTITY, OF, NOT OF, OPTIONS',
    severity: 'note',
    source: manual('sql-altertable'),
    mode: 'ACCESS EXCLUSIVE',
    isAlone: true,
    about: 'Only the catalog changes: a moment.',
  }),
]

function own(command: TableCommand, context: ReviewContext, lock: Omit<Lock, 'relation'>): Lock[] {
  return commandLocks(command, context, lock).slice(0, 1)
}

function of(command: TableCommand, context: ReviewContext): string {
  return shown(context.resolve(command.relation))
}

export function lockAll(relations: readonly RelationName[], lock: Omit<Lock, 'relation'>): Lock[] {
  return relations.map((relation) => ({ relation, ...lock }))
}

function partitionOf(command: TableCommand) {
  const { def } = command.command
  return def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : undefined
}

/** The partition for all that fits no other. */
export function defaultPartition(parent: RelationName, context: ReviewContext): RelationName | undefined {
  return context.descendants(parent).find((child) => {
    const of = context.table(child)?.partitionOf
    return of?.bound === 'DEFAULT' && of.parent.schema === parent.schema && of.parent.name === parent.name
  })
}

function attach(command: TableCommand, context: ReviewContext): ReturnType<Rule['check']> {
  const parent = context.resolve(command.relation)
  if (command.statement.objtype === 'OBJECT_INDEX') {
    const tables = [parent, context.resolve(partitionOf(command)?.name)].flatMap(
      (index) => context.indexedBy(index) ?? [],
    )
    return { locks: lockAll(tables, { mode: 'ACCESS SHARE' }) }
  }
  const partition = context.resolve(partitionOf(command)?.name)
  const rest = defaultPartition(parent, context)
  const bound = partitionOf(command)?.bound
  const isProven = hasProof(partition, bound, context)
  const read = [...(isProven ? [] : [shown(partition)]), ...(rest === undefined ? [] : [shown(rest)])]
  return {
    locks: [
      { relation: parent, mode: 'SHARE UPDATE EXCLUSIVE' },
      { relation: partition, ...EXCLUSIVE, isScanned: !isProven },
      ...(rest === undefined ? [] : [{ relation: rest, ...EXCLUSIVE, isScanned: true }]),
    ],
    ...(read.length === 0
      ? {}
      : {
          message: `All of ${read.join(' and ')} is read to see that the rows are within the bound, and nobody can read or write there meanwhile.`,
        }),
    safeForm: isProven ? null : boundAsCheck(command, partition, context),
  }
}

/** Whether a valid CHECK of the table has the bound's values: then Postgres finds it to be proof, if it is written as the bound is. */
function hasProof(partition: RelationName, bound: SyntaxNodeBound, context: ReviewContext): boolean {
  const values = boundValues(bound)
  if (values.length === 0) return false
  return (context.table(partition)?.constraints ?? []).some(
    (one) =>
      one.kind === 'check' && one.isValidated && values.every((value) => one.expression.includes(value)),
  )
}

type SyntaxNodeBound = Extract<SyntaxNode, { PartitionBoundSpec: unknown }>['PartitionBoundSpec'] | undefined

function boundValues(bound: SyntaxNodeBound): string[] {
  return [...(bound?.lowerdatums ?? []), ...(bound?.upperdatums ?? []), ...(bound?.listdatums ?? [])].flatMap(
    constantText,
  )
}

function constantText(node: SyntaxNode): string[] {
  if (!('A_Const' in node)) return []
  const { ival, sval, fval } = node.A_Const
  if (sval !== undefined) return [sval.sval ?? '']
  if (fval !== undefined) return [fval.fval ?? '']
  return ival === undefined ? [] : [String(ival.ival ?? 0)]
}

/** For a range over one plain column, whose bound is easily said as a CHECK. */
function boundAsCheck(
  command: TableCommand,
  partition: RelationName,
  context: ReviewContext,
): SafeForm | null {
  const key = /^RANGE \(([a-z_][a-z0-9_]*|"[^"]+")\)$/.exec(
    context.table(context.resolve(command.relation))?.partitionKey ?? '',
  )?.[1]
  const bounds = /for\s+values\s+from\s*\(([^(),]+)\)\s*to\s*\(([^(),]+)\)\s*$/i.exec(command.text)
  const from = bounds?.[1]?.trim()
  const to = bounds?.[2]?.trim()
  if (key === undefined || from === undefined || to === undefined) return null
  if ([from, to].some((value) => /^(minvalue|maxvalue)$/i.test(value))) return null
  const table = name(partition.schema, partition.name).text
  const check = name(`${partition.name}_bound`).text
  return {
    summary:
      'Prove the bound by a CHECK that is validated while reads and writes go on; attaching then needs no look at the rows.',
    statements: [
      `alter table ${table} add constraint ${check} check (${key} is not null and ${key} >= ${from} and ${key} < ${to}) not valid`,
      `alter table ${table} validate constraint ${check}`,
      `${command.head} ${command.text}`,
      `alter table ${table} drop constraint ${check}`,
    ],
  }
}
