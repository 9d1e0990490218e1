// One of a few things that need room to be compared, each on a card of its own. Arrows move, Space chooses.
import type { ReactNode } from 'react'
import { Radio, RadioGroup } from 'react-aria-components'
import { classNames } from './class-names.ts'

export interface RadioCardsProps<Id extends string> {
  readonly label: string
  readonly options: readonly { readonly id: Id; readonly isDisabled: boolean; readonly content: ReactNode }[]
  readonly value: Id | undefined
  readonly onChange: (value: Id) => void
}

/** At most four side by side, two where the window is narrow. */
export function RadioCards<Id extends string>(props: RadioCardsProps<Id>): ReactNode {
  return (
    <RadioGroup
      aria-label={props.label}
      value={props.value ?? null}
      onChange={(id) => {
        const chosen = props.options.find((option) => option.id === id)
        if (chosen !== undefined) props.onChange(chosen.id)
      }}
      className="grid grid-cols-4 gap-12 max-[900px]:grid-cols-2"
    >
      {props.options.map((option) => (
        <Radio
          key={option.id}
          value={option.id}
          isDisabled={option.isDisabled}
          className={({ isSelected, isFocusVisible, isHovered }) =>
            classNames(
              'flex min-w-0 flex-col gap-8 rounded-card border p-14 text-left outline-none',
              isSelected ? 'border-accent bg-accent-soft' : 'border-line-2',
              isHovered && !isSelected && 'bg-hover',
              isFocusVisible && 'outline-2 outline-offset-1 outline-accent-text',
            )
          }
        >
          {option.content}
        </Radio>
      ))}
    </RadioGroup>
  )
}
