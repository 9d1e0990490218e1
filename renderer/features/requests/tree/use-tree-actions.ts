// What can be done with the items of the tree: each is a call to the host, and what fails is told.
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { ApiRequest } from '#contract/requests/request.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { describeError } from '../../../host/error-text.ts'
import { useHost } from '../../../host/host-provider.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { useRequestWorkbench } from '../request-workbench.tsx'

export interface TreeActions {
  /** Makes a request in a folder and opens it. */
  newRequest(collectionId: CollectionId, folder: string): Promise<void>
  newFolder(collectionId: CollectionId, folder: string): Promise<string | undefined>
  rename(collectionId: CollectionId, path: string, name: string): Promise<void>
  duplicate(collectionId: CollectionId, path: string): Promise<void>
  /** Removes it, and offers to take that back. */
  remove(collectionId: CollectionId, path: string, name: string): Promise<void>
  move(
    collectionId: CollectionId,
    path: string,
    to: { readonly folder: string; readonly before: string | null },
  ): Promise<void>
}

/** The actions. */
export function useTreeActions(): TreeActions {
  const host = useHost()
  const { notifications } = useShell()
  const { tabs } = useRequestWorkbench()
  const attempt = async <T>(what: string, act: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await act()
    } catch (error) {
      const text = describeError(error)
      notifications.notify({
        tone: 'danger',
        text: `${what}: ${text?.message ?? ''} ${text?.hint ?? ''}`.trim(),
      })
      return undefined
    }
  }
  const move = async (
    id: CollectionId,
    path: string,
    to: { readonly toFolder: string; readonly before?: string | null; readonly name?: string },
  ): Promise<void> => {
    const written = await host.collections.move({ id, path, ...to })
    tabs.moved(id, path, written.path)
  }
  return {
    async newRequest(id, folder) {
      await attempt('The request could not be made', async () => {
        const written = await host.collections.createRequest({
          id,
          folder,
          request: newHttpRequest('New request'),
        })
        tabs.openFile(id, written.path)
      })
    },
    newFolder: (id, folder) =>
      attempt('The folder could not be made', async () => {
        const written = await host.collections.createFolder({ id, folder, name: 'New folder' })
        return written.path
      }),
    async rename(id, path, name) {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      await attempt('It could not be renamed', async () => {
        // The open request has its name in it: what was typed there keeps, with the new name.
        await move(id, path, { toFolder: folder, name })
      })
    },
    async duplicate(id, path) {
      await attempt('It could not be duplicated', async () => {
        const written = await host.collections.duplicate({ id, path })
        const found = await host.collections.read({ id, path: written.path })
        if (ApiRequest.safeParse(found.item).success) tabs.openFile(id, written.path)
      })
    },
    async remove(id, path, name) {
      await attempt('It could not be removed', async () => {
        const { undo } = await host.collections.remove({ id, path })
        notifications.toast({
          text: `${name} is removed.`,
          action: {
            label: 'Undo',
            run: () =>
              void attempt('It could not be brought back', async () => {
                const restored = await host.collections.restore({ id, undo })
                await tabs.refresh(id, [restored.path])
              }),
          },
        })
      })
    },
    async move(id, path, { folder, before }) {
      await attempt('It could not be moved', () => move(id, path, { toFolder: folder, before }))
    },
  }
}
