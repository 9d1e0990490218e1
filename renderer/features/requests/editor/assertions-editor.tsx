// What must hold of the response, without code: what is looked at, how it is compared, with what; and how the last response did.
import { Check, Trash2, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { AssertionOperator, type Assertion } from '#contract/requests/parts.ts'
import { IconButton } from '../../../components/button.tsx'
import { Select } from '../../../components/select.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { useSendState } from '../request-workbench.tsx'
import { VariableField } from './variable-field.tsx'

const OPERATORS: Readonly<Record<AssertionOperator, string>> = {
  eq: 'equals',
  neq: 'does not equal',
  gt: 'is greater than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
  in: 'is one of',
  notIn: 'is none of',
  contains: 'contains',
  notContains: 'does not contain',
  length: 'has the length',
  matches: 'matches',
  notMatches: 'does not match',
  startsWith: 'starts with',
  endsWith: 'ends with',
  between: 'is between',
  isEmpty: 'is empty',
  isNotEmpty: 'is not empty',
  isNull: 'is null',
  isUndefined: 'is not there',
  isDefined: 'is there',
  isTruthy: 'is truthy',
  isFalsy: 'is falsy',
  isJson: 'is JSON',
  isNumber: 'is a number',
  isString: 'is a string',
  isBoolean: 'is a boolean',
  isArray: 'is an array',
  matchesSchema: 'matches the JSON Schema',
  matchesSnapshot: 'is as in its snapshot',
}
const OPTIONS = AssertionOperator.options.map((id) => ({ id, label: OPERATORS[id] }))
const EXPRESSIONS = [
  'res.status',
  'res.statusText',
  'res.responseTime',
  'res.size',
  'res.headers.content-type',
  'res.body',
  'res.body.length',
  'res.body[0].id',
  '$..id',
]
const isAlone = (operator: AssertionOperator): boolean => /^is[A-Z]|^matchesSnapshot$/.test(operator)

export interface AssertionsEditorProps {
  readonly tabId: string
  readonly assertions: readonly Assertion[]
  readonly onChange: (assertions: readonly Assertion[]) => void
}

/** The editor. */
export function AssertionsEditor({ tabId, assertions, onChange }: AssertionsEditorProps): ReactNode {
  const exchange = useSendState(tabId)?.exchange
  const results = exchange?.tests.filter((test) => test.source === 'assertion') ?? []
  const enabled = assertions.filter((one) => one.isEnabled)
  // The results say what was asked, in order; once rows were changed since, they are no longer shown.
  const isCurrent = results.length === enabled.length
  const set = (at: number, assertion: Assertion): void =>
    onChange(
      at === assertions.length
        ? [...assertions, assertion]
        : assertions.map((one, index) => (index === at ? assertion : one)),
    )
  return (
    <ul aria-label="Assertions">
      {[...assertions, undefined].map((assertion, at) => {
        const shown = assertion ?? EMPTY
        const word = shown.expression === '' ? `assertion ${at + 1}` : shown.expression
        const result =
          assertion?.isEnabled === true && isCurrent ? results[enabled.indexOf(assertion)] : undefined
        return (
          <li
            key={at}
            className="group/row flex h-32 items-center gap-8 border-b border-line-1 pr-6 pl-12 focus-within:bg-hover hover:bg-hover"
          >
            {assertion === undefined ? (
              <span className="w-16 flex-none" />
            ) : (
              <Checkbox
                label={<span className="sr-only">Check {word}</span>}
                isSelected={shown.isEnabled}
                onChange={(isEnabled) => set(at, { ...shown, isEnabled })}
              />
            )}
            <div className="flex w-[32%] min-w-100 flex-none">
              <VariableField
                label={`What is checked by ${word}`}
                value={shown.expression}
                placeholder={assertion === undefined ? 'Add an assertion: res.status' : ''}
                suggest={(text) => EXPRESSIONS.filter((one) => one.startsWith(text))}
                onChange={(expression) => set(at, { ...shown, expression })}
              />
            </div>
            {assertion === undefined ? null : (
              <>
                <div className="w-180 flex-none">
                  <Select
                    label={`How ${word} is compared`}
                    isLabelHidden
                    options={OPTIONS}
                    value={shown.operator}
                    onChange={(operator) => set(at, { ...shown, operator })}
                  />
                </div>
                {isAlone(shown.operator) ? (
                  <span className="flex-1" />
                ) : (
                  <VariableField
                    label={`What ${word} is compared with`}
                    value={shown.value}
                    onChange={(value) => set(at, { ...shown, value })}
                  />
                )}
                {result === undefined ? null : (
                  <span
                    className={`flex max-w-[30%] flex-none items-center gap-6 text-small ${result.outcome === 'failed' ? 'text-danger' : 'text-success'}`}
                    title={result.message ?? 'It held.'}
                  >
                    {result.outcome === 'failed' ? (
                      <X aria-hidden="true" size={14} strokeWidth={2} />
                    ) : (
                      <Check aria-hidden="true" size={14} strokeWidth={2} />
                    )}
                    <span className="truncate">
                      {result.outcome === 'failed' ? (result.message ?? 'failed') : 'held'}
                    </span>
                  </span>
                )}
                <span className="flex-none opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100">
                  <IconButton
                    icon={Trash2}
                    size="small"
                    label={`Remove ${word}`}
                    onPress={() => onChange(assertions.filter((_, index) => index !== at))}
                  />
                </span>
              </>
            )}
          </li>
        )
      })}
    </ul>
  )
}

const EMPTY: Assertion = { expression: '', operator: 'eq', value: '', isEnabled: true, description: '' }
