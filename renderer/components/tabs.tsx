// Tabs inside a page: text with an underline, counts in the hint colour.
import type { ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components'

export interface TabItem<Id extends string> {
  readonly id: Id
  readonly title: string
  readonly count?: number
}

export interface TabsProps<Id extends string> {
  readonly label: string
  readonly items: readonly TabItem<Id>[]
  readonly value: Id
  readonly onChange: (value: Id) => void
  /** The panel of the chosen tab. */
  readonly children: ReactNode
}

/** A row of tabs and the panel of the chosen one. Arrows move. */
export function Tabs<Id extends string>(props: TabsProps<Id>): ReactNode {
  return (
    <AriaTabs
      // React Aria marks it while anything inside has the focus; that is drawn there.
      className="outline-none"
      selectedKey={props.value}
      onSelectionChange={(key) => {
        const chosen = props.items.find((item) => item.id === key)
        if (chosen !== undefined) props.onChange(chosen.id)
      }}
    >
      <TabList aria-label={props.label} className="flex h-30 items-stretch gap-18">
        {props.items.map((item) => (
          <Tab
            key={item.id}
            id={item.id}
            className="relative flex items-center gap-6 rounded-badge text-small font-medium text-2 hovered:text-1 selected:text-1 selected:after:absolute selected:after:inset-x-0 selected:after:bottom-0 selected:after:h-2 selected:after:bg-accent-text"
          >
            {item.title}
            {item.count === undefined ? null : <span className="font-normal text-3">{item.count}</span>}
          </Tab>
        ))}
      </TabList>
      {props.items.map((item) => (
        <TabPanel key={item.id} id={item.id} className="rounded-control">
          {props.children}
        </TabPanel>
      ))}
    </AriaTabs>
  )
}
