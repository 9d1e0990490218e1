// Reviews statements before they run: what each locks, whom that blocks, what it rewrites, scans and loses, and how it is done more safely.
import { LockMode, type StatementReview } from '#contract/capabilities/schema.ts'
import { batchMark, type BatchMark } from '../script/batch-mark.ts'
import type { ParsedStatement } from '../script/parsed-statement.ts'
import { splitCommands } from './command-text.ts'
import { keyOf, reviewContext, type ReviewContext, type SafetyFacts } from './facts.ts'
import type { Action, Effect, Lock, Rule, SafeForm, TableCommand } from './rule.ts'
import { madeBy } from './rules/objects.ts'
import { SAFETY_RULES } from './rules.ts'
import { outsideTransaction, transactionControl } from './transaction.ts'

/** Weakest first. */
const MODES = LockMode.options
const SEVERITIES = ['danger', 'caution', 'note']
/** Constraints that have effects of their own when they are written with a column. */
const INLINE = ['CONSTR_FOREIGN', 'CONSTR_UNIQUE', 'CONSTR_PRIMARY', 'CONSTR_CHECK', 'CONSTR_EXCLUSION']

type Finding = StatementReview['findings'][number]

/** One review per statement, in their order. What a statement makes is known to those behind it. Pure. */
export function reviewSql({
  statements,
  facts,
  script,
}: {
  readonly statements: readonly ParsedStatement[]
  readonly facts: SafetyFacts
  /** The text that the statements stand in: marks of batches are in its comments. */
  readonly script?: string
}): StatementReview[] {
  const context = reviewContext(facts)
  let before = 0
  let isInBlock = false
  return statements.map((statement) => {
    const batch = script === undefined ? undefined : batchMark(script, before, statement.start)
    before = statement.end
    const review = reviewStatement(statement, context, batch)
    const made = madeBy(statement.tree, context)
    if (made !== undefined) context.noteMade(made)
    const control = transactionControl(statement.tree)
    if (control === 'BEGIN' || control === 'START') isInBlock = true
    else if (control === 'COMMIT' || control === 'ROLLBACK' || control === 'PREPARE') {
      isInBlock = false
      context.heldUp.clear()
    }
    if (isInBlock)
      for (const { schema, name, blocks } of review.locks)
        if (blocks === 'writes' || blocks === 'reads and writes')
          if (!context.isMade({ schema, name })) context.heldUp.set(keyOf({ schema, name }), { schema, name })
    return review
  })
}

function reviewStatement(
  statement: ParsedStatement,
  context: ReviewContext,
  batch: BatchMark | undefined,
): StatementReview {
  const actions = actionsOf(statement).map((action) => ({ ...action, batch }))
  const judged = actions.map((action) => ({ action, ...judge(action, context) }))
  return {
    sql: statement.text,
    findings: judged
      .flatMap(({ action, rule, effect }) => findingOf(statement, { action, rule, effect, actions }, context))
      .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)),
    locks: merged(
      judged.flatMap(({ effect }) => effect.locks),
      context,
    ),
    isDestructive: judged.some(({ effect }) => effect.isDestructive === true && !isOnlyMade(effect, context)),
    inTransaction: outsideTransaction(statement.tree) === null,
  }
}

/** The parts of a statement that have effects of their own. */
function actionsOf({ tree, text }: ParsedStatement): Action[] {
  if (!('AlterTableStmt' in tree) || tree.AlterTableStmt.objtype === 'OBJECT_TYPE') return [{ tree, text }]
  const { cmds, relation } = tree.AlterTableStmt
  if (relation === undefined) return [{ tree }]
  const { head, commands } = splitCommands(text)
  const { AlterTableStmt: statement } = tree
  return (cmds ?? []).flatMap((node, index): Action[] => {
    if (!('AlterTableCmd' in node) || node.AlterTableCmd.subtype === undefined) return []
    const { AlterTableCmd: command } = node
    const { def } = command
    const base = { statement, relation, command, head, text: commands[index] ?? '' }
    const column = def !== undefined && 'ColumnDef' in def ? def.ColumnDef : undefined
    const constraint = def !== undefined && 'Constraint' in def ? def.Constraint : undefined
    const main: TableCommand = {
      ...base,
      subtype: node.AlterTableCmd.subtype ?? 'AT_AddColumn',
      isInline: false,
      ...(column === undefined ? {} : { column }),
      ...(constraint === undefined ? {} : { constraint }),
    }
    const inline = (main.subtype === 'AT_AddColumn' ? (column?.constraints ?? []) : []).flatMap(
      (one): Action[] =>
        'Constraint' in one && INLINE.includes(one.Constraint.contype ?? '')
          ? [
              {
                tree,
                command: { ...main, subtype: 'AT_AddConstraint', constraint: one.Constraint, isInline: true },
              },
            ]
          : [],
    )
    return [{ tree, command: main }, ...inline]
  })
}

