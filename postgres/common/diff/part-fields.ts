// What is compared of a column, a constraint, an index and the other parts of objects.
import type {
  Column,
  Constraint,
  ForeignKey,
  Index,
  IndexElement,
  Policy,
  Rule,
  Trigger,
} from '#contract/schema/types.ts'
import {
  comment,
  defined,
  grants,
  list,
  plain,
  set,
  showRelation,
  showSequenceOptions,
  shownAs,
  text,
  typed,
  type Field,
} from './fields.ts'
import type { Attribute, DomainConstraint, ViewColumn } from './parts.ts'
import { sameExpression, sameOptionalExpression } from './sql-text.ts'

/** Not-null constraints have names from Postgres 18 on. */
const NAMED_NOT_NULL_SINCE = 180000

export const COLUMN_FIELDS: readonly Field<Column>[] = [
  ...typed(),
  plain('nullable', (column) => column.isNullable),
  {
    name: 'not null constraint',
    show: ({ notNull }) =>
      [
        notNull?.name,
        notNull?.isValidated === false ? 'not valid' : null,
        notNull?.isNoInherit === true ? 'no inherit' : null,
      ]
        .filter((word) => word !== null && word !== undefined)
        .join(' '),
    same: (a, b, { serverVersion }) => {
      if (serverVersion < NAMED_NOT_NULL_SINCE || a.isNullable || b.isNullable) return true
      // A name that Postgres chose itself is as good as another.
      const sameName = a.notNull?.name === b.notNull?.name || !a.notNull?.name || !b.notNull?.name
      return (
        sameName &&
        (a.notNull?.isValidated ?? true) === (b.notNull?.isValidated ?? true) &&
        (a.notNull?.isNoInherit ?? false) === (b.notNull?.isNoInherit ?? false)
      )
    },
  },
  {
    name: 'generated',
    show: ({ generated }) => (generated === null ? '' : `${generated.expression} ${generated.kind}`),
    same: (a, b, { changes }) =>
      a.generated?.kind === b.generated?.kind &&
      sameOptionalExpression(a.generated?.expression ?? null, b.generated?.expression ?? null, changes),
  },
  text('default', (column) => column.default),
  shownAs('identity', ({ identity }) =>
    identity === null
      ? ''
      : `${identity.kind}, ${showRelation(identity.sequence)}, ${showSequenceOptions(identity.options)}`,
  ),
  plain('storage', (column) => column.storage),
  plain('compression', (column) => column.compression),
  plain('statistics target', (column) => column.statisticsTarget),
  set('options', (column) => column.options),
  comment(),
  grants(),
]

export const VIEW_COLUMN_FIELDS: readonly Field<ViewColumn>[] = [
  text('type', (column) => column.type),
  text('default', (column) => column.default),
  comment(),
  grants(),
]

export const ATTRIBUTE_FIELDS: readonly Field<Attribute>[] = [...typed(), comment()]

export const DOMAIN_CONSTRAINT_FIELDS: readonly Field<DomainConstraint>[] = [
  text('expression', (constraint) => constraint.expression),
  plain('validated', (constraint) => constraint.isValidated),
  comment(),
]

type Deferrable = Exclude<Constraint, { readonly kind: 'check' }>

function deferral(constraint: Constraint): string {
  if (constraint.kind === 'check') return ''
  const { isDeferrable, isInitiallyDeferred }: Deferrable = constraint
  return isDeferrable ? (isInitiallyDeferred ? 'initially deferred' : 'deferrable') : 'not deferrable'
}

/** What makes a constraint another one: it must be dropped and made again when these differ. */
function constraintBody(constraint: Constraint): string {
  switch (constraint.kind) {
    case 'check':
      return `check (${constraint.expression})${constraint.isNoInherit ? ' no inherit' : ''}`
    case 'exclusion':
      return constraint.definition
    case 'foreign key':
      return foreignKeyBody(constraint)
    default:
      return `${constraint.kind} (${constraint.columns.join(', ')})${
        constraint.include.length > 0 ? ` include (${constraint.include.join(', ')})` : ''
      }${constraint.isNullsNotDistinct ? ' nulls not distinct' : ''}${constraint.isWithoutOverlaps ? ' without overlaps' : ''}`
  }
}

