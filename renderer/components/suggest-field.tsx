// A text field with suggestions: any text can be typed, and the list narrows to what fits.
import { ChevronDown } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import {
  Button as AriaButton,
  ComboBox as AriaComboBox,
  Input,
  Label,
  ListBox,
  Popover,
} from 'react-aria-components'
import { classNames } from './class-names.ts'
import { BOX, FieldNote, LABEL } from './field.tsx'
import { POPOVER } from './overlay.ts'
import { OptionRow, type Option } from './select.tsx'

export interface SuggestFieldProps {
  readonly label: string
  /** The label is only for assistive technology, and the list opens by typing or with the down arrow: for rows of fields. */
  readonly isLabelHidden?: boolean
  readonly value: string
  /** The options for a text, best first. */
  readonly suggest: (text: string) => readonly Option[]
  /** A suggestion was chosen, or a typed text was left or entered. */
  readonly onCommit: (text: string) => void
  readonly error?: string | undefined
  readonly help?: ReactNode
  readonly isMono?: boolean
  readonly isDisabled?: boolean
  readonly autoFocus?: boolean
  readonly placeholder?: string
}

const NO_OPTIONS: readonly Option[] = []

/** Esc takes back what was typed. */
export function SuggestField(props: SuggestFieldProps): ReactNode {
  const id = useId()
  /** Null while it shows the value. */
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? props.value
  /** A panel has many of these: only one that is used needs its list. */
  const [isUsed, setIsUsed] = useState(false)
  const options = isUsed ? props.suggest(typed ?? '') : NO_OPTIONS
  const commit = (next: string): void => {
    setTyped(null)
    if (next !== props.value) props.onCommit(next)
  }
  return (
    <AriaComboBox
      allowsCustomValue
      // Only typing opens the list: a value that is entered may come back spelled otherwise (`integer` as `int4`).
      menuTrigger={typed === null ? 'manual' : 'input'}
      selectedKey={null}
      inputValue={text}
      items={options}
      isDisabled={props.isDisabled === true}
      // What fits is decided by `suggest`.
      defaultFilter={() => true}
      onFocus={() => setIsUsed(true)}
      onInputChange={(next) => {
        if (next !== text) setTyped(next)
      }}
      onSelectionChange={(key) => {
        if (key !== null) commit(String(key))
      }}
      {...(props.isLabelHidden === true ? { 'aria-label': props.label } : {})}
      className="min-w-0"
    >
      {props.isLabelHidden === true ? null : <Label className={LABEL}>{props.label}</Label>}
      <div
        className={classNames(
          BOX,
          'pl-9',
          props.isLabelHidden === true ? 'pr-9' : 'pr-3',
          props.isLabelHidden === true ? 'h-28' : 'h-30',
          props.error === undefined ? 'border-line-3' : 'border-danger',
        )}
      >
        <Input
          {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
          aria-invalid={props.error !== undefined}
          aria-describedby={`${id}-error ${id}-help`}
          autoFocus={props.autoFocus === true}
          spellCheck={false}
          autoCapitalize="none"
          onBlur={() => {
            if (typed !== null) commit(typed)
          }}
          onKeyDown={(event) => {
            if (typed === null) return
            if (event.key === 'Escape') setTyped(null)
            // With a suggestion in focus, Enter takes that.
            else if (event.key === 'Enter' && !event.currentTarget.hasAttribute('aria-activedescendant'))
              commit(typed)
          }}
          className={classNames(
            'h-full min-w-0 flex-1 bg-transparent outline-none',
            props.isMono === true ? 'font-mono text-data' : 'text-body',
          )}
        />
        {props.isLabelHidden === true ? null : (
          <AriaButton className="flex size-22 flex-none items-center justify-center rounded-control text-3 hovered:bg-hover">
            <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} />
          </AriaButton>
        )}
      </div>
      <FieldNote help={props.help} error={props.error} helpId={`${id}-help`} errorId={`${id}-error`} />
      <Popover offset={4} className={classNames(POPOVER, 'min-w-(--trigger-width)')}>
        <ListBox className="max-h-320 overflow-auto p-4 outline-none">
          {(option: Option) => <OptionRow option={option} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  )
}
