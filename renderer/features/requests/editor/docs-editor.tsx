// The documentation of a request: written in Markdown, read as it will look.
import { useState, type ReactNode } from 'react'
import { Segmented } from '../../../components/toggles.tsx'
import { CodeField } from './code-field.tsx'
import { MarkdownView } from './markdown-view.tsx'

/** The editor; it shows what is there first, and opens for writing where there is nothing. */
export function DocsEditor(props: {
  readonly docs: string
  readonly onChange: (docs: string) => void
}): ReactNode {
  const [mode, setMode] = useState<'read' | 'write'>(props.docs === '' ? 'write' : 'read')
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-38 flex-none items-center border-b border-line-1 px-12">
        <Segmented
          label="Documentation"
          options={[
            { id: 'write', label: 'Write' },
            { id: 'read', label: 'Read' },
          ]}
          value={mode}
          onChange={setMode}
        />
      </div>
      {mode === 'write' ? (
        <CodeField
          label="Documentation in Markdown"
          language="text"
          wrapsLines
          value={props.docs}
          onChange={props.onChange}
        />
      ) : (
        <div className="min-h-0 flex-1 overflow-auto px-14 py-12">
          {props.docs === '' ? (
            <p className="text-small text-3">Nothing is written yet.</p>
          ) : (
            <MarkdownView text={props.docs} />
          )}
        </div>
      )}
    </div>
  )
}
