// A line of text in which {{variables}} are marked: their values on hover and at the caret, their names completed.
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { segmentsOf, type Segment } from '#api-client/common/resolve/segments.ts'
import { classNames } from '../../../components/class-names.ts'
import { useShowVariable, useVariables } from './variables.tsx'

export interface VariableFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly onEnter?: () => void
  /** May keep the text to itself (true): a pasted command becomes a request. */
  readonly onPasteText?: (text: string) => boolean
  readonly isMuted?: boolean
  /** Other words to offer: names of headers. */
  readonly suggest?: (text: string) => readonly string[]
  readonly className?: string
}

const COLOURS: Readonly<Record<Segment['kind'], string>> = {
  text: '',
  resolved: 'text-syn-param',
  secret: 'text-syn-keyword',
  dynamic: 'text-syn-function',
  process: 'text-syn-function',
  unresolved: 'text-danger underline decoration-dotted underline-offset-2',
  circular: 'text-danger underline decoration-dotted underline-offset-2',
}
const MOST_OFFERED = 12

/** The field. Without a border: rows of tables and the URL bar draw their own. */
export function VariableField(props: VariableFieldProps): ReactNode {
  const { value, onChange } = props
  const lookup = useVariables()
  const show = useShowVariable()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const marks = useRef<HTMLDivElement>(null)
  const [caret, setCaret] = useState<number | null>(null)
  const [hovered, setHovered] = useState<number | null>(null)
  const [chosen, setChosen] = useState(0)
  // Suggestions come with typing, not with a caret that is put somewhere; ArrowDown asks for them.
  const [isClosed, setIsClosed] = useState(true)
  const segments = segmentsOf(value, lookup)
  const explained =
    segments.find((one) => one.kind !== 'text' && one.start === hovered) ??
    segments.find((one) => one.kind !== 'text' && caret !== null && caret > one.start && caret < one.end)
  const typing = caret === null || isClosed ? null : offersAt(value, caret, props.suggest, lookup.all)

  useLayoutEffect(() => {
    if (marks.current !== null && input.current !== null) marks.current.scrollLeft = input.current.scrollLeft
  })

  const take = (word: string): void => {
    if (typing === null) return
    const next = `${value.slice(0, typing.start)}${word}${value.slice(typing.end)}`
    onChange(next)
    setIsClosed(true)
    const at = typing.start + word.length
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (typing !== null && typing.offers.length > 0) {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      const offer = typing.offers[Math.min(chosen, typing.offers.length - 1)]
      if (step !== 0) setChosen((chosen + step + typing.offers.length) % typing.offers.length)
      else if ((event.key === 'Enter' || event.key === 'Tab') && offer !== undefined && !isMod(event))
        take(offer)
      else if (event.key === 'Escape') setIsClosed(true)
      else if (event.key === 'Enter' && isMod(event)) return setIsClosed(true)
      else return
      event.preventDefault()
      event.stopPropagation()
    } else if (event.key === 'ArrowDown' && isClosed && caret !== null) {
      event.preventDefault()
      setChosen(0)
      setIsClosed(false)
    } else if (event.key === 'F12' && show !== null && explained !== undefined && explained.kind !== 'text') {
      event.preventDefault()
      show(explained.name)
    } else if (event.key === 'Enter' && !isMod(event) && props.onEnter !== undefined) {
      event.preventDefault()
      props.onEnter()
    }
  }
  const follow = (): void => setCaret(input.current?.selectionStart ?? null)

  return (
    <div className={classNames('relative min-w-0 flex-1', props.className)}>
      <div
        ref={marks}
        aria-hidden="true"
        className={classNames(
          'pointer-events-none absolute inset-0 overflow-hidden font-mono text-data leading-26 whitespace-pre',
          props.isMuted === true ? 'text-3' : 'text-1',
        )}
      >
        {segments.map((segment) => (
          <span
            key={segment.start}
            className={COLOURS[segment.kind]}
            {...(segment.kind === 'text'
              ? {}
              : {
                  'data-variable': segment.name,
                })}
          >
            {value.slice(segment.start, segment.end)}
          </span>
        ))}
      </div>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={props.label}
        aria-expanded={typing !== null && typing.offers.length > 0}
        aria-controls={`${id}-offers`}
        aria-autocomplete="list"
        aria-describedby={`${id}-explained`}
        value={value}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
        placeholder={props.placeholder}
        onChange={(event) => {
          setIsClosed(false)
          setChosen(0)
          onChange(event.target.value)
          setCaret(event.target.selectionStart)
        }}
        onSelect={follow}
        onFocus={follow}
        onBlur={() => {
          setCaret(null)
          setIsClosed(true)
        }}
        onScroll={() => {
          if (marks.current !== null && input.current !== null)
            marks.current.scrollLeft = input.current.scrollLeft
        }}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          if (props.onPasteText?.(event.clipboardData.getData('text')) === true) event.preventDefault()
        }}
        onMouseMove={(event) => setHovered(variableAt(marks.current, segments, event))}
        onMouseLeave={() => setHovered(null)}
        className="relative h-26 w-full bg-transparent font-mono text-data text-transparent caret-text-1 outline-none"
      />
      <div id={`${id}-explained`} className={explained === undefined ? 'sr-only' : TIP}>
        {explained === undefined || explained.kind === 'text' ? null : <Explained segment={explained} />}
        {show !== null && explained?.kind === 'unresolved' && caret !== null ? (
          <button
            type="button"
            tabIndex={-1}
            // The field keeps the focus, or this would be gone before it is pressed. F12 does the same.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => show(explained.name)}
            className="pointer-events-auto ml-8 rounded-badge text-accent-text hover:underline"
          >
            Show variables
          </button>
        ) : null}
      </div>
      {typing === null || typing.offers.length === 0 ? null : (
        <ul
          id={`${id}-offers`}
          role="listbox"
          aria-label="Suggestions"
          className="absolute top-full left-0 z-40 mt-4 max-h-240 min-w-180 overflow-auto rounded-card bg-s3 p-4 shadow-overlay"
        >
          {typing.offers.map((offer, at) => (
            <li
              key={offer}
              role="option"
              aria-selected={at === chosen}
              onMouseDown={(event) => {
                event.preventDefault()
                take(offer)
              }}
              className={classNames(
                'flex h-26 items-center rounded-control px-8 font-mono text-data whitespace-nowrap',
                at === chosen && 'bg-active',
              )}
            >
              {offer}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const TIP =
  'pointer-events-none absolute top-full left-0 z-40 mt-4 max-w-420 rounded-control bg-s3 px-8 py-5 text-small whitespace-normal shadow-overlay'

const SCOPES: Readonly<Record<string, string>> = {
  request: 'this request',
  folder: 'folder',
  environment: 'environment',
  collection: 'collection',
  global: 'globals',
  script: 'set by a script',
  data: 'data of the run',
  process: 'the host',
}

function Explained({
  segment,
}: {
  readonly segment: Exclude<Segment, { readonly kind: 'text' }>
}): ReactNode {
  const name = <span className="font-mono text-data text-1">{segment.name}</span>
  switch (segment.kind) {
    case 'resolved':
      return (
        <>
          <span className="font-mono text-data [overflow-wrap:anywhere] text-1">
            {segment.value === '' ? '(empty)' : segment.value}
          </span>
          <span className="ml-8 text-3">
            {[SCOPES[segment.scope] ?? segment.scope, segment.from].filter((word) => word !== '').join(' ')}
          </span>
        </>
      )
    case 'secret':
      return (
        <>
          {name} is a secret of{' '}
          {segment.from === '' ? (SCOPES[segment.scope] ?? segment.scope) : segment.from}; it is filled in
          when the request is sent.
        </>
      )
    case 'dynamic':
      return <>{name} is another value each time.</>
    case 'process':
      return <>{name} is known when the request is sent.</>
    case 'circular':
      return <>{name} refers to itself.</>
    case 'unresolved':
      return <>Nothing gives {name} a value. Add it to the environment or to the variables.</>
  }
}

function isMod(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey
}

/** The start of the variable under the pointer. */
function variableAt(
  marks: HTMLDivElement | null,
  segments: readonly Segment[],
  point: { readonly clientX: number; readonly clientY: number },
): number | null {
  const spans = [...(marks?.children ?? [])]
  const at = spans.findIndex((span) => {
    const box = span.getBoundingClientRect()
    return point.clientX >= box.left && point.clientX < box.right
  })
  const segment = segments[at]
  return segment === undefined || segment.kind === 'text' ? null : segment.start
}

/** What can be completed at the caret: the name of a variable after `{{`, else what the caller offers for the whole text. */
function offersAt(
  value: string,
  caret: number,
  suggest: VariableFieldProps['suggest'],
  all: () => readonly { readonly variable: { readonly name: string } }[],
): { readonly start: number; readonly end: number; readonly offers: readonly string[] } | null {
  const open = value.lastIndexOf('{{', caret - 1)
  const typed = open === -1 ? '' : value.slice(open + 2, caret)
  if (open !== -1 && !/[{}\s]/.test(typed)) {
    const isClosedAlready = /^[\w$.-]*\}\}/.test(value.slice(caret))
    const offers = all()
      .map(({ variable }) => variable.name)
      .filter((name) => name.toLowerCase().includes(typed.toLowerCase()) && name !== typed)
      .slice(0, MOST_OFFERED)
    return {
      start: open + 2,
      end: caret,
      offers: offers.map((name) => (isClosedAlready ? name : `${name}}}`)),
    }
  }
  if (suggest === undefined || value === '' || caret !== value.length) return null
  return {
    start: 0,
    end: value.length,
    offers: suggest(value)
      .filter((word) => word !== value)
      .slice(0, MOST_OFFERED),
  }
}
