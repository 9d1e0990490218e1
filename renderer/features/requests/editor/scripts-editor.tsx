// Scripts that run before the request, after its response, and as tests; the names of pm.* are completed.
import { useState, type ReactNode } from 'react'
import type { Scripts } from '#contract/requests/parts.ts'
import { Segmented } from '../../../components/toggles.tsx'
import { CodeField } from './code-field.tsx'
import { suggestScript } from './script-names.ts'

const STAGES = [
  { id: 'beforeRequest', label: 'Before' },
  { id: 'afterResponse', label: 'After' },
  { id: 'tests', label: 'Tests' },
] as const

const WORDS: Readonly<Record<keyof Scripts, string>> = {
  beforeRequest: 'Runs before the request is resolved: it can change the request and set variables.',
  afterResponse: 'Runs when the response is there: it can keep values of it for other requests.',
  tests: 'Runs last: pm.test names what must hold.',
}

/** The editor. */
export function ScriptsEditor(props: {
  readonly scripts: Scripts
  readonly onChange: (scripts: Scripts) => void
}): ReactNode {
  const [stage, setStage] = useState<keyof Scripts>('beforeRequest')
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-38 flex-none items-center gap-12 border-b border-line-1 px-12">
        <Segmented label="When" options={STAGES} value={stage} onChange={setStage} />
        <span className="min-w-0 truncate text-small text-3">{WORDS[stage]}</span>
      </div>
      <CodeField
        key={stage}
        label={`Script, ${stage}`}
        language="javascript"
        value={props.scripts[stage]}
        suggest={suggestScript}
        onChange={(text) => props.onChange({ ...props.scripts, [stage]: text })}
      />
    </div>
  )
}
