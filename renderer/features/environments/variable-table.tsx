// The variables of an environment as rows that are typed in. The last row is always an empty one; arrows and Enter go to the next.
import { CircleAlert, Lock, LockOpen, Trash2, Undo2 } from 'lucide-react'
import { useId, type ClipboardEvent, type KeyboardEvent, type ReactNode } from 'react'
import type { VariableType } from '#contract/requests/parts.ts'
import { IconButton } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import { Select } from '../../components/select.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { KEEP, type DraftVariable } from './draft.ts'
import type { DraftErrors } from './draft-errors.ts'
import { looksLikeVariables } from './paste-variables.ts'

export interface VariableTableProps {
  readonly variables: readonly DraftVariable[]
  /** Rows that are not shown, by id: something else is looked for. */
  readonly hidden: ReadonlySet<string>
  readonly errors: DraftErrors['variables']
  readonly onChange: (variables: readonly DraftVariable[]) => void
  /** Many were pasted where a name is typed. */
  readonly onPaste: (text: string) => void
}

const TYPES: readonly { readonly id: VariableType; readonly label: string }[] = [
  { id: 'string', label: 'text' },
  { id: 'number', label: 'number' },
  { id: 'boolean', label: 'true or false' },
  { id: 'object', label: 'JSON' },
  { id: 'null', label: 'null' },
]

/** A row in which nothing was typed. */
export function emptyVariable(id: string): DraftVariable {
  return {
    id,
    name: '',
    value: '',
    type: 'string',
    isSecret: false,
    isEnabled: true,
    description: '',
    keptAs: null,
    secret: KEEP,
  }
}

/** The table. */
export function VariableTable(props: VariableTableProps): ReactNode {
  const { variables, hidden, errors, onChange } = props
  const nextId = `typed ${variables.reduce((most, one) => Math.max(most, numberOf(one.id)), 0) + 1}`
  const rows = [...variables.filter((one) => !hidden.has(one.id)), emptyVariable(nextId)]
  const set = (variable: DraftVariable): void =>
    onChange(
      variable.id === nextId
        ? [...variables, variable]
        : variables.map((one) => (one.id === variable.id ? variable : one)),
    )
  return (
    <table aria-label="Variables" className="w-full table-fixed border-collapse text-small">
      <thead>
        <tr className="text-left text-3">
          <th scope="col" className="h-26 w-28 border-b border-line-1 font-medium">
            <span className="sr-only">Counts</span>
          </th>
          <th scope="col" className="w-[30%] border-b border-line-1 px-6 font-medium">
            Name
          </th>
          <th scope="col" className="w-124 border-b border-line-1 px-6 font-medium">
            Type
          </th>
          <th scope="col" className="border-b border-line-1 px-6 font-medium">
            Value
          </th>
          <th scope="col" className="w-62 border-b border-line-1 font-medium">
            <span className="sr-only">Secret and remove</span>
          </th>
        </tr>
      </thead>
      <tbody onKeyDown={moveBetweenRows}>
        {rows.map((variable) => (
          <Row
            key={variable.id}
            variable={variable}
            isNew={variable.id === nextId}
            errors={errors.get(variable.id)}
            onChange={set}
            onPaste={props.onPaste}
            onRemove={() => onChange(variables.filter((one) => one.id !== variable.id))}
          />
        ))}
      </tbody>
    </table>
  )
}

function numberOf(id: string): number {
  return /^typed \d+$/.test(id) ? Number(id.slice(6)) : 0
}

interface RowProps {
  readonly variable: DraftVariable
  readonly isNew: boolean
  readonly errors: { readonly name?: string; readonly value?: string } | undefined
  readonly onChange: (variable: DraftVariable) => void
  readonly onPaste: (text: string) => void
  readonly onRemove: () => void
}

