// Choosing one of a few: a select; of many or a new one: a combobox.
import { Check, ChevronDown } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import {
  Button as AriaButton,
  ComboBox as AriaComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
} from 'react-aria-components'
import { classNames } from './class-names.ts'
import { BOX, FieldNote, LABEL } from './field.tsx'
import { ITEM, POPOVER } from './overlay.ts'

export interface Option<Id extends string = string> {
  readonly id: Id
  readonly label: string
  readonly detail?: string
  readonly icon?: ReactNode
}

export interface SelectProps<Id extends string> {
  readonly label: string
  /** The label is only for assistive technology (toolbars). */
  readonly isLabelHidden?: boolean
  readonly options: readonly Option<Id>[]
  readonly value: Id
  readonly onChange: (value: Id) => void
  readonly help?: ReactNode
  readonly error?: string
  readonly isDisabled?: boolean
}

/** A row of a list of options. */
export function OptionRow({ option }: { readonly option: Option }): ReactNode {
  return (
    <ListBoxItem id={option.id} textValue={option.label} className={ITEM}>
      {({ isSelected }) => (
        <>
          {option.icon}
          <span className="truncate">{option.label}</span>
          {option.detail === undefined ? null : <span className="truncate text-3">{option.detail}</span>}
          <span className="ml-auto w-14 pl-4">
            {isSelected ? <Check aria-hidden="true" size={14} strokeWidth={1.75} /> : null}
          </span>
        </>
      )}
    </ListBoxItem>
  )
}

/** A box that opens a list at the selected item. */
export function Select<Id extends string>(props: SelectProps<Id>): ReactNode {
  const id = useId()
  return (
    <AriaSelect
      value={props.value}
      onChange={(key) => {
        const chosen = props.options.find((option) => option.id === key)
        if (chosen !== undefined) props.onChange(chosen.id)
      }}
      isDisabled={props.isDisabled === true}
      {...(props.isLabelHidden === true ? { 'aria-label': props.label } : {})}
    >
      {props.isLabelHidden === true ? null : <Label className={LABEL}>{props.label}</Label>}
      <AriaButton
        className={classNames(
          'flex w-full items-center gap-8 rounded-control border bg-s2 px-9 text-1 hovered:bg-hover',
          props.isLabelHidden === true ? 'h-28 border-line-2 text-small' : 'h-30 border-line-3 text-body',
        )}
      >
        <SelectValue className="min-w-0 flex-1 truncate text-left">
          {() => {
            const chosen = props.options.find((option) => option.id === props.value)
            return (
              <span className="flex items-center gap-6">
                {chosen?.icon}
                {chosen?.label}
              </span>
            )
          }}
        </SelectValue>
        <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
      </AriaButton>
      <FieldNote help={props.help} error={props.error} helpId={`${id}-help`} errorId={`${id}-error`} />
      <Popover offset={4} className={classNames(POPOVER, 'min-w-(--trigger-width)')}>
        <ListBox aria-label={props.label} className="max-h-320 overflow-auto p-4 outline-none">
          {props.options.map((option) => (
            <OptionRow key={option.id} option={option} />
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}

export interface ComboBoxProps {
  readonly label: string
  readonly options: readonly Option[]
  readonly value: string | null
  readonly onChange: (value: string | null) => void
  readonly placeholder?: string
}

/** A box in which one types to find an option. */
export function ComboBox({ label, options, value, onChange, placeholder }: ComboBoxProps): ReactNode {
  return (
    <AriaComboBox
      aria-label={label}
      selectedKey={value}
      onSelectionChange={(key) => onChange(key === null ? null : String(key))}
      menuTrigger="focus"
    >
      <div className={classNames(BOX, 'h-28 border-line-2 pr-3 pl-9')}>
        <Input
          {...(placeholder === undefined ? {} : { placeholder })}
          className="h-full min-w-0 flex-1 bg-transparent text-small outline-none"
        />
        <AriaButton className="flex size-22 items-center justify-center rounded-control text-3 hovered:bg-hover">
          <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} />
        </AriaButton>
      </div>
      <Popover offset={4} className={classNames(POPOVER, 'min-w-(--trigger-width)')}>
        <ListBox className="max-h-320 overflow-auto p-4 outline-none">
          {options.map((option) => (
            <OptionRow key={option.id} option={option} />
          ))}
        </ListBox>
      </Popover>
    </AriaComboBox>
  )
}
