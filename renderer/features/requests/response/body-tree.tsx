// JSON as a tree: children are read when a node is opened, many in parts. A JSON path shows its matches in the tree's place.
import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { TreeNode as JsonNode } from '#contract/capabilities/requests.ts'
import type { ExchangeId } from '#contract/requests/exchange.ts'
import { ContextMenu } from '../../../components/context-menu.tsx'
import { formatCount } from '../../../components/format.ts'
import { SearchField } from '../../../components/text-field.tsx'
import { TreeRow } from '../../../components/tree-row.tsx'
import { VirtualTree, type TreeNode } from '../../../components/virtual-tree.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useCall, useHost } from '../../../host/host-provider.tsx'
import { useShell } from '../../../shell/shell.tsx'

const PART = 500
const MOST_MATCHES = 1_000
const COLOURS: Readonly<Record<JsonNode['type'], string>> = {
  object: 'text-3',
  array: 'text-3',
  string: 'text-syn-string',
  number: 'text-syn-number',
  boolean: 'text-syn-keyword',
  null: 'text-syn-keyword',
}

interface Row extends TreeNode {
  readonly json: JsonNode | null
  /** A row that reads more children of this pointer. */
  readonly more: { readonly pointer: string; readonly from: number } | null
}

type Children = ReadonlyMap<string, readonly JsonNode[]>

/** The tree with its JSON path field. */
export function BodyTree({ exchangeId }: { readonly exchangeId: ExchangeId }): ReactNode {
  const host = useHost()
  const { notifications } = useShell()
  const queries = useQueryClient()
  const [children, setChildren] = useState<Children>(new Map())
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(['']))
  const [path, setPath] = useState('')
  const [menu, setMenu] = useState<{ row: JsonNode; point: { x: number; y: number } } | null>(null)
  const root = useCall(
    ['requests', 'tree', exchangeId, ''],
    (one, options) => one.requests.tree({ exchangeId, pointer: '', from: 0, count: PART }, options),
    { staleTime: Infinity },
  )
  const expression = path.trim()
  const matches = useCall(
    ['requests', 'jsonPath', exchangeId, expression],
    (one, options) => one.requests.jsonPath({ exchangeId, expression, limit: MOST_MATCHES }, options),
    { enabled: expression !== '' && expression !== '$', staleTime: Infinity },
  )

  const load = async (pointer: string, from: number): Promise<void> => {
    try {
      const got = await queries.fetchQuery({
        queryKey: ['requests', 'tree', exchangeId, pointer, from],
        queryFn: () => host.requests.tree({ exchangeId, pointer, from, count: PART }),
        staleTime: Infinity,
      })
      setChildren((before) => {
        const known = before.get(pointer) ?? (pointer === '' ? (root.data?.children ?? []) : [])
        return new Map(before).set(pointer, [...known.slice(0, from), ...got.children])
      })
    } catch (error) {
      notifications.toast({ tone: 'danger', text: describeError(error)?.message ?? 'It could not be read.' })
    }
  }
  const toggle = (row: Row): void => {
    if (row.more !== null) return void load(row.more.pointer, row.more.from)
    const pointer = row.json?.pointer
    if (pointer === undefined) return
    if (!open.has(pointer) && pointer !== '' && !children.has(pointer)) void load(pointer, 0)
    setOpen((before) => {
      const after = new Set(before)
      if (!after.delete(pointer)) after.add(pointer)
      return after
    })
  }
  const problem = describeError(root.error)
  const pathProblem = describeError(matches.error)
  const isPath = expression !== '' && expression !== '$'
  const rows = isPath
    ? rowsOf(matches.data?.matches ?? [], { children, open, depth: 0, labelByPointer: true })
    : root.data === undefined
      ? []
      : rowsOf([root.data.node], {
          children: children.has('') ? children : new Map(children).set('', root.data.children),
          open,
          depth: 0,
          labelByPointer: false,
        })
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-34 flex-none items-center gap-8 border-b border-line-1 px-12">
        <div className="w-320 max-w-full">
          <SearchField
            label="JSON path"
            placeholder="JSON path: $..id, $[?@.price > 10]"
            value={path}
            onChange={setPath}
          />
        </div>
        <span role="status" className="min-w-0 truncate text-small text-3 tabular-nums">
          {!isPath
            ? ''
            : pathProblem !== undefined
              ? pathProblem.message
              : matches.data === undefined
                ? 'Searching…'
                : `${formatCount(matches.data.matches.length)}${matches.data.isComplete ? '' : '+'} ${matches.data.matches.length === 1 ? 'match' : 'matches'}`}
        </span>
      </div>
      {problem !== undefined ? (
        <p role="alert" className="px-14 py-12 text-small text-danger">
          {problem.message}
        </p>
      ) : (
        <VirtualTree
          label="Body as a tree"
          nodes={rows}
          onToggle={toggle}
          onActivate={toggle}
          onContextMenu={(row, point) => {
            if (row.json !== null) setMenu({ row: row.json, point })
          }}
        >
          {(row, { isSelected }) => (
            <TreeRow
              name={
                row.json === null ? (
                  <span className="text-accent-text">{row.label}</span>
                ) : (
                  <Value node={row.json} label={row.label} />
                )
              }
              depth={row.depth}
              isExpanded={row.isExpanded}
              isSelected={isSelected}
              keepsChevronRoom
              isMono
            />
          )}
        </VirtualTree>
      )}
      <ContextMenu
        label="Value"
        point={menu?.point ?? null}
        onClose={() => setMenu(null)}
        entries={
          menu === null
            ? []
            : [
                {
                  id: 'value',
                  label: 'Copy value',
                  isDisabled: menu.row.type === 'object' || menu.row.type === 'array',
                  onAction: () => void navigator.clipboard.writeText(menu.row.preview),
                },
                {
                  id: 'path',
                  label: 'Copy JSON path',
                  onAction: () => void navigator.clipboard.writeText(jsonPathOf(menu.row.pointer)),
                },
                {
                  id: 'pointer',
                  label: 'Copy JSON pointer',
                  onAction: () => void navigator.clipboard.writeText(menu.row.pointer),
                },
              ]
        }
      />
    </div>
  )
}

