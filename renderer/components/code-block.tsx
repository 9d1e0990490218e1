// Code to read and to copy: coloured just enough to tell strings, keywords and comments apart.
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export type CodeLanguage = 'curl' | 'javascript' | 'python' | 'go' | 'sql' | 'json'

const KEYWORDS: Readonly<Record<CodeLanguage, string>> = {
  curl: 'curl',
  javascript: 'import from const await true false null',
  python: 'import True False None',
  go: 'package import func if nil defer',
  sql: 'alter table enable disable force no row level security grant revoke on to from select insert update delete execute all create drop policy as permissive restrictive for using with check function public usage schema anon authenticated rename add column constraint primary key foreign references unique default null type enum view materialized index concurrently where set values validate valid only cascade if exists or replace returns language begin commit generated always identity by partition attach detach inherits owner comment is sequence domain schema extension trigger rule procedure and in exclude using collate stored range list hash not join left right inner outer full cross lateral group order having union intersect except distinct case when then else end like between limit offset desc asc with',
  json: 'true false null',
}
const WORDS = new Map(
  Object.entries(KEYWORDS).map(([language, words]) => [language, new Set(words.split(' '))]),
)
const TOKEN = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(--[^\n]*)|(\b\d+(?:\.\d+)?\b)|([A-Za-z_]\w*)/g

/** The code in pieces, each with the class of its colour; together they are the text again. */
export function colourCode(
  text: string,
  language: CodeLanguage,
): readonly { readonly text: string; readonly className: string | undefined }[] {
  const pieces: { text: string; className: string | undefined }[] = []
  let at = 0
  const push = (end: number, className: string | undefined): void => {
    if (end > at) pieces.push({ text: text.slice(at, end), className })
    at = end
  }
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, comment, number, word = ''] = match
    const isKeyword = WORDS.get(language)?.has(language === 'sql' ? word.toLowerCase() : word) === true
    const className =
      string !== undefined
        ? // In SQL double quotes are names.
          language === 'sql' && string.startsWith('"')
          ? undefined
          : 'text-syn-string'
        : comment !== undefined && language === 'sql'
          ? 'text-syn-comment'
          : number !== undefined
            ? 'text-syn-number'
            : isKeyword
              ? 'text-syn-keyword'
              : undefined
    if (className === undefined) continue
    push(match.index, undefined)
    push(match.index + whole.length, className)
  }
  push(text.length, undefined)
  return pieces
}

/** A block that scrolls sideways and can be selected; the keyboard reaches it to scroll. */
export function CodeBlock(props: {
  readonly label: string
  readonly text: string
  readonly language: CodeLanguage
  readonly className?: string
}): ReactNode {
  return (
    <pre
      role="region"
      aria-label={props.label}
      tabIndex={0}
      className={classNames(
        'overflow-auto px-14 py-12 font-mono text-data text-1 select-text focus-visible:outline-offset-[-2px]',
        props.className,
      )}
    >
      {colourCode(props.text, props.language).map((piece, index) => (
        <span key={index} className={piece.className}>
          {piece.text}
        </span>
      ))}
    </pre>
  )
}
