// Statements that hold a password: the file and the history keep it, and so may the server's log.
import type { Node } from '@pgsql/types'
import type { SyntaxNode } from '../../script/parsed-statement.ts'
import { manual, type Rule, type SafeForm } from '../rule.ts'

const KEPT =
  'The password stands in the migration: its file, the history in the database and perhaps the log of the server keep it, for everybody who may read them.'

export const passwordRules: readonly Rule[] = [
  {
    name: 'password-in-text',
    statement: 'CREATE, ALTER ROLE … PASSWORD; USER MAPPING, SERVER and SUBSCRIPTION with a password',
    severity: 'danger',
    source: manual('sql-createrole'),
    locks: 'None on tables',
    about:
      'The file of the migration keeps the password, and the history in the database and perhaps the log of the server. Set it by hand, with `\\password` in psql, which sends only what the server stores of it.',
    check({ tree, text, command }) {
      if (command !== undefined) return null
      const what = holderOf(tree)
      if (what === null) return null
      const safeForm = what === 'role' ? withoutPassword(text ?? '') : null
      const advice =
        what === 'role'
          ? 'Set it by hand instead, with \\password in psql.'
          : 'Set it by hand instead, outside of migrations.'
      return { locks: [], message: `${KEPT} ${advice}`, safeForm }
    },
  },
]

/** Whose password the statement has; null for none. What the server stores of a password is none: it cannot be logged in with. */
function holderOf(tree: SyntaxNode): 'role' | 'other' | null {
  if ('CreateRoleStmt' in tree) return hasPassword(tree.CreateRoleStmt.options, true) ? 'role' : null
  if ('AlterRoleStmt' in tree) return hasPassword(tree.AlterRoleStmt.options, true) ? 'role' : null
  for (const options of [
    'CreateUserMappingStmt' in tree ? tree.CreateUserMappingStmt.options : undefined,
    'AlterUserMappingStmt' in tree ? tree.AlterUserMappingStmt.options : undefined,
    'CreateForeignServerStmt' in tree ? tree.CreateForeignServerStmt.options : undefined,
    'AlterForeignServerStmt' in tree ? tree.AlterForeignServerStmt.options : undefined,
  ])
    if (hasPassword(options, false)) return 'other'
  const address =
    'CreateSubscriptionStmt' in tree
      ? tree.CreateSubscriptionStmt.conninfo
      : 'AlterSubscriptionStmt' in tree
        ? tree.AlterSubscriptionStmt.conninfo
        : undefined
  return address !== undefined && /\bpassword\s*=|:\/\/[^/@\s:]*:[^/@\s]+@/i.test(address) ? 'other' : null
}

function hasPassword(options: readonly Node[] | undefined, isOfRole: boolean): boolean {
  return (options ?? []).some((option) => {
    if (!('DefElem' in option)) return false
    const { defname = '', arg } = option.DefElem
    if (!/^passw(or)?d$|^sslpassword$/i.test(defname)) return false
    // PASSWORD NULL takes it away.
    const value = arg !== undefined && 'String' in arg ? (arg.String.sval ?? '') : ''
    return value !== '' && !(isOfRole && value.startsWith('SCRAM-SHA-256$'))
  })
}

/** The same without it. Null where it is written in a way that is not plain to see. */
function withoutPassword(text: string): SafeForm | null {
  const parts = text.split(/\s+(?:encrypted\s+)?password\s+'(?:[^'\\]|'')*'/i)
  const [before, after] = parts
  if (parts.length !== 2 || before === undefined || after === undefined || /["'$]|--|\/\*/.test(before))
    return null
  return {
    summary: 'Leave the password out, and set it by hand',
    statements: [`${before}${after}`.replace(/\s+with\s*$/i, '')],
  }
}
