// Says plainly that the service is out of reach, and what waits. Goes by itself; "3 changes synced" is said once they are.
import { CloudOff, LogIn } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { Banner } from '../../components/banner.tsx'
import { Button } from '../../components/button.tsx'
import { formatMoment } from '../../components/format.ts'
import { useNow } from '../../components/use-now.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { pendingWord, useConnectivity } from './use-connectivity.ts'

/** The banner of every area. */
export function OfflineBanner({ isExpired }: { readonly isExpired: boolean }): ReactNode {
  const now = useNow()
  const { notifications, navigation } = useShell()
  const state = useConnectivity().data
  const waited = useRef(0)
  const tryNow = useAction((host, _input: void) => host.connectivity.syncNow({}), ['connectivity'])
  const pending = state?.pendingChanges ?? 0
  const isOnline = state?.state === 'online'
  useEffect(() => {
    if (isOnline && pending === 0 && waited.current > 0) {
      const count = waited.current
      notifications.notify({ tone: 'success', text: `${count} ${count === 1 ? 'change' : 'changes'} synced` })
    }
    waited.current = isOnline && pending === 0 ? 0 : Math.max(waited.current, pending)
  }, [isOnline, pending, notifications])
  if (isExpired) {
    return (
      <Banner
        icon={LogIn}
        lead="Your session ended."
        actions={
          <Button size="compact" onPress={() => navigation.go({ area: 'home', page: 'welcome' })}>
            Log in again
          </Button>
        }
      >
        Local work goes on. Projects and sync need you to log in.
      </Banner>
    )
  }
  if (state?.state !== 'offline') return null
  return (
    <Banner
      icon={CloudOff}
      lead={
        state.offlineSince === null ? 'Offline.' : `Offline since ${formatMoment(state.offlineSince, now)}.`
      }
      actions={
        <Button size="compact" variant="ghost" isBusy={tryNow.isPending} onPress={() => tryNow.mutate()}>
          Try now
        </Button>
      }
    >
      {pending > 0
        ? `${pendingWord(state)} queued here, synced when the service is back.`
        : 'Databases that this machine reaches work as before; projects are shown as they were last.'}
    </Banner>
  )
}