function Row({ variable, isNew, errors, onChange, onPaste, onRemove }: RowProps): ReactNode {
  const word =
    variable.name.trim() === '' ? (isNew ? 'the new variable' : 'a variable without a name') : variable.name
  const paste = (event: ClipboardEvent<HTMLInputElement>): void => {
    const text = event.clipboardData.getData('text')
    if (variable.name !== '' || !looksLikeVariables(text)) return
    event.preventDefault()
    onPaste(text)
  }
  return (
    <tr className="group/row border-b border-line-1 align-top focus-within:bg-hover hover:bg-hover">
      <td className="pt-7">
        {isNew ? null : (
          <Checkbox
            label={<span className="sr-only">{word} counts</span>}
            isSelected={variable.isEnabled}
            onChange={(isEnabled) => onChange({ ...variable, isEnabled })}
          />
        )}
      </td>
      <td className="px-6 py-2">
        <Cell
          column="name"
          label={`Name of ${word}`}
          value={variable.name}
          placeholder={isNew ? 'Add a variable' : ''}
          error={errors?.name}
          isMuted={!variable.isEnabled}
          onPaste={paste}
          onChange={(name) => onChange({ ...variable, name })}
        />
      </td>
      <td className="px-6 py-2">
        {isNew ? null : variable.isSecret ? (
          <span className="flex h-28 items-center px-9 text-3">secret</span>
        ) : (
          <Select
            label={`Type of ${word}`}
            isLabelHidden
            options={TYPES}
            value={variable.type}
            onChange={(type) => onChange({ ...variable, type, value: type === 'null' ? '' : variable.value })}
          />
        )}
      </td>
      <td className="px-6 py-2">
        {variable.isSecret ? (
          <SecretCell variable={variable} word={word} onChange={onChange} />
        ) : variable.type === 'null' ? (
          <span className="flex h-28 items-center font-mono text-data text-data-null italic">null</span>
        ) : variable.type === 'boolean' && /^(?:true|false|)$/.test(variable.value) ? (
          <Select
            label={`Value of ${word}`}
            isLabelHidden
            options={BOOLEANS}
            value={variable.value === 'true' ? 'true' : variable.value === 'false' ? 'false' : ''}
            onChange={(value) => onChange({ ...variable, value })}
          />
        ) : (
          <Cell
            column="value"
            label={`Value of ${word}`}
            value={variable.value}
            error={errors?.value}
            isMuted={!variable.isEnabled}
            hasLines
            onChange={(value) => onChange({ ...variable, value })}
          />
        )}
      </td>
      <td className="py-3">
        {isNew ? null : (
          <span className="flex justify-end gap-2 pr-4">
            <IconButton
              icon={variable.isSecret ? Lock : LockOpen}
              label={variable.isSecret ? `${word} is a secret` : `Make ${word} a secret`}
              isActive={variable.isSecret}
              onPress={() => onChange(variable.isSecret ? withoutSecret(variable) : asSecret(variable))}
            />
            <IconButton icon={Trash2} label={`Remove ${word}`} onPress={onRemove} />
          </span>
        )}
      </td>
    </tr>
  )
}

const BOOLEANS = [
  { id: '', label: 'neither yet' },
  { id: 'true', label: 'true' },
  { id: 'false', label: 'false' },
] as const

/** What was typed as its value goes to the keychain with the next saving, and out of the file. */
function asSecret(variable: DraftVariable): DraftVariable {
  const secret = variable.value === '' ? KEEP : { kind: 'set' as const, value: variable.value }
  return { ...variable, isSecret: true, type: 'string', value: '', secret }
}

/** Its value is forgotten: what is a secret is never shown. */
function withoutSecret(variable: DraftVariable): DraftVariable {
  return { ...variable, isSecret: false, secret: KEEP }
}

interface CellProps {
  readonly column: 'name' | 'value'
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly error: string | undefined
  readonly isMuted: boolean
  /** It may have several lines: Shift+Enter. */
  readonly hasLines?: boolean
  readonly onChange: (value: string) => void
  readonly onPaste?: (event: ClipboardEvent<HTMLInputElement>) => void
}

const MOST_LINES = 8
const FIELD =
  'block w-full rounded-control border bg-transparent px-8 font-mono text-data outline-none placeholder:text-3 focus:outline-2 focus:outline-offset-[-1px] focus:outline-accent-text'

