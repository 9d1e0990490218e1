// A text field whose list of completions is fetched while one types: the text is what counts, and a completion only replaces it.
import { useContext, useEffect, useEffectEvent, useId, useState, type ReactNode } from 'react'
import {
  ComboBox as AriaComboBox,
  ComboBoxStateContext,
  Input,
  Label,
  ListBox,
  Popover,
} from 'react-aria-components'
import { classNames } from './class-names.ts'
import { BOX, FieldNote, LABEL } from './field.tsx'
import { POPOVER } from './overlay.ts'
import { OptionRow, type Option } from './select.tsx'

export interface CompletingFieldProps {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly value: string
  readonly onChange: (text: string) => void
  /** What the text can become; an option's id is the whole text. */
  readonly options: readonly Option[]
  /** The field has the focus, so that completions are wanted. */
  readonly onUse?: (isUsed: boolean) => void
  readonly onBlur?: () => void
  readonly help?: ReactNode
  readonly error?: string | undefined
  readonly placeholder?: string
  readonly autoFocus?: boolean
  readonly isDisabled?: boolean
  readonly isMono?: boolean
  /** At the end of the box: a button. */
  readonly suffix?: ReactNode
}

/** The list opens while one types, and with the down arrow. */
export function CompletingField(props: CompletingFieldProps): ReactNode {
  const id = useId()
  const isBare = props.isLabelHidden === true
  /** Typed since the last choice: what is found then is offered. */
  const [isTyping, setIsTyping] = useState(false)
  return (
    <div className="min-w-0 flex-1">
      <div className="relative">
        <AriaComboBox
          allowsCustomValue
          // Completions come after the letter that asks for them: `OpenWhenFound` opens the list then.
          menuTrigger="manual"
          selectedKey={null}
          inputValue={props.value}
          items={props.options}
          isDisabled={props.isDisabled === true}
          // What fits was decided where the options come from.
          defaultFilter={() => true}
          onFocus={() => props.onUse?.(true)}
          onInputChange={(text) => {
            if (text === props.value) return
            setIsTyping(true)
            props.onChange(text)
          }}
          onSelectionChange={(key) => {
            if (key === null) return
            setIsTyping(false)
            props.onChange(String(key))
          }}
          {...(isBare ? { 'aria-label': props.label } : {})}
        >
          {isBare ? null : <Label className={LABEL}>{props.label}</Label>}
          <div
            className={classNames(
              BOX,
              'h-30 pl-9',
              props.suffix === undefined ? 'pr-9' : 'pr-30',
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
                setIsTyping(false)
                props.onUse?.(false)
                props.onBlur?.()
              }}
              className={classNames(
                'h-full min-w-0 flex-1 bg-transparent outline-none',
                props.isMono === true ? 'font-mono text-data' : 'text-body',
              )}
            />
          </div>
          <OpenWhenFound isWanted={isTyping} found={props.options.map((one) => one.id).join('\n')} />
          <Popover offset={4} className={classNames(POPOVER, 'min-w-(--trigger-width)')}>
            <ListBox className="max-h-240 overflow-auto p-4 outline-none">
              {(option: Option) => <OptionRow option={option} />}
            </ListBox>
          </Popover>
        </AriaComboBox>
        {/* Not inside: there every button would be the one that opens the list. */}
        {props.suffix === undefined ? null : (
          <span className="absolute right-2 bottom-2 flex">{props.suffix}</span>
        )}
      </div>
      <FieldNote help={props.help} error={props.error} helpId={`${id}-help`} errorId={`${id}-error`} />
    </div>
  )
}

/** Opens the list of the combo box that it stands in, each time that other completions are found. Closed with Esc it stays so until then. */
function OpenWhenFound(props: { readonly isWanted: boolean; readonly found: string }): ReactNode {
  const { isWanted, found } = props
  const state = useContext(ComboBoxStateContext)
  const open = useEffectEvent(() => {
    if (state?.isOpen === false) state.open(null, 'input')
  })
  useEffect(() => {
    if (isWanted && found !== '') open()
  }, [isWanted, found])
  return null
}
