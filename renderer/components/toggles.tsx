// Switch: takes effect at once. Checkbox: part of a form that is saved. Segmented control: two to four views of the same thing.
import { Check, Minus, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  Checkbox as AriaCheckbox,
  Switch as AriaSwitch,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components'
import { classNames } from './class-names.ts'

export interface ToggleProps {
  readonly label: ReactNode
  readonly isSelected: boolean
  readonly onChange: (isSelected: boolean) => void
  readonly isDisabled?: boolean
}

/** On or off, at once. */
export function Switch({ label, isSelected, onChange, isDisabled = false }: ToggleProps): ReactNode {
  return (
    <AriaSwitch
      isSelected={isSelected}
      onChange={onChange}
      isDisabled={isDisabled}
      className="group inline-flex items-center gap-8 rounded-control align-middle text-body data-[disabled]:text-3"
    >
      <span
        aria-hidden="true"
        className={classNames(
          'relative h-16 w-28 flex-none rounded-full transition-colors duration-80',
          isSelected ? 'bg-accent' : 'border-[1.5px] border-line-3',
        )}
      >
        <span
          className={classNames(
            'absolute rounded-full',
            isSelected
              ? 'top-2 right-2 flex size-12 items-center justify-center bg-on-accent text-accent'
              : 'top-1.5 left-1.5 size-10 bg-line-3',
          )}
        >
          {isSelected ? <Check size={9} strokeWidth={3.5} /> : null}
        </span>
      </span>
      {label}
    </AriaSwitch>
  )
}

/** A tick in a form. */
export function Checkbox(props: ToggleProps & { readonly isMixed?: boolean }): ReactNode {
  return (
    <AriaCheckbox
      isSelected={props.isSelected}
      isIndeterminate={props.isMixed === true}
      onChange={props.onChange}
      isDisabled={props.isDisabled === true}
      className="group inline-flex items-center gap-8 rounded-control text-body data-[disabled]:text-3"
    >
      {({ isSelected, isIndeterminate }) => (
        <>
          <span
            aria-hidden="true"
            className={classNames(
              'flex size-16 flex-none items-center justify-center rounded-badge border-[1.5px]',
              isSelected || isIndeterminate ? 'border-accent bg-accent text-on-accent' : 'border-line-3',
            )}
          >
            {isIndeterminate ? (
              <Minus size={11} strokeWidth={3} />
            ) : isSelected ? (
              <Check size={11} strokeWidth={3} />
            ) : null}
          </span>
          {props.label}
        </>
      )}
    </AriaCheckbox>
  )
}

export interface SegmentedProps<Id extends string> {
  readonly label: string
  readonly options: readonly { readonly id: Id; readonly label: string; readonly icon?: LucideIcon }[]
  readonly value: Id
  readonly onChange: (value: Id) => void
}

/** One of two to four, side by side. */
export function Segmented<Id extends string>(props: SegmentedProps<Id>): ReactNode {
  return (
    <ToggleButtonGroup
      aria-label={props.label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[props.value]}
      onSelectionChange={(keys) => {
        const chosen = props.options.find((option) => keys.has(option.id))
        if (chosen !== undefined) props.onChange(chosen.id)
      }}
      className="inline-flex h-26 flex-none overflow-hidden rounded-control border border-line-2"
    >
      {props.options.map((option) => (
        <ToggleButton
          key={option.id}
          id={option.id}
          className="flex items-center gap-6 border-r border-line-2 px-9 text-small font-medium text-2 last:border-r-0 hovered:bg-hover selected:bg-active selected:text-1 data-[focus-visible]:outline-offset-[-2px]"
        >
          {option.icon === undefined ? null : <option.icon aria-hidden="true" size={14} strokeWidth={1.75} />}
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
