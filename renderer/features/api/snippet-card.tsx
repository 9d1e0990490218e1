// The snippet of an operation in four languages, with Copy.
import { Copy } from 'lucide-react'
import type { ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { CodeBlock } from '../../components/code-block.tsx'
import { CopyButton, useCopy } from '../../components/copy-button.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands } from '../../shell/shell.tsx'
import { writeSnippet } from './snippets/snippet.ts'
import {
  SNIPPET_LANGUAGES,
  type SnippetAction,
  type SnippetLanguage,
  type SnippetTarget,
} from './snippets/types.ts'

const TITLES: Readonly<Record<SnippetLanguage, string>> = {
  curl: 'curl',
  javascript: 'JavaScript',
  python: 'Python',
  go: 'Go',
}
const NEEDS: Readonly<Record<SnippetLanguage, string>> = {
  curl: 'For a POSIX shell.',
  javascript: 'npm install @supabase/supabase-js',
  python: 'pip install requests',
  go: 'Needs the standard library only.',
}

export interface SnippetCardProps {
  readonly language: SnippetLanguage
  readonly onLanguageChange: (language: SnippetLanguage) => void
  readonly target: SnippetTarget
  readonly action: SnippetAction
}

/** The card. */
export function SnippetCard({ language, onLanguageChange, target, action }: SnippetCardProps): ReactNode {
  const text = writeSnippet(language, target, action)
  const copying = useCopy()
  useCommands([
    {
      id: 'api.copy-snippet',
      title: 'Copy snippet',
      group: 'API',
      icon: Copy,
      keys: ['Mod+Shift+C'],
      run: () => copying.copy(text),
    },
  ])
  const caps = useCaps('api.copy-snippet')
  return (
    <Card isFlat>
      <div className="px-14 pt-4">
        <Tabs
          label="Language"
          items={SNIPPET_LANGUAGES.map((id) => ({ id, title: TITLES[id] }))}
          value={language}
          onChange={onLanguageChange}
        >
          <div className="-mx-14 border-t border-line-1">
            <CodeBlock label={`Snippet for ${TITLES[language]}`} text={text} language={language} />
            <div className="flex items-center gap-12 border-t border-line-1 px-14 py-8">
              <span className="min-w-0 flex-1 truncate font-mono text-micro text-3 select-text">
                {NEEDS[language]}
              </span>
              <CopyButton text={text} label="Copy snippet" variant="primary" caps={caps} copying={copying} />
            </div>
          </div>
        </Tabs>
      </div>
    </Card>
  )
}
