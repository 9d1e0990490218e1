// The tabs of the tester's two halves: as tall as the mock, with something at the right end, and a panel that fills what is left.
import type { ReactNode } from 'react'
import { Tabs } from '../../components/tabs.tsx'

export interface PageTab<Id extends string> {
  readonly id: Id
  readonly title: string
  /** Beside the title in the hint colour: how many, or what kind. Empty for none. */
  readonly hint: string
}

export interface InPageTabsProps<Id extends string> {
  readonly label: string
  readonly items: readonly PageTab<Id>[]
  readonly value: Id
  readonly onChange: (value: Id) => void
  readonly end?: ReactNode
  readonly children: ReactNode
}

/** The tabs and the panel of the chosen one. */
export function InPageTabs<Id extends string>(props: InPageTabsProps<Id>): ReactNode {
  return (
    <Tabs
      label={props.label}
      items={props.items.map(({ id, title, hint }) => ({
        id,
        title,
        ...(hint === '' ? {} : { count: hint }),
      }))}
      value={props.value}
      onChange={props.onChange}
      isFilling
      end={props.end}
    >
      {props.children}
    </Tabs>
  )
}
