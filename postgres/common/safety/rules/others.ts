// Statements that touch no table: each kind is named, so that a kind that is not known stands out.
import { manual, type Rule } from '../rule.ts'
import { statementRule } from './define.ts'

/** A rule for these kinds of statements, which lock no table. */
function quiet(
  kinds: readonly string[],
  rule: Omit<Rule, 'check' | 'locks'> & { readonly message?: string },
): Rule {
  const { message, ...rest } = rule
  return statementRule({
    ...rest,
    locks: 'None on tables',
    check: (tree) =>
      kinds.includes(Object.keys(tree)[0] ?? '')
        ? { locks: [], ...(message === undefined ? {} : { message, safeForm: null }) }
        : null,
  })
}

export const otherRules: readonly Rule[] = [
  quiet(
    [
      'CreateRoleStmt',
      'AlterRoleStmt',
      'AlterRoleSetStmt',
      'GrantRoleStmt',
      'AlterDefaultPrivilegesStmt',
      'CreateUserMappingStmt',
      'AlterUserMappingStmt',
      'DropUserMappingStmt',
    ],
    {
      name: 'roles',
      statement: 'CREATE, ALTER ROLE; GRANT of roles; ALTER DEFAULT PRIVILEGES; USER MAPPING',
      severity: 'note',
      source: manual('sql-createrole'),
      about: 'Roles belong to the whole server: another database of it has them too.',
    },
  ),
  quiet(['DropRoleStmt', 'DropOwnedStmt', 'ReassignOwnedStmt'], {
    name: 'drop-role',
    statement: 'DROP ROLE, DROP OWNED, REASSIGN OWNED',
    severity: 'danger',
    source: manual('sql-drop-owned'),
    about: 'DROP OWNED drops all tables of the role in this database, with their rows.',
    message:
      'Roles belong to the whole server. DROP OWNED drops everything that the role owns here, rows included.',
  }),
  quiet(
    [
      'CreatedbStmt',
      'AlterDatabaseStmt',
      'AlterDatabaseSetStmt',
      'AlterDatabaseRefreshCollStmt',
      'AlterSystemStmt',
      'CreateTableSpaceStmt',
      'AlterTableSpaceOptionsStmt',
      'AlterTableMoveAllStmt',
    ],
    {
      name: 'server',
      statement: 'CREATE and ALTER DATABASE, ALTER SYSTEM, TABLESPACE',
      severity: 'caution',
      source: manual('sql-altersystem'),
      about:
        'It is about the whole server or database, not the schema; most of it cannot run in a transaction.',
      message:
        'This is about the server, not about the schema: it does not belong into a migration that runs in several places.',
    },
  ),
  quiet(['DropdbStmt', 'DropTableSpaceStmt'], {
    name: 'drop-database',
    statement: 'DROP DATABASE, DROP TABLESPACE',
    severity: 'danger',
    source: manual('sql-dropdatabase'),
    about: 'Everything in it is lost.',
    message: 'Everything in it is lost for good.',
  }),
  quiet(['CreateSubscriptionStmt', 'AlterSubscriptionStmt', 'DropSubscriptionStmt'], {
    name: 'subscription',
    statement: 'CREATE, ALTER, DROP SUBSCRIPTION',
    severity: 'caution',
    source: manual('sql-createsubscription'),
    about: 'It reaches another server and makes or drops a replication slot there.',
    message: 'It reaches another server, and makes or drops a replication slot there.',
  }),
  quiet(
    [
      'VariableSetStmt',
      'VariableShowStmt',
      'ConstraintsSetStmt',
      'DiscardStmt',
      'PrepareStmt',
      'DeallocateStmt',
      'FetchStmt',
      'ClosePortalStmt',
      'ListenStmt',
      'UnlistenStmt',
      'NotifyStmt',
      'LoadStmt',
      'CheckPointStmt',
      'TransactionStmt',
    ],
    {
      name: 'session',
      statement: 'SET, SHOW, PREPARE, LISTEN and other statements for the session',
      severity: 'note',
      source: manual('sql-set'),
      about: 'It holds for the session. Settings end with the migration.',
    },
  ),
  quiet(
    [
      'CreateSchemaStmt',
      'CreateExtensionStmt',
      'AlterExtensionStmt',
      'CreateEventTrigStmt',
      'AlterEventTrigStmt',
      'CreatePLangStmt',
      'CreateAmStmt',
    ],
    {
      name: 'create-schema',
      statement:
        'CREATE SCHEMA, EXTENSION, EVENT TRIGGER, LANGUAGE, ACCESS METHOD; ALTER EXTENSION, EVENT TRIGGER',
      severity: 'note',
      source: manual('sql-createextension'),
      about:
        'Nothing waits for it. ALTER EXTENSION … UPDATE runs a script of the extension, which may do more.',
    },
  ),
  quiet(['AlterExtensionContentsStmt', 'AlterObjectDependsStmt'], {
    name: 'extension-contents',
    statement: 'ALTER EXTENSION … ADD or DROP; ALTER … DEPENDS ON EXTENSION',
    severity: 'note',
    source: manual('sql-alterextension'),
    about: 'Only the catalog changes.',
  }),
  quiet(
    [
      'DefineStmt',
      'CreateCastStmt',
      'CreateConversionStmt',
      'CreateOpClassStmt',
      'CreateOpFamilyStmt',
      'AlterOpFamilyStmt',
      'AlterOperatorStmt',
      'CreateTransformStmt',
      'AlterCollationStmt',
      'AlterTSDictionaryStmt',
      'AlterTSConfigurationStmt',
      'CreateFdwStmt',
      'AlterFdwStmt',
      'CreateForeignServerStmt',
      'AlterForeignServerStmt',
      'ImportForeignSchemaStmt',
    ],
    {
      name: 'create-other',
      statement:
        'AGGREGATE, OPERATOR, CAST, COLLATION, CONVERSION, TEXT SEARCH, FOREIGN DATA WRAPPER, SERVER, IMPORT FOREIGN SCHEMA',
      severity: 'note',
      source: manual('sql-commands'),
      about: 'Nothing waits for it.',
    },
  ),
]

/** For what no rule knows: the careful answer. */
export const UNKNOWN_RULE = statementRule({
  name: 'unknown',
  statement: 'Any other statement',
  severity: 'caution',
  source: manual('sql-commands'),
  locks: 'Not known',
  about: 'No rule is there for it. A dry run shows what it locks.',
  check: () => ({
    locks: [],
    message: 'No rule is there for this statement. A dry run shows what it locks.',
    safeForm: null,
  }),
})
