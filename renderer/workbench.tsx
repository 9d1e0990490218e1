// The composition root of the page: lists the areas.
import type { ReactNode } from 'react'
import { HostEvents } from './host/host-events.tsx'

/** The whole app. */
export function Workbench({ isBrowser }: { readonly isBrowser: boolean }): ReactNode {
  return (
    <div className="bg-s1 p-24 text-1" data-browser={isBrowser}>
      <HostEvents />
      <h1 className="text-title">NebulaDB</h1>
    </div>
  )
}
