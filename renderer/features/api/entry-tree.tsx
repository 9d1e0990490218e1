// The list at the left of the documentation: tables, then functions; only what is on screen is drawn.
import { SquareFunction, Table2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { TreeRow } from '../../components/tree-row.tsx'
import { VirtualTree, type TreeNode } from '../../components/virtual-tree.tsx'
import type { DocumentedEntry } from './document.ts'

interface EntryNode extends TreeNode {
  readonly entry: DocumentedEntry | undefined
  readonly count: number
}

const GROUPS = [
  { kind: 'table', label: 'Tables' },
  { kind: 'function', label: 'Functions' },
] as const

export interface EntryTreeProps {
  readonly entries: readonly DocumentedEntry[]
  /** Id of the entry that is shown. */
  readonly current: string | undefined
  readonly onChoose: (id: string) => void
}

/** The tree. */
export function EntryTree({ entries, current, onChoose }: EntryTreeProps): ReactNode {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const nodes = GROUPS.flatMap(({ kind, label }): EntryNode[] => {
    const inside = entries.filter((entry) => entry.kind === kind)
    if (inside.length === 0) return []
    const isExpanded = !closed.has(kind)
    return [
      { id: kind, depth: 0, isExpanded, label, entry: undefined, count: inside.length },
      ...(isExpanded
        ? inside.map((entry) => ({ id: entry.id, depth: 1, label: entry.name, entry, count: 0 }))
        : []),
    ]
  })
  const choose = (node: EntryNode): void => {
    if (node.entry !== undefined) onChoose(node.id)
  }
  return (
    <VirtualTree
      label="Tables and functions of the API"
      nodes={nodes}
      onToggle={(node) =>
        setClosed((before) => {
          const after = new Set(before)
          if (!after.delete(node.id)) after.add(node.id)
          return after
        })
      }
      onSelect={choose}
      onActivate={choose}
    >
      {(node, { isSelected }) =>
        node.entry === undefined ? (
          <TreeRow name={node.label} isExpanded={node.isExpanded} isSelected={isSelected} meta={node.count} />
        ) : (
          <TreeRow
            name={node.label}
            icon={node.entry.kind === 'table' ? Table2 : SquareFunction}
            depth={1}
            isMono
            isSelected={node.id === current}
          />
        )
      }
    </VirtualTree>
  )
}
