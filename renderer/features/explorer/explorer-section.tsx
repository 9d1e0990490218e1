// "Generated from schema", at the foot of the tester's sidebar: the tables, views and functions of an API, each opening its form.
import { ChevronDown, ChevronRight, Eye, RefreshCw, Settings2, SquareFunction, Table2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ApiFunction, ApiSource, ApiTable } from '#contract/requests/api-description.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { MethodLabel } from '../../components/method-label.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { TreeRow } from '../../components/tree-row.tsx'
import { VirtualTree, type TreeNode } from '../../components/virtual-tree.tsx'
import { describeError } from '../../host/error-text.ts'
import { useStore } from '../../host/store.ts'
import { useShell } from '../../shell/shell.tsx'
import { useRequestWorkbench, useTesterAsk } from '../requests/index.ts'
import { ENDPOINT_VIEW, writeParams } from './endpoint-params.ts'
import { GenerateDialog } from './generate-dialog.tsx'
import { SourceDialog } from './source-dialog.tsx'
import { sourceText, useDescription, useSource, type Described } from './source.ts'

const OPEN = 'explorer.isOpen'

/** The section. Folded, it is one row. */
export function ExplorerSection(): ReactNode {
  const { layout } = useShell()
  const isOpen = useStore(layout.values)[OPEN] !== false
  const { source, projects, isReading, choose } = useSource()
  const description = useDescription(source)
  const [chosen, setChosen] = useState<'source' | 'generate' | null>(null)
  const [ask, setAsk] = useTesterAsk()
  // Asked for elsewhere in the tester; without an API, one is chosen first.
  const dialog = chosen ?? (ask?.kind === 'generate' ? (source === null ? 'source' : 'generate') : null)
  const setDialog = (next: 'source' | 'generate' | null): void => {
    setChosen(next)
    if (next === null && ask?.kind === 'generate') setAsk(null)
  }
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
              onPress={() => setDialog('source')}
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
          onChoose={() => setDialog('source')}
          onGenerate={() => setDialog('generate')}
        />
      ) : null}
      {dialog === 'source' ? (
        <SourceDialog source={source} projects={projects} onChoose={choose} onClose={() => setDialog(null)} />
      ) : null}
      {dialog === 'generate' && source !== null && data !== undefined ? (
        <GenerateDialog source={source} description={data} onClose={() => setDialog(null)} />
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
    return <Endpoints source={source} description={description} onGenerate={props.onGenerate} />
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

interface EndpointNode extends TreeNode {
  readonly endpoint: ApiTable | ApiFunction
}

const ICONS = { table: Table2, view: Eye, function: SquareFunction }

function Endpoints(props: {
  readonly source: ApiSource
  readonly description: Described
  readonly onGenerate: () => void
}): ReactNode {
  const { source, description } = props
  const workbench = useRequestWorkbench()
  const [filter, setFilter] = useState('')
  const wanted = filter.trim().toLowerCase()
  const nodes = [...description.tables, ...description.functions]
    .map((endpoint): EndpointNode => {
      const prefix = endpoint.schema === description.schemas[0] ? '' : `${endpoint.schema}.`
      const path = endpoint.kind === 'function' ? `/rpc/${endpoint.name}` : `/${endpoint.name}`
      return {
        id: `${endpoint.kind} ${endpoint.schema} ${endpoint.name}`,
        depth: 0,
        label: `${prefix}${path}`,
        endpoint,
      }
    })
    .filter(({ label }) => label.toLowerCase().includes(wanted))
  const open = ({ endpoint }: EndpointNode): void =>
    workbench.openView(
      ENDPOINT_VIEW,
      writeParams({
        source: sourceText(source),
        kind: endpoint.kind === 'function' ? 'function' : 'table',
        schema: endpoint.schema,
        name: endpoint.name,
      }),
      endpoint.name,
    )
  return (
    <>
      <div className="flex flex-none items-center gap-6 px-8 pb-6">
        <SearchField
          label="Filter endpoints"
          value={filter}
          onChange={setFilter}
          className="min-w-0 flex-1"
        />
        <Button size="compact" onPress={props.onGenerate}>
          Generate
        </Button>
      </div>
      {description.cachedAt === null ? null : (
        <p role="status" className="px-14 pb-6 text-small text-warning">
          The API cannot be asked now. This is what it said on{' '}
          {new Date(description.cachedAt).toLocaleString()}.
        </p>
      )}
      {nodes.length === 0 ? (
        <p className="px-14 py-6 text-small text-3">
          {wanted === ''
            ? 'This API shows no table and no function to this role.'
            : `No endpoint has “${filter.trim()}” in its name.`}
        </p>
      ) : (
        <VirtualTree
          label="Endpoints"
          nodes={nodes}
          onToggle={() => undefined}
          onSelect={open}
          onActivate={open}
        >
          {(node, { isSelected }) => (
            <TreeRow
              name={node.label}
              icon={ICONS[node.endpoint.kind]}
              isSelected={isSelected}
              meta={
                <span className="flex gap-6">
                  {node.endpoint.methods
                    .filter((method) => method !== 'PUT')
                    .map((method) => (
                      <MethodLabel key={method} method={method} />
                    ))}
                </span>
              }
            />
          )}
        </VirtualTree>
      )}
    </>
  )
}
