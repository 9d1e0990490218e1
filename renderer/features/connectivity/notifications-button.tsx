// The bell: what was notified since the start.
import { Bell } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton, TextButton } from '../../components/button.tsx'
import { formatAge, formatFull } from '../../components/format.ts'
import { PopoverButton } from '../../components/popover.tsx'
import { useNow } from '../../components/use-now.ts'
import { useStore } from '../../host/store.ts'
import { useShell } from '../../shell/shell.tsx'

/** The bell and its list. */
export function NotificationsButton(): ReactNode {
  const now = useNow()
  const { notifications } = useShell()
  const kept = useStore(notifications.kept)
  const unread = kept.filter((one) => !one.isRead).length
  return (
    <PopoverButton
      label="Notifications"
      width={360}
      onOpenChange={(isOpen) => {
        if (isOpen) notifications.markRead()
      }}
      trigger={<IconButton icon={Bell} label="Notifications" badge={unread} />}
    >
      {(close) => (
        <>
          <div className="flex h-38 items-center border-b border-line-1 pr-6 pl-14">
            <h2 className="flex-1 text-heading">Notifications</h2>
            {kept.length === 0 ? null : (
              <Button size="compact" variant="ghost" onPress={() => notifications.clear()}>
                Clear
              </Button>
            )}
          </div>
          {kept.length === 0 ? (
            <p className="px-14 py-14 text-small text-2">Nothing happened that needs you.</p>
          ) : (
            <ul className="max-h-360 overflow-auto py-4">
              {kept.map((one) => (
                <li key={one.id} className="flex items-start gap-8 px-14 py-6 text-small">
                  <span className={one.tone === 'danger' ? 'min-w-0 flex-1 text-danger' : 'min-w-0 flex-1'}>
                    {one.text}
                    {one.action === undefined ? null : (
                      <>
                        {' '}
                        <TextButton
                          onPress={() => {
                            one.action?.run()
                            close()
                          }}
                        >
                          {one.action.label}
                        </TextButton>
                      </>
                    )}
                  </span>
                  <span className="text-3" title={formatFull(one.at)}>
                    {formatAge(one.at, now)}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </PopoverButton>
  )
}
