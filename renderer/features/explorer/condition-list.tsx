// Filters: a row per condition with the operators that fit its column, and groups of them joined by and or or.
import { Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  filterOf,
  IS_VALUES,
  QUANTIFIED,
  TEXT_SEARCH,
  type Condition,
  type Filter,
  type Operator,
} from '#api-client/common/postgrest/form.ts'
import { operatorsFor, operatorTitle } from '#api-client/common/postgrest/types.ts'
import type { ApiColumn } from '#contract/requests/api-description.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { JsonPathField } from './json-path-field.tsx'
import { removeAt, replaceAt } from './list-edit.ts'

export interface ConditionListProps {
  readonly label: string
  readonly columns: readonly ApiColumn[]
  readonly conditions: readonly Condition[]
  readonly onChange: (conditions: readonly Condition[]) => void
}

/** The list. Groups hold lists of their own. */
export function ConditionList({ label, columns, conditions, onChange }: ConditionListProps): ReactNode {
  const [first] = columns
  return (
    <div role="group" aria-label={label} className="flex flex-col gap-6">
      {conditions.map((condition, index) => {
        const change = (next: Condition): void => onChange(replaceAt(conditions, index, next))
        const remove = (
          <IconButton
            size="small"
            icon={Trash2}
            label="Remove the filter"
            onPress={() => onChange(removeAt(conditions, index))}
          />
        )
        return condition.kind === 'filter' ? (
          <FilterRow key={index} columns={columns} filter={condition} onChange={change} remove={remove} />
        ) : (
          <div key={index} className="flex flex-col gap-6 border-l-2 border-line-3 pl-10">
            <div className="flex items-center gap-8">
              <Select
                label="Joined by"
                isLabelHidden
                options={[
                  { id: 'or', label: 'any of' },
                  { id: 'and', label: 'all of' },
                ]}
                value={condition.connective}
                onChange={(connective) => change({ ...condition, connective })}
              />
              <Checkbox
                label="not"
                isSelected={condition.isNegated}
                onChange={(isNegated) => change({ ...condition, isNegated })}
              />
              <span className="flex-1" />
              {remove}
            </div>
            <ConditionList
              label="Filters of the group"
              columns={columns}
              conditions={condition.conditions}
              onChange={(inside) => change({ ...condition, conditions: inside })}
            />
          </div>
        )
      })}
      {first === undefined ? null : (
        <div className="flex gap-6">
          <Button size="compact" onPress={() => onChange([...conditions, newFilter(first)])}>
            Add a filter
          </Button>
          <Button
            size="compact"
            onPress={() =>
              onChange([
                ...conditions,
                { kind: 'group', connective: 'or', isNegated: false, conditions: [newFilter(first)] },
              ])
            }
          >
            Add a group
          </Button>
        </div>
      )}
    </div>
  )
}

function newFilter(column: ApiColumn): Filter {
  const operator = operatorsFor(column)[0]?.operator ?? 'eq'
  return withOperator(filterOf(column.name, operator, ''), operator)
}

function withOperator(filter: Filter, operator: Operator): Filter {
  return {
    ...filter,
    operator,
    quantifier: isQuantified(operator) ? filter.quantifier : '',
    language: isSearch(operator) ? filter.language : '',
    values: operator === 'in' ? filter.values : [],
    value: operator === 'is' ? 'null' : operator === 'in' || filter.operator === 'is' ? '' : filter.value,
  }
}

function isQuantified(operator: Operator): boolean {
  return QUANTIFIED.some((one) => one === operator)
}

function isSearch(operator: Operator): boolean {
  return TEXT_SEARCH.some((one) => one === operator)
}

function FilterRow(props: {
  readonly columns: readonly ApiColumn[]
  readonly filter: Filter
  readonly onChange: (filter: Filter) => void
  readonly remove: ReactNode
}): ReactNode {
  const { columns, filter, onChange } = props
  const column = columns.find(({ name }) => name === filter.field.name)
  const fitting = column === undefined ? [] : operatorsFor(column)
  // What a request was read back with stays, whether it fits or not.
  const operators = fitting.some(({ operator }) => operator === filter.operator)
    ? fitting
    : [{ operator: filter.operator, title: operatorTitle(filter.operator) }, ...fitting]
  return (
    <div className="flex flex-wrap items-center gap-6">
      <Select
        label="Column"
        isLabelHidden
        options={(column === undefined ? [filter.field.name] : [])
          .concat(columns.map(({ name }) => name))
          .map((id) => ({ id, label: id }))}
        value={filter.field.name}
        onChange={(name) => {
          const next = columns.find((one) => one.name === name)
          const field = { name, path: [] }
          const isFitting =
            next !== undefined && operatorsFor(next).some(({ operator }) => operator === filter.operator)
          onChange(isFitting || next === undefined ? { ...filter, field } : { ...newFilter(next), field })
        }}
      />
      <JsonPathField
        column={column}
        field={filter.field}
        onChange={(field) => onChange({ ...filter, field })}
      />
      <Checkbox
        label="not"
        isSelected={filter.isNegated}
        onChange={(isNegated) => onChange({ ...filter, isNegated })}
      />
      <Select
        label="Operator"
        isLabelHidden
        options={operators.map(({ operator, title }) => ({ id: operator, label: title, detail: operator }))}
        value={filter.operator}
        onChange={(operator) => onChange(withOperator(filter, operator))}
      />
      {isQuantified(filter.operator) ? (
        <Select
          label="Of several values"
          isLabelHidden
          options={[
            { id: '', label: 'one value' },
            { id: 'any', label: 'any of {…}' },
            { id: 'all', label: 'all of {…}' },
          ]}
          value={filter.quantifier}
          onChange={(quantifier) => onChange({ ...filter, quantifier })}
        />
      ) : null}
      {isSearch(filter.operator) ? (
        <div className="w-110">
          <TextField
            label="Text search configuration"
            isLabelHidden
            placeholder="english"
            value={filter.language}
            onChange={(language) => onChange({ ...filter, language })}
          />
        </div>
      ) : null}
      <div className="min-w-120 flex-1">
        <FilterValue column={column} filter={filter} onChange={onChange} />
      </div>
      {props.remove}
    </div>
  )
}

function FilterValue(props: {
  readonly column: ApiColumn | undefined
  readonly filter: Filter
  readonly onChange: (filter: Filter) => void
}): ReactNode {
  const { column, filter, onChange } = props
  if (filter.operator === 'is')
    return (
      <Select
        label="Value"
        isLabelHidden
        options={[...new Set([filter.value, ...IS_VALUES])].map((id) => ({
          id,
          label: id.replace('_', ' '),
        }))}
        value={filter.value}
        onChange={(value) => onChange({ ...filter, value })}
      />
    )
  if (filter.operator === 'in')
    return (
      <TextField
        label="Values"
        isLabelHidden
        isMono
        placeholder={column?.values.length ? column.values.join('; ') : 'one; two'}
        value={filter.values.join('; ')}
        onChange={(text) => onChange({ ...filter, values: text === '' ? [] : text.split(/; ?/) })}
      />
    )
  if (column !== undefined && column.values.length > 0 && filter.quantifier === '')
    return (
      <Select
        label="Value"
        isLabelHidden
        options={[...new Set([filter.value, ...column.values])].map((id) => ({
          id,
          label: id === '' ? 'choose a value' : id,
        }))}
        value={filter.value}
        onChange={(value) => onChange({ ...filter, value })}
      />
    )
  return (
    <TextField
      label="Value"
      isLabelHidden
      isMono
      value={filter.value}
      onChange={(value) => onChange({ ...filter, value })}
    />
  )
}
