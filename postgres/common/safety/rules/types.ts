// Types and domains.
import type { RelationName } from '#contract/schema/types.ts'
import type { ReviewContext } from '../facts.ts'
import { manual, shown, type Rule } from '../rule.ts'
import { strings } from '../tree.ts'
import { addsEnumValue } from '../transaction.ts'
import { domainOf } from './columns.ts'
import { statementRule } from './define.ts'

/** Tables with a column of a user's type. */
export function usersOfType(names: readonly string[], context: ReviewContext): RelationName[] {
  const name = names.at(-1)
  const schema = names.at(-2)
  const ids = new Set(
    (context.model?.objects ?? [])
      .filter(
        (object) =>
          ['enum', 'domain', 'composite', 'range'].includes(object.kind) &&
          object.name === name &&
          (schema === undefined || ('schema' in object && object.schema === schema)),
      )
      .map((object) => object.id),
  )
  return (context.model?.objects ?? []).flatMap((object) =>
    object.kind === 'table' &&
    object.columns.some((column) => column.typeId !== null && ids.has(column.typeId))
      ? [{ schema: object.schema, name: object.name }]
      : [],
  )
}

export const typeRules: readonly Rule[] = [
  statementRule({
    name: 'enum-add-value',
    statement: 'ALTER TYPE … ADD VALUE',
    severity: 'note',
    source: manual('sql-altertype'),
    locks: 'None on tables',
    about:
      'The value cannot be used before it is committed, so it is a step of its own. Postgres cannot take a value out of an enum again.',
    check: (tree) =>
      addsEnumValue(tree)
        ? {
            locks: [],
            message:
              'The value can be used once it is committed: it is a step of its own. It cannot be taken out of the enum again.',
            safeForm: null,
          }
        : null,
  }),
  statementRule({
    name: 'enum-rename-value',
    statement: 'ALTER TYPE … RENAME VALUE',
    severity: 'caution',
    source: manual('sql-altertype'),
    locks: 'None on tables',
    about: 'Rows show the new label at once. Programs that still write the old one fail.',
    check: (tree) =>
      'AlterEnumStmt' in tree
        ? {
            locks: [],
            message: 'Rows show the new label at once, and programs that still write the old one fail.',
            safeForm: null,
          }
        : null,
  }),
  statementRule({
    name: 'domain-add-constraint',
    statement: 'ALTER DOMAIN … ADD CONSTRAINT, SET NOT NULL, VALIDATE CONSTRAINT',
    severity: 'caution',
    source: manual('sql-alterdomain'),
    locks: 'SHARE on each table with a column of the domain; scans them',
    about:
      'All rows of all those tables are read while nobody can write to them. ADD CONSTRAINT … NOT VALID does not look at them; VALIDATE does, under the same lock.',
    check: (tree, context) => {
      if (!('AlterDomainStmt' in tree)) return null
      const { subtype, typeName, def } = tree.AlterDomainStmt
      const isNotValid = def !== undefined && 'Constraint' in def && def.Constraint.skip_validation === true
      // As the parser writes ADD, SET NOT NULL and VALIDATE.
      if (!['C', 'O', 'V'].includes(subtype ?? '') || isNotValid) return null
      const names = strings(typeName)
      const users = domainOf(names, context) === undefined ? [] : usersOfType(names, context)
      return {
        locks: users.map((relation) => ({ relation, mode: 'SHARE', isScanned: true })),
        ...(users.length === 0
          ? {}
          : {
              message: `All of ${users.map(shown).join(', ')} is read, and nobody can write there meanwhile.`,
              safeForm: null,
            }),
      }
    },
  }),
  statementRule({
    name: 'alter-domain',
    statement: 'ALTER DOMAIN, otherwise',
    severity: 'note',
    source: manual('sql-alterdomain'),
    locks: 'None on tables',
    about: 'Only the catalog changes.',
    check: (tree) => ('AlterDomainStmt' in tree ? { locks: [] } : null),
  }),
  statementRule({
    name: 'alter-composite',
    statement: 'ALTER TYPE … ADD, DROP or ALTER ATTRIBUTE',
    severity: 'caution',
    source: manual('sql-altertype'),
    locks: 'ACCESS EXCLUSIVE on the type',
    about:
      'Postgres refuses to change an attribute’s type while a column has the type. A dropped attribute’s values are lost.',
    check: (tree) => {
      if (!('AlterTableStmt' in tree) || tree.AlterTableStmt.objtype !== 'OBJECT_TYPE') return null
      const isDropping = (tree.AlterTableStmt.cmds ?? []).some(
        (node) => 'AlterTableCmd' in node && node.AlterTableCmd.subtype === 'AT_DropColumn',
      )
      return {
        locks: [],
        ...(isDropping ? { message: 'Values of the attribute are lost for good.', isDestructive: true } : {}),
      }
    },
  }),
  statementRule({
    name: 'create-type',
    statement: 'CREATE TYPE, CREATE DOMAIN, ALTER TYPE … SET',
    severity: 'note',
    source: manual('sql-createtype'),
    locks: 'None on tables',
    about: 'Nothing waits for it.',
    check: (tree) =>
      'CreateEnumStmt' in tree ||
      'CompositeTypeStmt' in tree ||
      'CreateRangeStmt' in tree ||
      'CreateDomainStmt' in tree ||
      'AlterTypeStmt' in tree
        ? { locks: [] }
        : null,
  }),
]
