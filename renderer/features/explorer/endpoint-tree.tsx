// The endpoints of an API as a tree: tables, views and functions, and below each what can be done with it.
import { Eye, SquareFunction, Table2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { emptyForm, type Action } from '#api-client/common/postgrest/form.ts'
import type { ApiFunction, ApiSource, ApiTable } from '#contract/requests/api-description.ts'
import { Button } from '../../components/button.tsx'
import { ContextMenu } from '../../components/context-menu.tsx'
import { MethodLabel } from '../../components/method-label.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { TreeRow } from '../../components/tree-row.tsx'
import { VirtualTree, type TreeNode } from '../../components/virtual-tree.tsx'
import { useRequestWorkbench } from '../requests/index.ts'
import { ACTION_TITLES, actionsOf } from './actions.ts'
import { ENDPOINT_VIEW, writeParams } from './endpoint-params.ts'
import { chooseAction } from './endpoint-state.ts'
import { sourceText, type Described } from './source.ts'

interface EndpointNode extends TreeNode {
  readonly endpoint: ApiTable | ApiFunction
  /** Null for the endpoint itself. */
  readonly action: Action | null
}

const ICONS = { table: Table2, view: Eye, function: SquareFunction }

export interface EndpointTreeProps {
  readonly source: ApiSource
  readonly description: Described
  readonly onGenerate: () => void
}

/** The tree with its filter. */
export function EndpointTree({ source, description, onGenerate }: EndpointTreeProps): ReactNode {
  const workbench = useRequestWorkbench()
  const [filter, setFilter] = useState('')
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const [menu, setMenu] = useState<{ node: EndpointNode; point: { x: number; y: number } } | null>(null)
  const wanted = filter.trim().toLowerCase()
  const nodes = nodesOf(description, wanted, opened)
  const toggle = ({ id }: EndpointNode): void =>
    setOpened((before) => {
      const after = new Set(before)
      if (!after.delete(id)) after.add(id)
      return after
    })
  const open = ({ endpoint, action }: EndpointNode): void => {
    const tabId = workbench.tabs.openView(
      ENDPOINT_VIEW,
      writeParams({
        source: sourceText(source),
        kind: endpoint.kind === 'function' ? 'function' : 'table',
        schema: endpoint.schema,
        name: endpoint.name,
      }),
      endpoint.name,
    )
    if (action !== null) chooseAction(workbench, tabId, action)
  }
  const generate = ({ endpoint }: EndpointNode): void => {
    if (source.type !== 'project') return
    const name = endpoint.kind === 'function' ? `rpc/${endpoint.name}` : endpoint.name
    workbench.ask.set({ kind: 'generateFor', projectId: source.projectId, tables: [name] })
  }
  return (
    <>
      <div className="flex flex-none items-center gap-6 px-8 pb-6">
        <SearchField
          label="Filter endpoints"
          value={filter}
          onChange={setFilter}
          className="min-w-0 flex-1"
        />
        <Button size="compact" onPress={onGenerate}>
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
          onToggle={toggle}
          // A row that a press chooses opens at once; one that the arrows pass does not.
          onSelect={(node, by) => {
            if (by === 'pointer') open(node)
          }}
          onActivate={open}
          onContextMenu={(node, point) => setMenu({ node, point })}
        >
          {(node, { isSelected }) => <EndpointRow node={node} isSelected={isSelected} />}
        </VirtualTree>
      )}
      <ContextMenu
        label="Endpoint"
        point={menu?.point ?? null}
        entries={
          menu === null
            ? []
            : [
                { id: 'open', label: 'Open', onAction: () => open(menu.node) },
                {
                  id: 'generate',
                  label:
                    menu.node.endpoint.kind === 'function'
                      ? 'Generate requests for this function'
                      : `Generate requests for this ${menu.node.endpoint.kind}`,
                  isDisabled: source.type !== 'project',
                  onAction: () => generate(menu.node),
                },
              ]
        }
        onClose={() => setMenu(null)}
      />
    </>
  )
}

function nodesOf(description: Described, wanted: string, opened: ReadonlySet<string>): EndpointNode[] {
  return [...description.tables, ...description.functions].flatMap((endpoint): EndpointNode[] => {
    const prefix = endpoint.schema === description.schemas[0] ? '' : `${endpoint.schema}.`
    const path = endpoint.kind === 'function' ? `/rpc/${endpoint.name}` : `/${endpoint.name}`
    const label = `${prefix}${path}`
    if (!label.toLowerCase().includes(wanted)) return []
    const id = `${endpoint.kind} ${endpoint.schema} ${endpoint.name}`
    const actions = actionsOf(endpoint)
    const isExpanded = actions.length < 2 ? undefined : opened.has(id)
    return [
      { id, depth: 0, label, endpoint, action: null, isExpanded },
      ...(isExpanded === true
        ? actions.map((action) => ({
            id: `${id} ${action}`,
            depth: 1,
            label: ACTION_TITLES[action],
            endpoint,
            action,
          }))
        : []),
    ]
  })
}

function EndpointRow(props: { readonly node: EndpointNode; readonly isSelected: boolean }): ReactNode {
  const { node, isSelected } = props
  const { endpoint, action } = node
  if (action !== null)
    return (
      <TreeRow
        name={
          <span className="flex items-center gap-8">
            <MethodLabel method={emptyForm(action, '', '').method} isColumn />
            {node.label}
          </span>
        }
        depth={0}
        isSelected={isSelected}
      />
    )
  const actions = actionsOf(endpoint)
  const [only] = endpoint.methods
  return (
    <TreeRow
      name={node.label}
      icon={ICONS[endpoint.kind]}
      isExpanded={node.isExpanded}
      keepsChevronRoom
      isSelected={isSelected}
      meta={actions.length > 1 ? actions.length : only === undefined ? '0' : <MethodLabel method={only} />}
    />
  )
}