function Value({ node, label }: { readonly node: JsonNode; readonly label: string }): ReactNode {
  const isBranch = node.type === 'object' || node.type === 'array'
  const count = formatCount(node.children)
  return (
    <>
      {label === '' ? null : <span className="text-syn-function">{label}</span>}
      {label === '' ? null : <span className="text-syn-operator">: </span>}
      <span className={COLOURS[node.type]}>
        {isBranch ? (node.type === 'array' ? `[${count}]` : `{${count}}`) : node.preview}
      </span>
    </>
  )
}

interface RowsInput {
  readonly children: Children
  readonly open: ReadonlySet<string>
  readonly depth: number
  /** Matches of a path are named by where they are. */
  readonly labelByPointer: boolean
}

function rowsOf(nodes: readonly JsonNode[], input: RowsInput): readonly Row[] {
  const rows: Row[] = []
  const add = (node: JsonNode, depth: number, label: string): void => {
    const isBranch = (node.type === 'object' || node.type === 'array') && node.children > 0
    const isExpanded = isBranch ? input.open.has(node.pointer) : undefined
    rows.push({ id: `${node.pointer}#${depth}`, depth, isExpanded, label, json: node, more: null })
    if (isExpanded !== true) return
    const known = input.children.get(node.pointer) ?? []
    for (const child of known) add(child, depth + 1, child.key)
    if (known.length < node.children && known.length > 0)
      rows.push({
        id: `${node.pointer}#more`,
        depth: depth + 1,
        label: `Show more, ${formatCount(node.children - known.length)} are left`,
        json: null,
        more: { pointer: node.pointer, from: known.length },
      })
  }
  for (const node of nodes) add(node, input.depth, input.labelByPointer ? jsonPathOf(node.pointer) : node.key)
  return rows
}

/** A JSON Pointer as a JSON path. */
export function jsonPathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce(
      (path, part) =>
        /^\d+$/.test(part)
          ? `${path}[${part}]`
          : /^[A-Za-z_]\w*$/.test(part)
            ? `${path}.${part}`
            : `${path}[${JSON.stringify(part)}]`,
      '$',
    )
}
