// Tabs inside a page: text with an underline, counts in the hint colour.
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components'

export interface TabItem<Id extends string> {
  readonly id: Id
  readonly title: string
  /** In the hint colour: how many, or in a word what kind. */
  readonly count?: number | string
}

export interface TabsProps<Id extends string> {
  readonly label: string
  readonly items: readonly TabItem<Id>[]
  readonly value: Id
  readonly onChange: (value: Id) => void
  /** The tabs stand in a bar with a line below, and the panel scrolls in the room that is left. */
  readonly isFilling?: boolean
  /** At the right end of that bar. */
  readonly end?: ReactNode
  /** The panel of the chosen tab. */
  readonly children: ReactNode
}

/** A row of tabs and the panel of the chosen one. Arrows move. */
export function Tabs<Id extends string>(props: TabsProps<Id>): ReactNode {
  return (
    <AriaTabs
      // React Aria marks it while anything inside has the focus; that is drawn there.
      className={props.isFilling === true ? 'flex min-h-0 flex-1 flex-col outline-none' : 'outline-none'}
      selectedKey={props.value}
      onSelectionChange={(key) => {
        const chosen = props.items.find((item) => item.id === key)
        if (chosen !== undefined) props.onChange(chosen.id)
      }}
    >
      <div
        className={
          props.isFilling === true
            ? '@container flex h-34 flex-none items-stretch justify-between gap-12 border-b border-line-1 px-12'
            : 'contents'
        }
      >
        <TabList
          aria-label={props.label}
          className={classNames(
            'flex items-stretch',
            props.isFilling === true
              ? 'min-w-0 gap-18 overflow-x-auto [scrollbar-width:none] @max-[840px]:gap-12'
              : 'h-30 gap-18',
          )}
        >
          {props.items.map((item) => (
            <Tab
              key={item.id}
              id={item.id}
              className="relative flex flex-none items-center gap-6 rounded-badge whitespace-nowrap text-small font-medium text-2 hovered:text-1 selected:text-1 selected:after:absolute selected:after:inset-x-0 selected:after:bottom-0 selected:after:h-2 selected:after:bg-accent-text"
            >
              {item.title}
              {item.count === undefined ? null : <span className="font-normal text-3">{item.count}</span>}
            </Tab>
          ))}
        </TabList>
        {props.end === undefined ? null : (
          <div className="flex flex-none items-center gap-10">{props.end}</div>
        )}
      </div>
      {props.items.map((item) => (
        <TabPanel
          key={item.id}
          id={item.id}
          className={
            props.isFilling === true
              ? 'flex min-h-0 flex-1 flex-col overflow-auto focus-visible:outline-offset-[-2px]'
              : 'rounded-control'
          }
        >
          {props.children}
        </TabPanel>
      ))}
    </AriaTabs>
  )
}
