// Text inputs: one line, several lines, a secret, a search.
import { Eye, EyeOff, Search, X } from 'lucide-react'
import { useId, useRef, useState, type HTMLInputAutoCompleteAttribute, type ReactNode, type Ref } from 'react'
import { IconButton } from './button.tsx'
import { classNames } from './class-names.ts'
import { BOX, FieldNote, LABEL } from './field.tsx'
import { KeyboardHint } from './keyboard-hint.tsx'

export interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
  readonly help?: ReactNode
  readonly error?: string | undefined
  readonly type?: 'text' | 'email' | 'password' | 'url' | 'number' | 'date'
  readonly name?: string
  readonly placeholder?: string
  readonly autoComplete?: HTMLInputAutoCompleteAttribute
  readonly autoFocus?: boolean
  readonly isRequired?: boolean
  readonly isDisabled?: boolean
  readonly isMono?: boolean
  /** Taller, for dialogs and the welcome page. */
  readonly isLarge?: boolean
  /** Drawn at the start of the box: a currency. */
  readonly prefix?: ReactNode
  /** Drawn at the end of the box: a unit, a state. */
  readonly suffix?: ReactNode
  /** The label is only for assistive technology (toolbars). */
  readonly isLabelHidden?: boolean
  readonly inputRef?: Ref<HTMLInputElement>
}

/** One line of text. A password can be looked at while it is typed. */
export function TextField({ inputRef, ...props }: TextFieldProps): ReactNode {
  const id = useId()
  const [isRevealed, setIsRevealed] = useState(false)
  const hasHadFocus = useRef(false)
  const isSecret = props.type === 'password'
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={props.isLabelHidden === true ? 'sr-only' : LABEL}>
        {props.label}
      </label>
      <div
        className={classNames(
          BOX,
          props.isLarge === true ? 'h-34' : props.isLabelHidden === true ? 'h-28' : 'h-30',
          'pl-9',
          isSecret ? 'pr-2' : 'pr-9',
          props.error === undefined ? 'border-line-3' : 'border-danger',
        )}
      >
        {props.prefix}
        <input
          id={id}
          ref={inputRef}
          name={props.name}
          type={isSecret && isRevealed ? 'text' : (props.type ?? 'text')}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
          onBlur={(event) => {
            // On the way to a button an error would push that button away from under the pointer; submitting checks anyway.
            if (!(event.relatedTarget instanceof HTMLButtonElement)) props.onBlur?.()
          }}
          placeholder={props.placeholder}
          autoComplete={props.autoComplete ?? 'off'}
          autoFocus={props.autoFocus === true}
          onFocus={(event) => {
            // What a dialog proposes is typed over.
            if (props.autoFocus === true && !hasHadFocus.current) event.target.select()
            hasHadFocus.current = true
          }}
          required={props.isRequired === true}
          disabled={props.isDisabled === true}
          spellCheck={false}
          autoCapitalize="none"
          aria-invalid={props.error !== undefined}
          aria-describedby={`${id}-error ${id}-help`}
          className={classNames(
            'h-full min-w-0 flex-1 bg-transparent text-body outline-none',
            props.isMono === true && 'font-mono text-data',
          )}
        />
        {props.suffix}
        {isSecret ? (
          <IconButton
            icon={isRevealed ? EyeOff : Eye}
            label={isRevealed ? 'Hide password' : 'Show password'}
            onPress={() => setIsRevealed(!isRevealed)}
          />
        ) : null}
      </div>
      <FieldNote help={props.help} error={props.error} helpId={`${id}-help`} errorId={`${id}-error`} />
    </div>
  )
}

export interface TextAreaProps extends Pick<
  TextFieldProps,
  'label' | 'value' | 'onChange' | 'onBlur' | 'help' | 'error' | 'placeholder' | 'isMono' | 'autoFocus'
> {
  readonly rows?: number
}

/** Several lines of text. */
export function TextArea(props: TextAreaProps): ReactNode {
  const id = useId()
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={LABEL}>
        {props.label}
      </label>
      <div className={classNames(BOX, props.error === undefined ? 'border-line-3' : 'border-danger')}>
        <textarea
          id={id}
          rows={props.rows ?? 3}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
          onBlur={props.onBlur}
          placeholder={props.placeholder}
          autoFocus={props.autoFocus === true}
          spellCheck={false}
          aria-invalid={props.error !== undefined}
          aria-describedby={`${id}-error ${id}-help`}
          className={classNames(
            'min-w-0 flex-1 resize-y bg-transparent px-9 py-6 text-body outline-none',
            props.isMono === true && 'font-mono text-data',
          )}
        />
      </div>
      <FieldNote help={props.help} error={props.error} helpId={`${id}-help`} errorId={`${id}-error`} />
    </div>
  )
}

export interface SearchFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly caps?: readonly string[] | undefined
  readonly className?: string
  readonly inputRef?: Ref<HTMLInputElement>
  /** Down arrow or Enter: go into the list that it filters. */
  readonly onEnter?: () => void
}

/** A filter above a list: magnifier, text, clear. Esc clears. */
export function SearchField({ inputRef, ...props }: SearchFieldProps): ReactNode {
  return (
    <div className={classNames(BOX, 'h-28 border-line-2 pr-3 pl-8 text-small', props.className)}>
      <Search aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
      <input
        ref={inputRef}
        type="text"
        role="searchbox"
        aria-label={props.label}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && props.value !== '') {
            event.stopPropagation()
            props.onChange('')
          } else if ((event.key === 'ArrowDown' || event.key === 'Enter') && props.onEnter !== undefined) {
            event.preventDefault()
            props.onEnter()
          }
        }}
        placeholder={props.placeholder ?? props.label}
        spellCheck={false}
        className="h-full min-w-0 flex-1 bg-transparent outline-none"
      />
      {props.value !== '' ? (
        <IconButton icon={X} size="small" label="Clear" onPress={() => props.onChange('')} />
      ) : props.caps === undefined ? null : (
        <KeyboardHint caps={props.caps} />
      )}
    </div>
  )
}
