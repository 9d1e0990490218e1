// Tells when something in a folder may have changed. On Linux each folder is watched by itself: Node would otherwise watch each file.
import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'

/** A checkout makes thousands of events: looked at once, when they pause. */
const PAUSE_MS = 40
const LONGEST_MS = 400
/** Where the system has no more watches. */
const POLL_MS = 3_000

export interface FolderWatch {
  /** Watches these folders below the root, and no others. */
  follow(folders: readonly string[]): void
  close(): void
}

/** Calls back after changes, never twice at once. */
export function watchFolder(directory: string, onChange: () => Promise<void>): FolderWatch {
  const watchers = new Map<string, FSWatcher>()
  const isRecursive = process.platform !== 'linux'
  let pause: NodeJS.Timeout | undefined
  let first = 0
  let poll: NodeJS.Timeout | undefined
  let isRunning = false
  let isAgain = false
  let isClosed = false

  const run = async (): Promise<void> => {
    if (isRunning) {
      isAgain = true
      return
    }
    isRunning = true
    do {
      isAgain = false
      await onChange().catch(() => undefined)
    } while (isAgain && !isClosed)
    isRunning = false
  }
  const changed = (): void => {
    if (isClosed) return
    const now = performance.now()
    if (pause === undefined) first = now
    clearTimeout(pause)
    pause = setTimeout(
      () => {
        pause = undefined
        void run()
      },
      Math.max(0, Math.min(PAUSE_MS, first + LONGEST_MS - now)),
    )
  }
  const startPolling = (): void => {
    poll ??= setInterval(changed, POLL_MS).unref()
  }
  const add = (folder: string): void => {
    if (watchers.has(folder) || isClosed) return
    try {
      const watcher = watch(join(directory, folder), { recursive: isRecursive }, changed)
      watcher.on('error', () => {
        watcher.close()
        watchers.delete(folder)
        startPolling()
      })
      watchers.set(folder, watcher)
    } catch {
      startPolling()
    }
  }
  return {
    follow(folders) {
      if (isRecursive) return add('')
      const wanted = new Set(['', ...folders])
      for (const [folder, watcher] of watchers)
        if (!wanted.has(folder)) {
          watcher.close()
          watchers.delete(folder)
        }
      for (const folder of wanted) add(folder)
    },
    close() {
      isClosed = true
      clearTimeout(pause)
      clearInterval(poll)
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}
