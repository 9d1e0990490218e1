// Documentation in Markdown, drawn as React elements: nothing of it is HTML, so nothing in it can run. Links are shown with their address and copied, not followed.
import { Fragment, type ReactNode } from 'react'

/** Headings, paragraphs, lists, quotes, code, tables of pipes, emphasis, links. */
export function MarkdownView({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="flex max-w-[720px] flex-col gap-8 text-body [overflow-wrap:anywhere] select-text">
      {blocksOf(text).map((block, at) => (
        <Fragment key={at}>{drawBlock(block)}</Fragment>
      ))}
    </div>
  )
}

type Block =
  | { readonly type: 'heading'; readonly level: number; readonly text: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'list'; readonly isOrdered: boolean; readonly items: readonly string[] }
  | { readonly type: 'quote'; readonly text: string }
  | { readonly type: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly type: 'rule' }
  | { readonly type: 'paragraph'; readonly text: string }

function blocksOf(text: string): readonly Block[] {
  const lines = text.split(/\r?\n/)
  const blocks: Block[] = []
  const take = (fits: (line: string) => boolean): string[] => {
    const taken: string[] = []
    while (lines[0] !== undefined && fits(lines[0])) taken.push(lines.shift() ?? '')
    return taken
  }
  while (lines.length > 0) {
    const line = lines[0] ?? ''
    const heading = /^(#{1,6})\s+(.*)$/.exec(line)
    if (line.trim() === '') lines.shift()
    else if (/^\s*(```|~~~)/.test(line)) {
      lines.shift()
      blocks.push({ type: 'code', text: take((one) => !/^\s*(```|~~~)/.test(one)).join('\n') })
      lines.shift()
    } else if (heading !== null) {
      lines.shift()
      blocks.push({ type: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' })
    } else if (/^\s*([-*_])(?:\s*\1){2,}\s*$/.test(line)) {
      lines.shift()
      blocks.push({ type: 'rule' })
    } else if (LIST.test(line))
      blocks.push({
        type: 'list',
        isOrdered: /^\s*\d/.test(line),
        items: take((one) => LIST.test(one)).map((one) => one.replace(LIST, '')),
      })
    else if (/^\s*>/.test(line))
      blocks.push({
        type: 'quote',
        text: take((one) => /^\s*>/.test(one))
          .map((one) => one.replace(/^\s*>\s?/, ''))
          .join('\n'),
      })
    else if (/^\s*\|.*\|\s*$/.test(line))
      blocks.push({
        type: 'table',
        rows: take((one) => /^\s*\|.*\|\s*$/.test(one))
          .filter((one) => !/^[\s|:-]+$/.test(one))
          .map((one) =>
            one
              .trim()
              .slice(1, -1)
              .split('|')
              .map((cell) => cell.trim()),
          ),
      })
    else
      blocks.push({
        type: 'paragraph',
        text: take(
          (one) => one.trim() !== '' && !/^(#{1,6}\s|\s*(```|~~~|>))/.test(one) && !LIST.test(one),
        ).join(' '),
      })
  }
  return blocks
}

const LIST = /^\s*(?:[-*+]|\d+[.)])\s+/

function drawBlock(block: Block): ReactNode {
  switch (block.type) {
    case 'heading':
      return (
        <p role="heading" aria-level={Math.min(6, block.level + 2)} className="pt-4 text-heading">
          {inline(block.text)}
        </p>
      )
    case 'code':
      return (
        <pre
          tabIndex={0}
          className="overflow-auto rounded-control border border-line-1 bg-s2 px-10 py-8 font-mono text-data"
        >
          {block.text}
        </pre>
      )
    case 'list': {
      const items = block.items.map((item, at) => <li key={at}>{inline(item)}</li>)
      return block.isOrdered ? (
        <ol className="list-decimal pl-20">{items}</ol>
      ) : (
        <ul className="list-disc pl-20">{items}</ul>
      )
    }
    case 'quote':
      return <blockquote className="border-l-2 border-line-2 pl-10 text-2">{inline(block.text)}</blockquote>
    case 'rule':
      return <hr className="border-line-1" />
    case 'table':
      return (
        <table className="w-full border-collapse text-small">
          <tbody>
            {block.rows.map((row, at) => (
              <tr key={at} className="border-b border-line-1">
                {row.map((cell, column) => {
                  const Cell = at === 0 ? 'th' : 'td'
                  return (
                    <Cell key={column} className="px-8 py-4 text-left align-top font-normal first:pl-0">
                      {inline(cell)}
                    </Cell>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )
    case 'paragraph':
      return <p>{inline(block.text)}</p>
  }
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)/g

function inline(text: string): ReactNode[] {
  const parts: ReactNode[] = []
  let at = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) parts.push(text.slice(at, match.index))
    at = match.index + match[0].length
    const [, code, strong, strong2, emphasis, label, address] = match
    const key = match.index
    if (code !== undefined)
      parts.push(
        <code key={key} className="font-mono text-data">
          {code}
        </code>,
      )
    else if (strong !== undefined || strong2 !== undefined)
      parts.push(<strong key={key}>{strong ?? strong2}</strong>)
    else if (emphasis !== undefined) parts.push(<em key={key}>{emphasis}</em>)
    else
      parts.push(
        <span key={key} title={address}>
          <span className="text-accent-text">{label === '' ? address : label}</span>
        </span>,
      )
  }
  parts.push(text.slice(at))
  return parts
}
