// The documentation page: a searchable list at the left, the chosen table or function at the right.
import { RefreshCw, Search, SquareFunction, Table2 } from 'lucide-react'
import { useMemo, useRef, useState, type ReactNode } from 'react'
import type { ApiState } from '#contract/capabilities/api.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { CopyIconButton } from '../../components/copy-button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Select } from '../../components/select.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import type { PaletteSource } from '../../shell/palette-source.ts'
import { focusNamedRegion } from '../../shell/regions.ts'
import { useCommands, usePaletteSource, useShell } from '../../shell/shell.tsx'
import { toConnectionId } from '../connections/index.ts'
import { useAskTester } from '../requests/index.ts'
import { ReadingProblem } from '../projects/index.ts'
import { searchEntries, type ApiDocument, type DocumentedEntry } from './document.ts'
import { EntryDetail } from './entry-detail.tsx'
import { EntryTree } from './entry-tree.tsx'
import { useSnippetKey } from './snippet-key.tsx'
import type { SnippetLanguage } from './snippets/types.ts'
import { useApi, useApiDocument, type SeenBy } from './use-api.ts'

const SEEN_BY = [
  { id: 'all', label: 'Everything exposed' },
  { id: 'anon', label: 'As anon sees it' },
  { id: 'authenticated', label: 'As authenticated sees it' },
  { id: 'service_role', label: 'As service_role sees it' },
] as const

/** The page of one project. */
export function DocumentationPage({ projectId }: { readonly projectId: ProjectId }): ReactNode {
  const api = useApi(projectId)
  const [schema, setSchema] = useState<string>()
  const [as, setAs] = useState<SeenBy>('all')
  const reading = useApiDocument(projectId, { schema, as })
  const snippetKey = useSnippetKey(projectId)
  const schemas = api.data?.settings.schemas ?? []
  const refresh = (): void => {
    void api.refetch()
    void reading.refetch()
  }
  const error = api.error ?? reading.error
  const isReady = api.data !== undefined && reading.data !== undefined
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex min-h-64 flex-none flex-wrap items-center gap-8 border-b border-line-1 px-28 py-14">
        <h1 className="text-title">Documentation</h1>
        {api.data === undefined ? null : (
          <span className="flex min-w-0 items-center gap-4">
            <code className="min-w-0 truncate font-mono text-data text-3 select-text">
              {api.data.restUrl}
            </code>
            <CopyIconButton text={api.data.url} label="Copy the URL for supabase-js" />
          </span>
        )}
        <span className="flex-1" />
        <div className="flex flex-wrap items-center gap-8">
          {schemas.length < 2 ? null : (
            <div className="w-140">
              <Select
                label="Schema"
                isLabelHidden
                options={schemas.map((id) => ({ id, label: id }))}
                value={schema ?? schemas[0] ?? ''}
                onChange={setSchema}
              />
            </div>
          )}
          <div className="w-200">
            <Select label="Seen by" isLabelHidden options={SEEN_BY} value={as} onChange={setAs} />
          </div>
          {snippetKey.picker}
        </div>
        <IconButton
          icon={RefreshCw}
          label="Read again"
          isBusy={reading.isFetching || api.isFetching}
          onPress={refresh}
        />
      </header>
      {isReady ? (
        <Loaded
          projectId={projectId}
          api={api.data}
          documentation={reading.data}
          schema={schema === undefined || schema === schemas[0] ? null : schema}
          snippetKey={snippetKey.key}
          as={as}
        />
      ) : error === null ? (
        <SkeletonRows count={8} label="Reading the documentation" />
      ) : (
        <div className="px-14 py-6">
          <ReadingProblem
            projectId={projectId}
            title="The documentation cannot be shown"
            error={error}
            isRetrying={reading.isFetching || api.isFetching}
            onRetry={refresh}
          />
        </div>
      )}
    </div>
  )
}

interface LoadedProps {
  readonly projectId: ProjectId
  readonly api: ApiState
  readonly documentation: ApiDocument
  readonly schema: string | null
  readonly snippetKey: string
  readonly as: SeenBy
}

