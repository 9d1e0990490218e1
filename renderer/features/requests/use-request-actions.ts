// What is done with the request of a tab: send, cancel, save, and the dialogs that these open.
import { useState } from 'react'
import { describeError } from '../../host/error-text.ts'
import { useShell } from '../../shell/shell.tsx'
import { useRequestWorkbench } from './request-workbench.tsx'
import { useCollections } from './use-collections.ts'

export interface RequestDialog {
  readonly kind: 'save' | 'code' | 'conflict'
  readonly tabId: string
}

export interface RequestActions {
  send(tabId: string): void
  cancel(tabId: string): void
  save(tabId: string): Promise<void>
  readonly dialog: RequestDialog | null
  open(dialog: RequestDialog): void
  closeDialog(): void
  environmentOf(collectionId: string | null): string | null
}

/** The actions. */
export function useRequestActions(): RequestActions {
  const { tabs, sends, sockets } = useRequestWorkbench()
  const { notifications } = useShell()
  const { collections } = useCollections()
  const [dialog, setDialog] = useState<RequestDialog | null>(null)
  const environmentOf = (id: string | null): string | null =>
    collections.find((one) => one.id === id)?.activeEnvironment ?? null
  return {
    dialog,
    open: setDialog,
    closeDialog: () => setDialog(null),
    environmentOf,
    send(tabId) {
      const tab = tabs.get(tabId)
      if (tab?.kind !== 'request' || tab.request === null) return
      const { collectionId, path, request } = tab
      const where = { collectionId, path, environment: environmentOf(collectionId) }
      if (request.kind === 'websocket') void sockets.connect(tabId, { request, ...where })
      else void sends.send(tabId, { request, ...where })
    },
    cancel(tabId) {
      sends.cancel(tabId)
      sockets.disconnect(tabId)
    },
    async save(tabId) {
      const tab = tabs.get(tabId)
      if (tab?.kind !== 'request' || tab.request === null) return
      if (tab.path === null || tab.collectionId === null) return setDialog({ kind: 'save', tabId })
      if (tab.outside !== null) return setDialog({ kind: 'conflict', tabId })
      try {
        const isWritten = await tabs.save(tabId)
        if (!isWritten) setDialog({ kind: 'conflict', tabId })
      } catch (error) {
        const text = describeError(error)
        notifications.notify({
          tone: 'danger',
          text: `It could not be saved: ${text?.message ?? ''} ${text?.hint ?? ''}`.trim(),
        })
      }
    },
  }
}
