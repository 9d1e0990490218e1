// Brings what was pulled into the folder, three-way over what both sides last agreed on. Each file is done by itself; after a crash it is done again, to the
// same end: what is written already is found equal (TEAM-11 to 15).
import { AppError, isAppError } from '#contract/errors.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { BaseFile, InboxFile, TeamStore } from '../../cache/index.ts'
import { conflictCopiesOf, conflictPaths, conflictText } from './conflict-copy.ts'
import { readLocalFile, replaceLocalFile } from './files.ts'

export interface InboxParts {
  readonly store: TeamStore
  readonly collectionId: CollectionId
  readonly directory: string
  /** Runs while the app itself writes nothing to the folder. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** YYYY-MM-DD, for names alone. */
  readonly today: () => string
}

const ATTEMPTS = 5

/** Applies what it can. What it cannot stays in the inbox with its reason. */
export async function applyInbox(parts: InboxParts): Promise<void> {
  const { store, collectionId } = parts
  for (const file of store.inbox(collectionId)) {
    try {
      await parts.exclusively(() => applyOne(parts, file))
    } catch (error) {
      if (!isAppError(error)) throw error
      const now = store.inbox(collectionId).find(({ path }) => path === file.path)
      if (now !== undefined) store.putInbox(collectionId, { ...now, reason: error.message })
    }
  }
}

async function applyOne(parts: InboxParts, file: InboxFile): Promise<void> {
  const { store, collectionId, directory } = parts
  const base = store.baseFile(collectionId, file.path)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const local = await readLocalFile(directory, file.path)
    if (await settle(parts, { file, base, local })) {
      agree(parts, file)
      return
    }
  }
  throw new AppError('CONFLICT', 'It is being changed by another program.')
}

interface Sides {
  readonly file: InboxFile
  readonly base: BaseFile | undefined
  /** Null for no file here. */
  readonly local: string | null
}

/** Makes the folder right for the file. False when the file changed meanwhile. */
async function settle(parts: InboxParts, { file, base, local }: Sides): Promise<boolean> {
  const remote = file.text
  const before = base?.text ?? null
  if (local === remote || remote === before) return true
  // Unchanged here; or deleted here and edited there: the edit comes back.
  if (local === before || local === null)
    return replaceLocalFile(parts.directory, file.path, { expected: local, text: remote })
  // Edited here and deleted there: the edit stays, and is sent as a new file.
  if (remote === null) return true
  await writeCopy(parts, file, remote)
  return true
}

/** The service's version is what the next change of this machine stands on. */
function agree({ store, collectionId }: InboxParts, { path, version, text }: InboxFile): void {
  store.transaction(() => {
    if (text === null) store.removeBase(collectionId, path)
    else store.putBase(collectionId, { path, version, text })
    store.removeInbox(collectionId, path)
  })
}

/** Writes the team's text beside the file of this machine, once: a copy that says the same is there after a crash, or came from a teammate. */
async function writeCopy({ directory, today }: InboxParts, file: InboxFile, remote: string): Promise<void> {
  for (const copyPath of await conflictCopiesOf(directory, file.path)) {
    const present = await readLocalFile(directory, copyPath).catch(() => null)
    if (present === conflictText(file.path, copyPath, remote)) return
  }
  for (const copyPath of conflictPaths(file.path, today())) {
    const text = conflictText(file.path, copyPath, remote)
    if (await replaceLocalFile(directory, copyPath, { expected: null, text })) return
  }
}
