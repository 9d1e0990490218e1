// A connection snippet as it is shown: monospaced, breaking anywhere, its user and host brighter than the rest.
import type { ReactNode } from 'react'

const URI = /(postgres(?:ql)?:\/\/)([^:@/\s]+)(:[^@\s]*)?@([^/\s"']+)(\/[^\s"']*)?/

/** The text; the parts of a URI that tell databases apart stand out. */
export function MaskedSnippet({ text }: { readonly text: string }): ReactNode {
  const match = URI.exec(text)
  return (
    <code className="min-w-0 flex-1 text-data break-all whitespace-pre-wrap text-2 select-text">
      {match === null ? (
        text
      ) : (
        <>
          {text.slice(0, match.index)}
          {match[1]}
          <span className="text-1">{match[2]}</span>
          {match[3] ?? ''}@<span className="text-1">{match[4]}</span>
          {match[5] ?? ''}
          {text.slice(match.index + match[0].length)}
        </>
      )}
    </code>
  )
}