function Loaded(props: LoadedProps): ReactNode {
  const { api, documentation, projectId } = props
  const shell = useShell()
  const ask = useAskTester()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<string>()
  const [language, setLanguage] = useState<SnippetLanguage>('curl')
  const input = useRef<HTMLInputElement>(null)
  const found = useMemo(() => searchEntries(documentation.entries, search), [documentation, search])
  const entry = documentation.entries.find(({ id }) => id === chosen) ?? found[0] ?? documentation.entries[0]
  useCommands([
    {
      id: 'api.search',
      title: 'Search the documentation',
      group: 'API',
      icon: Search,
      keys: ['Mod+F'],
      run: () => input.current?.focus(),
    },
  ])
  const caps = useCaps('api.search')
  usePaletteSource(useEntrySource(documentation.entries, setChosen))
  if (documentation.entries.length === 0)
    return (
      <div className="px-14 py-6">
        <EmptyState
          title={props.as === 'all' ? 'No tables yet' : `${props.as} sees nothing`}
          action={
            props.as === 'all' ? (
              <Button
                variant="primary"
                onPress={() => shell.openSql({ connectionId: toConnectionId(projectId) ?? null })}
              >
                Open SQL
              </Button>
            ) : (
              <Button
                variant="primary"
                onPress={() => shell.navigation.go({ area: 'api', page: 'exposure', id: projectId })}
              >
                Show the exposure
              </Button>
            )
          }
        >
          {props.as === 'all'
            ? `Create a table in ${api.settings.schemas.join(' or ')}, and its endpoints are documented here.`
            : 'New tables are exposed to nobody until you say so.'}
        </EmptyState>
      </div>
    )
  return (
    <div className="flex min-h-0 flex-1">
      <section
        aria-label="Contents"
        data-region="api-contents"
        className="flex w-240 flex-none flex-col border-r max-wide:w-200 border-line-1"
      >
        <div className="p-8">
          <SearchField
            label="Search the documentation"
            placeholder="Search"
            value={search}
            onChange={setSearch}
            caps={caps}
            inputRef={input}
            onEnter={() => {
              if (found[0] !== undefined) setChosen(found[0].id)
              document.querySelector<HTMLElement>('[data-region="api-contents"] [role="tree"]')?.focus()
            }}
          />
        </div>
        {found.length === 0 ? (
          <p className="px-12 py-4 text-small text-2">Nothing matches “{search}”.</p>
        ) : (
          <EntryTree entries={found} current={entry?.id} onChoose={setChosen} />
        )}
      </section>
      <div className="min-w-0 flex-1 overflow-auto px-24 py-20">
        <div className="max-w-900">
          {entry === undefined ? null : (
            <EntryDetail
              key={entry.id}
              entry={entry}
              onGenerate={
                ask === null
                  ? undefined
                  : () =>
                      ask({
                        kind: 'generateFor',
                        projectId,
                        tables: [entry.kind === 'table' ? entry.name : `rpc/${entry.name}`],
                      })
              }
              target={{
                url: api.url,
                restUrl: api.restUrl,
                key: props.snippetKey,
                schema: props.schema,
              }}
              language={language}
              onLanguageChange={setLanguage}
            />
          )}
        </div>
      </div>
    </div>
  )
}

/** The tables and functions of the page in "Go to anything". */
function useEntrySource(entries: readonly DocumentedEntry[], onChoose: (id: string) => void): PaletteSource {
  return useMemo(() => {
    const items = entries.map((entry) => ({
      id: `api-entry:${entry.id}`,
      title: entry.name,
      detail: entry.path,
      kind: entry.kind === 'table' ? 'API table' : 'API function',
      icon: entry.kind === 'table' ? Table2 : SquareFunction,
      run: () => {
        onChoose(entry.id)
        focusNamedRegion(document, 'api-contents')
      },
    }))
    return { id: 'api-entries', title: 'Documentation', prefix: '@', items: () => items }
  }, [entries, onChoose])
}
