// Rows of names and values: headers, parameters, fields of a form. The last row is always an empty one; typing in it makes a pair.
import { Trash2 } from 'lucide-react'
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import type { Pair } from '#contract/requests/parts.ts'
import { IconButton, TextButton } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'
import { Checkbox } from '../../../components/toggles.tsx'
import { CodeField } from './code-field.tsx'
import { pairsToText, textToPairs } from './pair-text.ts'
import { VariableField } from './variable-field.tsx'

export interface PairTableProps<P extends Pair> {
  /** What they are, in the plural: "Headers". */
  readonly label: string
  /** One of them: "header". */
  readonly noun: string
  readonly pairs: readonly P[]
  readonly onChange: (pairs: readonly P[]) => void
  /** A pair from a name and a value, where one is typed anew. */
  readonly make: (pair: Pair) => P
  readonly suggestNames?: (text: string) => readonly string[]
  readonly suggestValues?: (name: string, text: string) => readonly string[]
  /** At the right of a row: the type of a column. */
  readonly meta?: (pair: P) => ReactNode
  /** Names cannot be changed and rows neither added nor removed: parameters of the path. */
  readonly isFixed?: boolean
  /** In the value's place: files of a multipart field. */
  readonly renderValue?: (pair: P, change: (pair: P) => void) => ReactNode | undefined
}

/** The table. */
export function PairTable<P extends Pair>(props: PairTableProps<P>): ReactNode {
  const { pairs, onChange, noun } = props
  const [isText, setIsText] = useState(false)
  const isFixed = props.isFixed === true
  const set = (at: number, pair: P): void =>
    onChange(at === pairs.length ? [...pairs, pair] : pairs.map((one, index) => (index === at ? pair : one)))
  const remove = (at: number): void => onChange(pairs.filter((_, index) => index !== at))

  if (isText)
    return (
      <div className="flex min-h-0 flex-1 flex-col">
        <TableHead label={props.label}>
          <TextButton onPress={() => setIsText(false)}>Edit as rows</TextButton>
        </TableHead>
        <CodeField
          label={`${props.label}, one per line`}
          language="text"
          value={pairsToText(pairs)}
          onChange={(text) => onChange(textToPairs(text, pairs).map(props.make))}
        />
      </div>
    )
  const rows: readonly (P | undefined)[] = isFixed ? pairs : [...pairs, undefined]
  return (
    <div role="group" aria-label={props.label}>
      {isFixed ? null : (
        <TableHead label={props.label}>
          {pairs.length === 0 && props.renderValue === undefined ? null : null}
          {props.renderValue === undefined ? (
            <TextButton onPress={() => setIsText(true)}>Edit as text</TextButton>
          ) : null}
        </TableHead>
      )}
      <ul onKeyDown={moveBetweenRows}>
        {rows.map((pair, at) => {
          const shown = pair ?? props.make({ name: '', value: '', isEnabled: true, description: '' })
          const word = shown.name === '' ? `${noun} ${at + 1}` : shown.name
          const custom = pair === undefined ? undefined : props.renderValue?.(pair, (next) => set(at, next))
          return (
            <li
              key={at}
              className="group/row flex h-28 items-center gap-8 border-b border-line-1 pr-6 pl-12 focus-within:bg-hover hover:bg-hover"
            >
              {pair === undefined ? (
                <span className="w-16 flex-none" />
              ) : (
                <Checkbox
                  label={<span className="sr-only">Send {word}</span>}
                  isSelected={pair.isEnabled}
                  onChange={(isEnabled) => set(at, { ...pair, isEnabled })}
                />
              )}
              <div className="flex w-[28%] min-w-90 flex-none">
                {isFixed ? (
                  <span className="font-mono text-data text-2">{shown.name}</span>
                ) : (
                  <VariableField
                    label={`Name of ${word}`}
                    value={shown.name}
                    placeholder={pair === undefined ? `Add a ${noun}` : ''}
                    isMuted={!shown.isEnabled}
                    {...(props.suggestNames === undefined ? {} : { suggest: props.suggestNames })}
                    onChange={(name) => set(at, { ...shown, name })}
                  />
                )}
              </div>
              {custom ?? (
                <VariableField
                  label={`Value of ${word}`}
                  value={shown.value}
                  isMuted={!shown.isEnabled}
                  {...(props.suggestValues === undefined
                    ? {}
                    : { suggest: (text: string) => props.suggestValues?.(shown.name, text) ?? [] })}
                  onChange={(value) => set(at, { ...shown, value })}
                />
              )}
              <span className="flex-none text-small text-3">
                {pair === undefined ? null : props.meta?.(pair)}
              </span>
              {pair === undefined || isFixed ? null : (
                <span
                  className={classNames(
                    'flex-none opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100',
                  )}
                >
                  <IconButton
                    icon={Trash2}
                    size="small"
                    label={`Remove ${word}`}
                    onPress={() => remove(at)}
                  />
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function TableHead(props: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="flex h-26 flex-none items-center justify-between border-b border-line-1 px-12 text-small text-3">
      <span>{props.label}</span>
      {props.children}
    </div>
  )
}

/** Up and down go to the same field of the next row. */
function moveBetweenRows(event: KeyboardEvent<HTMLUListElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0 || !(event.target instanceof HTMLInputElement) || event.target.type !== 'text') return
  const rows = [...event.currentTarget.children]
  const row = rows.findIndex((one) => one.contains(event.target instanceof Node ? event.target : null))
  const fields = [...(rows[row]?.querySelectorAll<HTMLInputElement>('input[type="text"]') ?? [])]
  const next =
    rows[row + step]?.querySelectorAll<HTMLInputElement>('input[type="text"]')[fields.indexOf(event.target)]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}