function foreignKeyBody(key: ForeignKey): string {
  const { references } = key
  return `foreign key (${key.columns.join(', ')}${key.isPeriod ? ' period' : ''}) references ${showRelation(references)} (${references.columns.join(', ')}) match ${key.match} on update ${key.onUpdate} on delete ${key.onDelete} (${key.onDeleteColumns.join(', ')})`
}

export const CONSTRAINT_FIELDS: readonly Field<Constraint>[] = [
  {
    name: 'definition',
    show: constraintBody,
    same: (a, b, { changes }) =>
      a.kind === b.kind &&
      (a.kind === 'check' && b.kind === 'check'
        ? a.isNoInherit === b.isNoInherit && sameExpression(a.expression, b.expression, changes)
        : a.kind === 'exclusion' && b.kind === 'exclusion'
          ? sameExpression(a.definition, b.definition, changes)
          : constraintBody(a) === constraintBody(b)),
  },
  shownAs('deferral', deferral),
  plain('validated', (constraint) =>
    constraint.kind === 'foreign key' || constraint.kind === 'check' ? constraint.isValidated : true,
  ),
  plain('enforced', (constraint) =>
    constraint.kind === 'foreign key' || constraint.kind === 'check' ? constraint.isEnforced : true,
  ),
  set('options', (constraint) =>
    constraint.kind === 'primary key' || constraint.kind === 'unique' ? constraint.options : [],
  ),
  plain('tablespace', (constraint) =>
    constraint.kind === 'primary key' || constraint.kind === 'unique' ? constraint.tablespace : null,
  ),
  comment(),
]

const NO_TEXTS = { expression: null, collation: null, operatorClass: null }

function showElement(element: IndexElement): string {
  const { column, expression, collation, operatorClass, isDescending, isNullsFirst } = element
  return [
    column ?? expression ?? '',
    collation === null ? '' : ` collate ${collation}`,
    operatorClass === null ? '' : ` ${operatorClass}`,
    isDescending ? ' desc' : '',
    isNullsFirst === isDescending ? '' : isNullsFirst ? ' nulls first' : ' nulls last',
  ].join('')
}

export const INDEX_FIELDS: readonly Field<Index>[] = [
  plain('method', (index) => index.method),
  {
    name: 'columns',
    show: (index) => index.elements.map(showElement).join(', '),
    same: (a, b, { changes }) =>
      a.elements.length === b.elements.length &&
      a.elements.every((element, at) => {
        const other = b.elements[at]
        return (
          other !== undefined &&
          (['expression', 'collation', 'operatorClass'] as const).every((field) =>
            sameOptionalExpression(element[field], other[field], changes),
          ) &&
          showElement({ ...element, ...NO_TEXTS }) === showElement({ ...other, ...NO_TEXTS })
        )
      }),
  },
  list('include', (index) => index.include),
  plain('unique', (index) => index.isUnique),
  plain('nulls not distinct', (index) => index.isNullsNotDistinct),
  text('condition', (index) => index.where),
  set('options', (index) => index.options),
  plain('tablespace', (index) => index.tablespace),
  // A broken index is built anew; a good one is never broken on purpose.
  {
    name: 'valid',
    show: (index) => (index.isValid ? 'yes' : 'no'),
    same: (a, b) => a.isValid || !b.isValid,
  },
  plain('clustered', (index) => index.isClustered),
  {
    name: 'parent',
    show: (index) => showRelation(index.parent),
    same: (a, b) => showRelation(a.parent) === showRelation(b.parent),
  },
  comment(),
]

export const TRIGGER_FIELDS: readonly Field<Trigger>[] = defined()

export const RULE_FIELDS: readonly Field<Rule>[] = defined()

export const POLICY_FIELDS: readonly Field<Policy>[] = [
  plain('command', (policy) => policy.command),
  plain('permissive', (policy) => policy.isPermissive),
  set('roles', (policy) => policy.roles),
  text('using', (policy) => policy.using),
  text('check', (policy) => policy.check),
  comment(),
]