/** Names of the rules that judge a statement, one per part of it. */
export function ruleNames(statement: ParsedStatement, facts: SafetyFacts): string[] {
  const context = reviewContext(facts)
  return actionsOf(statement).map((action) => judge(action, context).rule?.name ?? '')
}

/** The first rule that has something to say; the last one always has. */
function judge(
  action: Action,
  context: ReviewContext,
): { readonly rule: Rule | undefined; readonly effect: Effect } {
  for (const rule of SAFETY_RULES) {
    const effect = rule.check(action, context)
    if (effect !== null) return { rule, effect }
  }
  return { rule: undefined, effect: { locks: [] } }
}

interface Judged {
  readonly action: Action
  readonly rule: Rule | undefined
  readonly effect: Effect
  readonly actions: readonly Action[]
}

/** Nothing is said of relations that the migration itself makes: nobody uses them yet. */
function findingOf(
  statement: ParsedStatement,
  { action, rule, effect, actions }: Judged,
  context: ReviewContext,
): Finding[] {
  if (rule === undefined || effect.message === undefined || isOnlyMade(effect, context)) return []
  const safeForm = effect.safeForm ?? indexForm(statement, context)
  return [
    {
      rule: rule.name,
      severity: rule.severity,
      message: effect.message,
      source: rule.source,
      safeForm:
        safeForm === null
          ? null
          : { summary: safeForm.summary, statements: inPlace(statement, { action, actions, safeForm }) },
    },
  ]
}

/** CREATE INDEX and batches keep their own text: only a word or a mark is put in. */
function indexForm({ tree, text }: ParsedStatement, context: ReviewContext): SafeForm | null {
  if (!('IndexStmt' in tree) || tree.IndexStmt.concurrent === true) return null
  const table = context.table(context.resolve(tree.IndexStmt.relation))
  if ((table?.partitionKey ?? null) !== null) return null
  return {
    summary: 'Build it while reads and writes go on.',
    statements: [text.replace(/^create\s+(unique\s+)?index\b/i, (found) => `${found} concurrently`)],
  }
}

/** The statements in the place of the whole statement: the other commands of an ALTER TABLE stay, before and behind. */
function inPlace(
  statement: ParsedStatement,
  { action, actions, safeForm }: Pick<Judged, 'action' | 'actions'> & { readonly safeForm: SafeForm },
): string[] {
  const own = safeForm.statements.map((one) => (one === BATCH_MARK ? `${one}${statement.text}` : one))
  if (action.command === undefined) return own
  const main = actions.filter((one) => one.command?.isInline === false)
  const at = main.indexOf(action)
  const together = (some: readonly Action[]): string[] =>
    some.length === 0
      ? []
      : [`${action.command?.head ?? ''} ${some.map((one) => one.command?.text ?? '').join(', ')}`]
  return [...together(main.slice(0, Math.max(0, at))), ...own, ...together(main.slice(at + 1))]
}

const BATCH_MARK = '-- nebula:batch rows 5000\n'

function isOnlyMade(effect: Effect, context: ReviewContext): boolean {
  return effect.locks.length > 0 && effect.locks.every(({ relation }) => context.isMade(relation))
}

/** One entry per relation, with the strongest mode. */
function merged(locks: readonly Lock[], context: ReviewContext): StatementReview['locks'] {
  const strongest = new Map<string, Lock>()
  for (const lock of locks) {
    const key = keyOf(lock.relation)
    const before = strongest.get(key)
    strongest.set(key, {
      relation: lock.relation,
      mode:
        before !== undefined && MODES.indexOf(before.mode) > MODES.indexOf(lock.mode)
          ? before.mode
          : lock.mode,
      isRewritten: lock.isRewritten === true || before?.isRewritten === true,
      isScanned: lock.isScanned === true || before?.isScanned === true,
    })
  }
  return [...strongest.values()].map(({ relation, mode, isRewritten, isScanned }) => {
    const isMade = context.isMade(relation)
    const table = isMade ? undefined : context.table(relation)
    return {
      schema: relation.schema,
      name: relation.name,
      mode,
      // Nobody uses yet what the migration itself makes.
      blocks: isMade ? 'nothing' : blockedBy(mode),
      isRewritten: isRewritten === true,
      isScanned: isScanned === true,
      estimatedRows: table?.estimatedRows ?? null,
      sizeBytes: table?.sizeBytes ?? null,
    }
  })
}

/** What others cannot do while a lock of this mode is held. */
export function blockedBy(mode: LockMode): StatementReview['locks'][number]['blocks'] {
  switch (mode) {
    case 'ACCESS SHARE':
    case 'ROW SHARE':
      return 'nothing'
    case 'ROW EXCLUSIVE':
    case 'SHARE UPDATE EXCLUSIVE':
      return 'schema changes'
    case 'SHARE':
    case 'SHARE ROW EXCLUSIVE':
    case 'EXCLUSIVE':
      return 'writes'
    case 'ACCESS EXCLUSIVE':
      return 'reads and writes'
  }
}
