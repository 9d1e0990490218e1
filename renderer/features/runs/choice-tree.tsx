// The requests of a collection with ticks: what runs. In an order of one's own: a plain list whose rows are moved by dragging or with Alt and the arrows.
import { Check, Minus } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { classNames } from '../../components/class-names.ts'
import { MethodLabel } from '../../components/method-label.tsx'
import { TreeRow } from '../../components/tree-row.tsx'
import { VirtualTree } from '../../components/virtual-tree.tsx'
import {
  choiceNodes,
  chosen,
  moved,
  orderedNodes,
  toggled,
  type Choice,
  type ChoiceNode,
  type Children,
} from './choice.ts'

export interface ChoiceTreeProps {
  readonly items: Children
  readonly choice: Choice
  readonly closed: ReadonlySet<string>
  readonly onChoice: (choice: Choice) => void
  readonly onClosed: (closed: ReadonlySet<string>) => void
}

/** The tree, or the list. Its height is its container's. */
export function ChoiceTree(props: ChoiceTreeProps): ReactNode {
  return props.choice.order === null ? <Ticks {...props} /> : <Order {...props} />
}

function Ticks({ items, choice, closed, onChoice, onClosed }: ChoiceTreeProps): ReactNode {
  const tick = (node: ChoiceNode): void => onChoice(toggled(items, choice, node))
  return (
    <VirtualTree
      label="Requests to run"
      nodes={choiceNodes(items, choice, closed)}
      checkOf={(node) => node.isChecked}
      onToggle={(node) => {
        const next = new Set(closed)
        if (!next.delete(node.path)) next.add(node.path)
        onClosed(next)
      }}
      onActivate={() => undefined}
      onSelect={(node, by) => {
        if (by === 'pointer' && node.item.kind !== 'folder') tick(node)
      }}
      onKey={(event, node) => {
        if (event.key !== ' ') return false
        tick(node)
        return true
      }}
    >
      {(node, { isSelected }) => (
        <TreeRow
          depth={node.depth}
          isExpanded={node.isExpanded}
          keepsChevronRoom
          isSelected={isSelected}
          name={
            <span className="flex items-center gap-8">
              <Tick
                isChecked={node.isChecked}
                onPress={node.item.kind === 'folder' ? () => tick(node) : undefined}
              />
              {node.item.kind === 'folder' ? null : <MethodLabel method={methodOf(node)} isColumn />}
              <span className="truncate">{node.item.name}</span>
            </span>
          }
          {...(node.item.kind === 'folder' ? { meta: node.count } : {})}
        />
      )}
    </VirtualTree>
  )
}

/** The row tells its state to assistive technology and takes the Space key; this is what is seen and clicked. */
function Tick({
  isChecked,
  onPress,
}: {
  readonly isChecked: boolean | 'mixed'
  readonly onPress: (() => void) | undefined
}): ReactNode {
  return (
    <span
      aria-hidden="true"
      {...(onPress === undefined
        ? {}
        : {
            onClick: (event) => {
              event.stopPropagation()
              onPress()
            },
          })}
      className={classNames(
        'flex size-16 flex-none items-center justify-center rounded-badge border-[1.5px]',
        isChecked === false ? 'border-line-3' : 'border-accent bg-accent text-on-accent',
      )}
    >
      {isChecked === 'mixed' ? (
        <Minus size={11} strokeWidth={3} />
      ) : isChecked ? (
        <Check size={11} strokeWidth={3} />
      ) : null}
    </span>
  )
}

function Order({ items, choice, onChoice }: ChoiceTreeProps): ReactNode {
  const paths = chosen(items, choice).map(({ path }) => path)
  const step = (event: KeyboardEvent, node: ChoiceNode): boolean => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return false
    const at = paths.indexOf(node.path)
    const before = event.key === 'ArrowUp' ? paths[at - 1] : paths[at + 2]
    if (event.key === 'ArrowUp' && before === undefined) return true
    onChoice(moved(items, choice, node.path, before ?? null))
    return true
  }
  return (
    <VirtualTree
      label="Order of the requests"
      nodes={orderedNodes(items, choice)}
      onToggle={() => undefined}
      onActivate={() => undefined}
      onKey={step}
      onDrop={(dragged, target, place) => {
        const at = paths.indexOf(target.path)
        onChoice(
          moved(items, choice, dragged.path, place === 'before' ? target.path : (paths[at + 1] ?? null)),
        )
      }}
    >
      {(node, { isSelected }) => (
        <TreeRow
          isSelected={isSelected}
          name={
            <span className="flex items-center gap-8">
              <span className="w-24 flex-none text-right text-3 tabular-nums">
                {paths.indexOf(node.path) + 1}
              </span>
              <MethodLabel method={methodOf(node)} isColumn />
              <span className="truncate">{node.item.name}</span>
            </span>
          }
        />
      )}
    </VirtualTree>
  )
}

function methodOf({ item }: ChoiceNode): string {
  return item.kind === 'graphql' ? 'GQL' : item.method
}
