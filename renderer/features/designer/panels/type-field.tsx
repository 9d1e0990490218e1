// The type of a column or domain: any type can be typed, those that fit are offered.
import { useState, type ReactNode } from 'react'
import { shortType } from '#postgres/common/types/short-type.ts'
import { SuggestField } from '../../../components/suggest-field.tsx'
import { useEditing } from './editing.tsx'
import { typeOptions } from './type-options.ts'

export interface TypeFieldProps {
  /** As the model prints it. */
  readonly type: string
  /** Gives why it cannot be, or null. */
  readonly onCommit: (text: string) => string | null
  readonly label?: string
  readonly isLabelHidden?: boolean
  readonly isDisabled?: boolean
  readonly help?: ReactNode
}

/** Shows the short spelling: `timestamptz`. */
export function TypeField(props: TypeFieldProps): ReactNode {
  const { model } = useEditing()
  const [problem, setProblem] = useState<{ readonly type: string; readonly text: string } | null>(null)
  return (
    <SuggestField
      label={props.label ?? 'Type'}
      isLabelHidden={props.isLabelHidden === true}
      isMono
      isDisabled={props.isDisabled === true}
      value={shownType(props.type)}
      suggest={(text) => typeOptions(model, text)}
      onCommit={(text) => {
        const reason = props.onCommit(text)
        setProblem(reason === null ? null : { type: props.type, text: reason })
      }}
      help={props.help}
      error={problem?.type === props.type ? problem.text : undefined}
    />
  )
}

/** `public.` says nothing to a person; the other schemas do. */
export function shownType(type: string): string {
  return shortType(type).replace(/^public\./, '')
}
