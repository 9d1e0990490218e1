// The folder of each connection's migrations: where it is, whether another one will do, and when its files change.
import { mkdirSync, statSync, watch, type FSWatcher } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'
import type { Connection } from '#contract/capabilities/connections.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { MigrationSourceStore } from '../cache/index.ts'

export interface Folders {
  /** Absolute. Kept at the first question, so that renaming the connection moves nothing. */
  of(connection: Connection): string
  /** Throws INVALID_INPUT for a relative path, a file, and a folder that cannot be made. */
  choose(connectionId: ConnectionId, folder: string): string
}

/** Folders lie below `parent` until a person chooses others. */
export function createFolders(store: MigrationSourceStore, parent: string): Folders {
  return {
    of(connection) {
      const kept = store.folder(connection.id)
      if (kept !== undefined) return kept
      const folder = join(parent, folderName(connection))
      store.saveFolder(connection.id, folder)
      return folder
    },
    choose(connectionId, wanted) {
      const folder = usableFolder(wanted)
      store.saveFolder(connectionId, folder)
      return folder
    },
  }
}

/** Readable, and never the same for two connections. */
function folderName({ id, name }: Connection): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
  return words === '' ? id : `${words}-${id.slice(0, 8)}`
}

function usableFolder(wanted: string): string {
  if (wanted.includes('\0')) throw new AppError('INVALID_INPUT', 'A path cannot contain a zero byte.')
  if (!isAbsolute(wanted))
    throw new AppError('INVALID_INPUT', `${wanted} is not a whole path.`, {
      hint: 'Give the path from the root of the disk, as in /home/ada/shop/migrations.',
    })
  const folder = normalize(wanted)
  try {
    const found = statSync(folder, { throwIfNoEntry: false })
    if (found === undefined) mkdirSync(folder, { recursive: true })
    else if (!found.isDirectory())
      throw new AppError('INVALID_INPUT', `${folder} is a file, not a folder.`, {
        hint: 'Choose the folder that it is in, or another one.',
      })
  } catch (error) {
    if (error instanceof AppError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('INVALID_INPUT', `${folder} cannot be used: ${reason}.`, {
      hint: 'Choose a folder that this user may write to.',
      cause: error,
    })
  }
  return folder
}

export interface FolderWatch {
  /** Watches this folder for a connection, in the place of the one before. */
  show(connectionId: ConnectionId, folder: string): void
  /** A page listens; watching goes on while one does. Returns how to stop. */
  listen(): () => void
  close(): void
}

/** An editor that saves writes several times. */
const QUIET_MS = 200

/** Tells of changes in the folders that were shown. */
export function createFolderWatch(onChanged: (connectionId: ConnectionId) => void): FolderWatch {
  const shown = new Map<ConnectionId, string>()
  const watchers = new Map<ConnectionId, { readonly folder: string; readonly watcher: FSWatcher }>()
  const quiet = new Map<ConnectionId, NodeJS.Timeout>()
  let listeners = 0

  const note = (connectionId: ConnectionId): void => {
    clearTimeout(quiet.get(connectionId))
    quiet.set(
      connectionId,
      setTimeout(() => {
        quiet.delete(connectionId)
        onChanged(connectionId)
      }, QUIET_MS).unref(),
    )
  }
  const end = (connectionId: ConnectionId): void => {
    watchers.get(connectionId)?.watcher.close()
    watchers.delete(connectionId)
  }
  const begin = (connectionId: ConnectionId, folder: string): void => {
    if (watchers.get(connectionId)?.folder === folder) return
    end(connectionId)
    try {
      const watcher = watch(folder, { persistent: false }, () => note(connectionId))
      // The folder was removed, or the system has no watches left: the list can still be read again by hand.
      watcher.on('error', () => end(connectionId))
      watchers.set(connectionId, { folder, watcher })
    } catch {
      // It is not there yet. Whoever writes the first file shows it again.
    }
  }
  const endAll = (): void => {
    for (const connectionId of watchers.keys()) end(connectionId)
    for (const timer of quiet.values()) clearTimeout(timer)
    quiet.clear()
  }

  return {
    show(connectionId, folder) {
      shown.set(connectionId, folder)
      if (listeners > 0) begin(connectionId, folder)
    },
    listen() {
      listeners += 1
      for (const [connectionId, folder] of shown) begin(connectionId, folder)
      let isListening = true
      return () => {
        if (!isListening) return
        isListening = false
        listeners -= 1
        if (listeners === 0) endAll()
      }
    },
    close: endAll,
  }
}