function Cell(props: CellProps): ReactNode {
  const id = useId()
  const shared = {
    'aria-label': props.label,
    'aria-invalid': props.error !== undefined,
    'aria-describedby': `${id}-error`,
    'data-column': props.column,
    value: props.value,
    placeholder: props.placeholder,
    spellCheck: false,
    autoComplete: 'off',
    autoCapitalize: 'none',
    className: classNames(
      FIELD,
      props.isMuted ? 'text-3' : 'text-1',
      props.error === undefined ? 'border-transparent group-hover/row:border-line-2' : 'border-danger',
    ),
  }
  return (
    <>
      {props.hasLines === true ? (
        <textarea
          {...shared}
          rows={Math.min(MOST_LINES, props.value.split('\n').length)}
          style={{ resize: 'none', paddingBlock: 4 }}
          onChange={(event) => props.onChange(event.target.value)}
        />
      ) : (
        <input
          {...shared}
          type="text"
          style={{ height: 28 }}
          onPaste={props.onPaste}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
      <span id={`${id}-error`} aria-live="polite">
        {props.error === undefined ? null : (
          <span className="mt-3 mb-2 flex items-start gap-5 text-danger">
            <CircleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1 flex-none" />
            <span className="min-w-0 [overflow-wrap:anywhere]">{props.error}</span>
          </span>
        )}
      </span>
    </>
  )
}

interface SecretCellProps {
  readonly variable: DraftVariable
  readonly word: string
  readonly onChange: (variable: DraftVariable) => void
}

/** Set, replaced, forgotten; never shown. */
function SecretCell({ variable, word, onChange }: SecretCellProps): ReactNode {
  const { secret, keptAs } = variable
  const isCleared = secret.kind === 'clear'
  return (
    <span className="flex items-center gap-4">
      <input
        type="password"
        aria-label={`Value of ${word}`}
        data-column="value"
        value={secret.kind === 'set' ? secret.value : ''}
        placeholder={
          isCleared
            ? 'Forgotten when it is saved'
            : keptAs === null
              ? 'No value here: type one'
              : 'Kept here: type to replace it'
        }
        autoComplete="new-password"
        spellCheck={false}
        onChange={(event) =>
          onChange({
            ...variable,
            secret: event.target.value === '' ? KEEP : { kind: 'set', value: event.target.value },
          })
        }
        style={{ height: 28 }}
        className={classNames(FIELD, 'border-transparent text-1 group-hover/row:border-line-2')}
      />
      {keptAs === null ? null : isCleared ? (
        <IconButton
          icon={Undo2}
          label={`Keep the value of ${word}`}
          onPress={() => onChange({ ...variable, secret: KEEP })}
        />
      ) : (
        <button
          type="button"
          aria-label={`Clear the value of ${word}`}
          onClick={() => onChange({ ...variable, secret: { kind: 'clear' } })}
          className="flex-none rounded-badge px-4 text-accent-text hover:underline"
        >
          Clear
        </button>
      )}
    </span>
  )
}

/** Up, down and Enter go to the same column of another row; within lines of a value the arrows stay in it. */
function moveBetweenRows(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const { target } = event
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return
  const column = target.dataset['column']
  if (column === undefined || event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing)
    return
  const isEnter = event.key === 'Enter' && !event.shiftKey
  const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' || isEnter ? 1 : 0
  if (step === 0) return
  if (!isEnter && target.value.includes('\n')) {
    const caret = target.selectionStart ?? 0
    const beyond = step < 0 ? target.value.slice(0, caret) : target.value.slice(caret)
    if (beyond.includes('\n')) return
  }
  const rows = [...event.currentTarget.querySelectorAll('tr')]
  const at = rows.findIndex((row) => row.contains(target))
  const next = rows[at + step]
  const field =
    next?.querySelector<HTMLElement>(`[data-column="${column}"]`) ??
    next?.querySelector<HTMLElement>('[data-column]')
  if (isEnter) event.preventDefault()
  if (field === null || field === undefined) return
  event.preventDefault()
  field.focus()
}
