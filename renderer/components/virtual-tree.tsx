// A tree of any size: only the rows on screen exist. One tab stop; arrows, Home, End, Enter and typing move in it.
import {
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type HTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import { classNames } from './class-names.ts'

export interface TreeNode {
  readonly id: string
  /** Nesting, from 0. */
  readonly depth: number
  /** Left out for a leaf. */
  readonly isExpanded?: boolean | undefined
  /** What is typed to get here. Assistive technology reads what the row shows. */
  readonly label: string
}

export interface VirtualTreeProps<Node extends TreeNode> {
  readonly label: string
  /** Visible nodes in order: children of what is closed are left out. */
  readonly nodes: readonly Node[]
  readonly children: (node: Node, state: { readonly isSelected: boolean }) => ReactNode
  readonly onToggle: (node: Node) => void
  /** The arrows, a press of the main button (`pointer`) or of another one chose it. */
  readonly onSelect?: (node: Node, by: 'pointer' | 'other') => void
  /** Enter or a double click. */
  readonly onActivate: (node: Node) => void
  readonly onContextMenu?: (node: Node, point: { readonly x: number; readonly y: number }) => void
  /** Rows can be dragged; told when one was dropped on another: at its upper edge before it, else into it. */
  readonly onDrop?: (dragged: Node, target: Node, place: 'before' | 'into') => void
  /** Whether it may be dropped there; left out, everywhere. */
  readonly canDrop?: (dragged: Node, target: Node, place: 'before' | 'into') => boolean
  /** Which rows can be dragged; left out, all. */
  readonly canDrag?: (node: Node) => boolean
  /** Keys that the tree does not take for itself, with the selected row. True: it did something. */
  readonly onKey?: (event: KeyboardEvent, node: Node) => boolean
  /** The row of what is open elsewhere: when that is another one, the selection goes there. Keys then act on what is looked at. */
  readonly follows?: string | null
  /** Rows are ticked: told to assistive technology. The row draws it. */
  readonly checkOf?: (node: Node) => boolean | 'mixed'
}

const OVERSCAN = 8
const TYPEAHEAD_MS = 700

/** The tree. Its height is its container's. */
export function VirtualTree<Node extends TreeNode>(props: VirtualTreeProps<Node>): ReactNode {
  const { nodes, onToggle, onActivate } = props
  const container = useRef<HTMLDivElement>(null)
  const typed = useRef({ text: '', at: 0 })
  const idPrefix = useId()
  const [scrollTop, setScrollTop] = useState(0)
  const [size, setSize] = useState({ height: 600, row: 26 })
  const follows = props.follows ?? null
  const [followed, setFollowed] = useState(follows)
  const [selectedId, setSelectedId] = useState<string | null>(follows)
  if (follows !== followed) {
    setFollowed(follows)
    if (follows !== null) setSelectedId(follows)
  }
  const [drag, setDrag] = useState<{ node: Node; over?: { id: string; place: 'before' | 'into' } } | null>(
    null,
  )

  useLayoutEffect(() => {
    const element = container.current
    if (element === null) return undefined
    const measure = (): void => {
      const row = Number.parseInt(getComputedStyle(element).getPropertyValue('--row'), 10)
      setSize({ height: element.clientHeight, row: Number.isNaN(row) ? 26 : row })
    }
    measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(element)
    const density = new MutationObserver(measure)
    density.observe(document.documentElement, { attributes: true, attributeFilter: ['data-density'] })
    return () => {
      sizes.disconnect()
      density.disconnect()
    }
  }, [])

  const selectedAt = nodes.findIndex((node) => node.id === selectedId)
  const first = Math.max(0, Math.floor(scrollTop / size.row) - OVERSCAN)
  const last = Math.min(nodes.length, Math.ceil((scrollTop + size.height) / size.row) + OVERSCAN)

  const reveal = (at: number): void => {
    const element = container.current
    if (element === null) return
    const top = at * size.row
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + size.row > element.scrollTop + element.clientHeight)
      element.scrollTop = top + size.row - element.clientHeight
  }
  const select = (at: number): void => {
    const node = nodes[Math.max(0, Math.min(nodes.length - 1, at))]
    if (node === undefined) return
    setSelectedId(node.id)
    props.onSelect?.(node, 'other')
    reveal(nodes.indexOf(node))
  }
  const followedAt = followed === null ? -1 : nodes.findIndex((node) => node.id === followed)
  const revealFollowed = useEffectEvent(() => reveal(followedAt))
  const isFollowedThere = followedAt !== -1
  // Once when it is another one or comes into the tree; later the tree stays where the person scrolled it.
  useEffect(() => {
    if (isFollowedThere) revealFollowed()
  }, [followed, isFollowedThere])

  const selectParent = (node: Node, at: number): void => {
    const parent = nodes.slice(0, at).findLastIndex((candidate) => candidate.depth < node.depth)
    if (parent !== -1) select(parent)
  }

  const typeAhead = (key: string): void => {
    const now = performance.now()
    const text = (now - typed.current.at < TYPEAHEAD_MS ? typed.current.text : '') + key.toLowerCase()
    typed.current = { text, at: now }
    const from = text.length === 1 ? selectedAt + 1 : Math.max(0, selectedAt)
    const order = [...nodes.slice(from), ...nodes.slice(0, from)]
    const found = order.find((node) => node.label.toLowerCase().startsWith(text))
    if (found !== undefined) select(nodes.indexOf(found))
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    const node = nodes[selectedAt]
    const page = Math.max(1, Math.floor(size.height / size.row) - 1)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: selectedAt + 1,
      ArrowUp: selectedAt === -1 ? 0 : selectedAt - 1,
      PageDown: selectedAt + page,
      PageUp: selectedAt - page,
      Home: 0,
      End: nodes.length - 1,
    }
    const to = steps[event.key]
    if (node !== undefined && props.onKey?.(event, node) === true) {
      event.preventDefault()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (to !== undefined) select(to)
    else if (node === undefined) return
    else if (event.key === 'ArrowRight') {
      if (node.isExpanded === false) onToggle(node)
      else if (node.isExpanded === true) select(selectedAt + 1)
    } else if (event.key === 'ArrowLeft') {
      if (node.isExpanded === true) onToggle(node)
      else selectParent(node, selectedAt)
    } else if (event.key === 'Enter') onActivate(node)
    else if (event.key === ' ') {
      if (node.isExpanded !== undefined) onToggle(node)
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const box = container.current?.querySelector('[aria-selected="true"]')?.getBoundingClientRect()
      if (box !== undefined) props.onContextMenu?.(node, { x: box.left + 40, y: box.bottom })
    } else if (event.key.length === 1) typeAhead(event.key)
    else return
    event.preventDefault()
  }

  const dragProps = (node: Node): HTMLAttributes<HTMLDivElement> => {
    const { onDrop, canDrop, canDrag } = props
    if (onDrop === undefined) return {}
    return {
      draggable: canDrag?.(node) ?? true,
      onDragStart: () => setDrag({ node }),
      onDragEnd: () => setDrag(null),
      onDragOver(event) {
        if (drag === null || drag.node.id === node.id) return
        const box = event.currentTarget.getBoundingClientRect()
        const isUpper = event.clientY - box.top < box.height * (node.isExpanded === undefined ? 0.5 : 0.25)
        const place = isUpper ? 'before' : 'into'
        if (canDrop?.(drag.node, node, place) === false) return
        event.preventDefault()
        if (drag.over?.id !== node.id || drag.over.place !== place)
          setDrag({ node: drag.node, over: { id: node.id, place } })
      },
      onDrop(event) {
        event.preventDefault()
        if (drag?.over !== undefined) onDrop(drag.node, node, drag.over.place)
        setDrag(null)
      },
    }
  }

  const domId = (node: Node): string => `${idPrefix}${node.id}`
  const active = nodes[selectedAt]
  const isActiveShown = selectedAt >= first && selectedAt < last
  return (
    <div
      ref={container}
      role="tree"
      tabIndex={0}
      aria-label={props.label}
      {...(active !== undefined && isActiveShown ? { 'aria-activedescendant': domId(active) } : {})}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (selectedAt === -1 && nodes[0] !== undefined) setSelectedId(nodes[0].id)
      }}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      className="group/tree relative min-h-0 flex-1 overflow-x-hidden overflow-y-auto outline-none"
    >
      <div role="presentation" style={{ height: nodes.length * size.row }}>
        {nodes.slice(first, last).map((node, index) => {
          const at = first + index
          const isSelected = at === selectedAt
          return (
            <div
              key={node.id}
              id={domId(node)}
              role="treeitem"
              aria-level={node.depth + 1}
              aria-selected={isSelected}
              {...(props.checkOf === undefined ? {} : { 'aria-checked': props.checkOf(node) })}
              {...(node.isExpanded === undefined ? {} : { 'aria-expanded': node.isExpanded })}
              onMouseDown={(event) => {
                setSelectedId(node.id)
                props.onSelect?.(node, event.button === 0 ? 'pointer' : 'other')
              }}
              onClick={() => {
                if (node.isExpanded !== undefined) onToggle(node)
              }}
              onDoubleClick={() => onActivate(node)}
              onContextMenu={(event) => {
                event.preventDefault()
                setSelectedId(node.id)
                props.onContextMenu?.(node, { x: event.clientX, y: event.clientY })
              }}
              {...dragProps(node)}
              className={classNames(
                'absolute inset-x-0',
                drag?.over?.id === node.id &&
                  (drag.over.place === 'into'
                    ? 'outline-2 outline-offset-[-2px] outline-accent-text'
                    : 'shadow-[inset_0_2px_0_var(--accent-text)]'),
                isSelected
                  ? 'outline-accent-text group-focus-visible/tree:outline-2 group-focus-visible/tree:outline-offset-[-2px]'
                  : 'hover:bg-hover',
              )}
              style={{ top: at * size.row }}
            >
              {props.children(node, { isSelected })}
            </div>
          )
        })}
      </div>
    </div>
  )
}
