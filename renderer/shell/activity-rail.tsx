// The activity rail: one entry per area that exists, settings at the bottom.
import type { ReactNode } from 'react'
import { classNames } from '../components/class-names.ts'
import { RailButton } from '../components/rail-button.tsx'
import type { Area } from './areas.ts'
import { useCaps } from './command-hint.tsx'
import { useShell } from './shell.tsx'

/** Draws the rail. */
export function ActivityRail(props: {
  readonly areas: readonly Area[]
  readonly current: string
}): ReactNode {
  const item = (area: Area): ReactNode => (
    <RailItem key={area.id} area={area} isCurrent={area.id === props.current} />
  )
  return (
    <nav
      aria-label="Areas"
      data-region="rail"
      className={classNames('flex w-44 flex-none flex-col items-center gap-2 border-r border-line-1 py-6')}
    >
      {props.areas.filter((area) => area.placement === 'top').map(item)}
      <span className="flex-1" />
      {props.areas.filter((area) => area.placement === 'bottom').map(item)}
    </nav>
  )
}

const noBadge = (): number => 0

function RailItem({ area, isCurrent }: { readonly area: Area; readonly isCurrent: boolean }): ReactNode {
  const { navigation } = useShell()
  const caps = useCaps(`area.${area.id}`)
  // An area's hook is the same at every render: areas are listed once.
  const useBadge = area.useBadge ?? noBadge
  const badge = useBadge()
  return (
    <RailButton
      icon={area.icon}
      label={area.title}
      caps={caps}
      isCurrent={isCurrent}
      badge={badge}
      onPress={() => navigation.enter(area.id)}
    />
  )
}
