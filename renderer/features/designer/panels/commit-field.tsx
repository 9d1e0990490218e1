// A field of the inspector: what is typed counts when it is left or entered, Esc takes it back. A refused text stays with the reason below it.
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import { Form } from '../../../components/form.tsx'
import { TextArea, TextField } from '../../../components/text-field.tsx'

export interface CommitFieldProps {
  readonly label: string
  readonly value: string
  /** Gives why it cannot be, or null. */
  readonly onCommit: (text: string) => string | null
  readonly help?: ReactNode
  readonly placeholder?: string
  readonly isMono?: boolean
  readonly isDisabled?: boolean
  readonly isLabelHidden?: boolean
  readonly autoFocus?: boolean
  /** Rows of a text of several lines; Mod+Enter enters it. */
  readonly rows?: number
  /** After Enter or Esc, for an editor that closes then. */
  readonly onDone?: () => void
}

/** One value of what is selected. */
export function CommitField(props: CommitFieldProps): ReactNode {
  /** Null while it shows the value. */
  const [typed, setTyped] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const commit = (): boolean => {
    if (typed === null || typed === props.value) {
      setTyped(null)
      setProblem(null)
      return true
    }
    const reason = props.onCommit(typed)
    setProblem(reason)
    if (reason === null) setTyped(null)
    return reason === null
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      if (typed === null && props.onDone === undefined) return
      event.stopPropagation()
      setTyped(null)
      setProblem(null)
      props.onDone?.()
    } else if (event.key === 'Enter' && props.rows !== undefined && (event.ctrlKey || event.metaKey)) {
      event.stopPropagation()
      event.preventDefault()
      if (commit()) props.onDone?.()
    }
  }
  const shared = {
    label: props.label,
    value: typed ?? props.value,
    onChange: (text: string) => {
      setTyped(text)
      setProblem(null)
    },
    help: props.help,
    error: problem ?? undefined,
    ...(props.placeholder === undefined ? {} : { placeholder: props.placeholder }),
    ...(props.isMono === undefined ? {} : { isMono: props.isMono }),
    ...(props.autoFocus === undefined ? {} : { autoFocus: props.autoFocus }),
  }
  return (
    <div className="min-w-0" onKeyDown={onKeyDown} onBlur={commit}>
      <Form
        className="gap-0"
        onSubmit={() => {
          if (commit()) props.onDone?.()
        }}
      >
        {props.rows === undefined ? (
          <TextField
            {...shared}
            isDisabled={props.isDisabled === true}
            isLabelHidden={props.isLabelHidden === true}
          />
        ) : (
          <TextArea {...shared} rows={props.rows} />
        )}
      </Form>
    </div>
  )
}
