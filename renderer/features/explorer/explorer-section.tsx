// "Generated from schema", at the foot of the tester's sidebar: the tables, views and functions of an API, each opening its form.
import { ChevronDown, ChevronRight, RefreshCw, Settings2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ApiSource } from '#contract/requests/api-description.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useStore } from '../../host/store.ts'
import { useShell } from '../../shell/shell.tsx'
import { useTesterAsk } from '../requests/index.ts'
import { EndpointTree } from './endpoint-tree.tsx'
import { SourceDialog } from './source-dialog.tsx'
import { useDescription, useSource, type Described } from './source.ts'

const OPEN = 'explorer.isOpen'

/** The section. Folded, it is one row. */
export function ExplorerSection(): ReactNode {
  const { layout } = useShell()
  const isOpen = useStore(layout.values)[OPEN] !== false
  const { source, projects, isReading, choose } = useSource()
  const description = useDescription(source)
  const [isChoosing, setIsChoosing] = useState(false)
  const [, setAsk] = useTesterAsk()
  const Chevron = isOpen ? ChevronDown : ChevronRight
  const { data } = description
  return (
    <section
      aria-label="Generated from schema"
      className={`flex flex-none flex-col border-t border-line-1 ${isOpen ? 'h-[40%] min-h-160' : ''}`}
    >
      <div className="flex h-30 flex-none items-center gap-2 pr-6">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => layout.set(OPEN, !isOpen)}
          className="flex h-full min-w-0 flex-1 items-center gap-6 rounded-control px-8 text-left text-small font-semibold"
        >
          <Chevron aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
          <span className="min-w-0 flex-1 truncate">Generated from schema</span>
          {data === undefined ? null : (
            <span className="font-normal text-3">{data.tables.length + data.functions.length}</span>
          )}
        </button>
        {isOpen ? (
          <>
            <IconButton
              size="small"
              icon={RefreshCw}
              label="Read the schema again"
              isBusy={description.isFetching}
              isDisabled={source === null}
              onPress={() => void description.refetch()}
            />
            <IconButton
              size="small"
              icon={Settings2}
              label="Choose an API"
              onPress={() => setIsChoosing(true)}
            />
          </>
        ) : null}
      </div>
      {isOpen ? (
        <SectionBody
          source={source}
          isReading={isReading}
          description={data}
          error={description.error}
          onRetry={() => void description.refetch()}
          onChoose={() => setIsChoosing(true)}
          onGenerate={() => setAsk({ kind: 'generate', collectionId: null, path: '' })}
        />
      ) : null}
      {isChoosing ? (
        <SourceDialog
          source={source}
          projects={projects}
          onChoose={choose}
          onClose={() => setIsChoosing(false)}
        />
      ) : null}
    </section>
  )
}

interface SectionBodyProps {
  readonly source: ApiSource | null
  readonly isReading: boolean
  readonly description: Described | undefined
  readonly error: unknown
  readonly onRetry: () => void
  readonly onChoose: () => void
  readonly onGenerate: () => void
}

function SectionBody(props: SectionBodyProps): ReactNode {
  const { source, description } = props
  const problem = describeError(props.error)
  if (source === null)
    return props.isReading ? (
      <SkeletonRows count={4} label="Reading the projects" />
    ) : (
      <EmptyState title="No API chosen" action={<Button onPress={props.onChoose}>Choose an API</Button>}>
        Choose a project, or type the address of a data API: its tables and functions are listed here.
      </EmptyState>
    )
  if (description !== undefined)
    return <EndpointTree source={source} description={description} onGenerate={props.onGenerate} />
  return problem === undefined ? (
    <SkeletonRows count={4} label="Reading the schema" />
  ) : (
    <EmptyState
      title="The schema cannot be read"
      action={<Button onPress={props.onRetry}>Try again</Button>}
      secondary={<Button onPress={props.onChoose}>Choose another API</Button>}
    >
      {problem.message}
    </EmptyState>
  )
}
