// Pages of the area that are about a connection and not about one design: its migrations, and comparing its schema.
import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { Button } from '../../components/button.tsx'
import { useShell } from '../../shell/shell.tsx'
import { ComparePage } from '../compare/index.ts'
import { MigrationsPage } from '../migrations/index.ts'

export type ConnectionPageId = 'migrations' | 'compare'

/** The page at a location; undefined when it is a design. */
export function connectionPageOf(page: string): ConnectionPageId | undefined {
  return page === 'migrations' || page === 'compare' ? page : undefined
}

/** The page, and the way back to the design. */
export function ConnectionPage(props: {
  readonly page: ConnectionPageId
  readonly connectionId: ConnectionId
}): ReactNode {
  const { navigation } = useShell()
  const { page, connectionId } = props
  return (
    <>
      <div className="flex h-38 flex-none items-center border-b border-line-1 px-14">
        <Button
          size="compact"
          variant="ghost"
          icon={ArrowLeft}
          onPress={() => navigation.go({ area: 'designer', id: connectionId })}
        >
          Back to the design
        </Button>
      </div>
      {page === 'migrations' ? (
        <MigrationsPage key={connectionId} connectionId={connectionId} />
      ) : (
        <ComparePage key={connectionId} connectionId={connectionId} />
      )}
    </>
  )
}
