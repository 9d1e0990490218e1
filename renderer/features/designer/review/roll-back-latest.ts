// Rolls back the migration that was applied a moment ago, from its message.
import type { Migration } from '#contract/capabilities/migrations.ts'
import { describeError } from '../../../host/error-text.ts'
import type { Host } from '../../../host/host-provider.tsx'
import type { Notifications } from '../../../shell/notifications.ts'
import type { DesignSession } from '../session.ts'

export interface RollBack {
  readonly host: Pick<Host, 'migrations'>
  readonly session: Pick<DesignSession, 'connectionId'>
  readonly notifications: Notifications
  readonly migration: Pick<Migration, 'version' | 'name'>
  /** Reads the schema that came of it. */
  readonly readAgain: () => Promise<void>
}

/** Undoes it if it is still the latest. Says how it went; never rejects. */
export async function rollBackLatest(options: RollBack): Promise<void> {
  const { host, session, notifications, migration, readAgain } = options
  const { connectionId } = session
  try {
    const { items } = await host.migrations.list({ connectionId })
    const latest = items.findLast(
      ({ state }) => state === 'applied' || state === 'edited' || state === 'missing',
    )
    if (latest?.version !== migration.version) {
      notifications.notify({
        tone: 'warning',
        text:
          latest === undefined
            ? `${migration.name} is not applied any more.`
            : `${latest.name} was applied after ${migration.name}. Roll back from the list of migrations.`,
      })
      return
    }
    for await (const news of host.migrations.rollBack({ connectionId }))
      if (news.type === 'waiting')
        notifications.toast({ text: `Waiting for ${news.holder}, who applies migrations to this database.` })
    notifications.notify({
      tone: 'success',
      text: `${migration.name} is rolled back. Its file is kept.`,
    })
    await readAgain()
  } catch (error) {
    const words = describeError(error)
    notifications.notify({
      tone: 'danger',
      text: `${migration.name} could not be rolled back. ${words?.message ?? ''}`,
    })
  }
}
