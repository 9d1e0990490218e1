// Rolls back the migration that was applied a moment ago, from its message: with what that loses, progress and cancel, as from the list of migrations.
import type { ReactNode } from 'react'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { describeError } from '../../../host/error-text.ts'
import type { Host } from '../../../host/host-provider.tsx'
import { useStore } from '../../../host/store.ts'
import type { Notifications } from '../../../shell/notifications.ts'
import { RunDialog } from '../../migrations/index.ts'
import type { DesignSession } from '../session.ts'
import { reviewOf } from './session-review.ts'

/** Asks while one is to be rolled back. The schema that comes of it is heard of like every change of the database. */
export function RollBackDialog({ session }: { readonly session: DesignSession }): ReactNode {
  const { rollingBack } = reviewOf(session)
  const items = useStore(rollingBack)
  return items === null ? null : (
    <RunDialog
      connectionId={session.connectionId}
      direction="rollBack"
      to={undefined}
      items={items}
      onClose={() => rollingBack.set(null)}
    />
  )
}

export interface RollBack {
  readonly host: Pick<Host, 'migrations'>
  readonly session: DesignSession
  readonly notifications: Notifications
  readonly migration: Pick<Migration, 'version' | 'name'>
}

/** Opens the question if it is still the latest, else says what came after it. Never rejects. */
export async function askToRollBack({ host, session, notifications, migration }: RollBack): Promise<void> {
  try {
    const { items } = await host.migrations.list({ connectionId: session.connectionId })
    const latest = items.findLast(
      ({ state }) => state === 'applied' || state === 'edited' || state === 'missing',
    )
    if (latest?.version === migration.version) reviewOf(session).rollingBack.set(items)
    else
      notifications.notify({
        tone: 'warning',
        text:
          latest === undefined
            ? `${migration.name} is not applied any more.`
            : `${latest.name} was applied after ${migration.name}. Roll back from the list of migrations.`,
      })
  } catch (error) {
    notifications.notify({
      tone: 'danger',
      text: `${migration.name} could not be rolled back. ${describeError(error)?.message ?? ''}`,
    })
  }
}
