// What sidebars are made of: the heading row, navigation entries.
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../components/class-names.ts'

/** The 34 px heading of a sidebar with its actions. */
export function SidebarHeading(props: {
  readonly title: ReactNode
  readonly actions?: ReactNode
}): ReactNode {
  return (
    <div className="flex h-34 flex-none items-center gap-2 border-b border-line-1 pr-6 pl-12">
      <h2 className="min-w-0 flex-1 truncate text-small font-semibold">{props.title}</h2>
      {props.actions}
    </div>
  )
}

export interface NavEntry {
  readonly id: string
  readonly label: string
  readonly icon: LucideIcon
  readonly meta?: ReactNode
}

/** Page navigation inside an area. */
export function SidebarNav(props: {
  readonly label: string
  readonly groups: readonly { readonly title?: string; readonly entries: readonly NavEntry[] }[]
  readonly current: string
  readonly onGo: (id: string) => void
}): ReactNode {
  return (
    <nav aria-label={props.label} className="min-h-0 flex-1 overflow-auto py-6">
      {props.groups.map((group, index) => (
        <div key={group.title ?? index} className="mb-12">
          {group.title === undefined ? null : (
            <h3 className="flex h-28 items-center px-12 text-small font-normal text-3">{group.title}</h3>
          )}
          <ul>
            {group.entries.map((entry) => (
              <li key={entry.id}>
                <button
                  type="button"
                  aria-current={entry.id === props.current ? 'page' : undefined}
                  onClick={() => props.onGo(entry.id)}
                  className={classNames(
                    'flex h-28 w-full items-center gap-8 px-12 text-small focus-visible:outline-offset-[-2px]',
                    entry.id === props.current ? 'bg-active text-1' : 'text-2 hover:bg-hover hover:text-1',
                  )}
                >
                  <entry.icon aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
                  <span className="min-w-0 flex-1 truncate text-left">{entry.label}</span>
                  {entry.meta === undefined ? null : <span className="text-micro text-3">{entry.meta}</span>}
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}
