// Applies the changes of one push to a collection that is locked: each is applied, in conflict or rejected, the others going on (TEAM-5 to 8).
import type { AccountId } from '#contract/capabilities/ids.ts'
import {
  TEAM_MOST_BYTES,
  TEAM_MOST_FILE_BYTES,
  TEAM_MOST_FILES,
  type TeamFileChange,
  type TeamFileOutcome,
} from '#contract/capabilities/team-collections.ts'
import {
  foldTeamPath,
  pathAndFolders,
  TEAM_ROOT_FILES,
  teamPathProblem,
} from '#contract/requests/team-path.ts'
import type { Tx } from '../db/database.ts'
import * as store from './store.ts'

export interface Changes {
  /** Locked. */
  readonly row: store.CollectionRow
  readonly changes: readonly TeamFileChange[]
  readonly changedBy: AccountId
  readonly at: Date
}

/** Applies them in their order. `after` is the collection's row as it is to be written. */
export async function applyChanges(
  tx: Tx,
  { row, changes, changedBy, at }: Changes,
): Promise<{ readonly outcomes: TeamFileOutcome[]; readonly after: store.CollectionRow }> {
  const done = await store.findMutations(
    tx,
    row.id,
    changes.map(({ mutationId }) => mutationId),
  )
  const files = await store.findFiles(
    tx,
    row.id,
    changes.map(({ path }) => path),
  )
  const isNew = (change: TeamFileChange): boolean =>
    change.text !== null && (files.get(change.path)?.text ?? null) === null
  const spellings = changes.some(isNew) ? spellingsOf(await store.listPaths(tx, row.id)) : new Spellings()
  let after = row

  const applyOne = async ({
    mutationId,
    path,
    baseVersion,
    text,
  }: TeamFileChange): Promise<TeamFileOutcome> => {
    const before = done.get(mutationId)
    if (before !== undefined) return { type: 'applied', mutationId, version: before }
    const file = files.get(path)
    const standing = file?.text ?? null
    const version = standing === null ? 0 : (file?.version ?? 0)
    if (text === standing) return { type: 'applied', mutationId, version }
    if (baseVersion !== version) return { type: 'conflict', mutationId, version, text: standing }
    const next = {
      ...after,
      version: after.version + 1,
      files: after.files + Number(text !== null) - Number(standing !== null),
      bytes: after.bytes + bytesOf(text) - bytesOf(standing),
    }
    const reason = reasonToReject({ path, text, isNew: standing === null }, next, spellings)
    if (reason !== null) return { type: 'rejected', mutationId, reason }
    await store.writeFile(tx, row.id, { path, version: next.version, text, changedBy, at })
    await store.writeMutation(tx, row.id, { mutationId, version: next.version, at })
    files.set(path, { path, version: next.version, text })
    done.set(mutationId, next.version)
    if (text === null) spellings.remove(path)
    else if (standing === null) spellings.add(path)
    after = next
    return { type: 'applied', mutationId, version: next.version }
  }

  const outcomes: TeamFileOutcome[] = []
  for (const change of changes) outcomes.push(await applyOne(change))
  return { outcomes, after }
}

interface Wanted {
  readonly path: string
  readonly text: string | null
  readonly isNew: boolean
}

/** Why a change can never be stored; `next` is the collection as it would be after it. */
function reasonToReject(
  { path, text, isNew }: Wanted,
  next: store.CollectionRow,
  spellings: Spellings,
): string | null {
  if (text === null)
    return TEAM_ROOT_FILES.includes(path) ? 'The collection’s own file is needed by everybody.' : null
  const problem = teamPathProblem(path)
  if (problem !== null) return problem
  if (text.includes('\0') || !text.isWellFormed())
    return 'It contains signs that cannot be stored (NUL, or half of one).'
  if (bytesOf(text) > TEAM_MOST_FILE_BYTES)
    return `It is larger than ${megabytes(TEAM_MOST_FILE_BYTES)}, which is the most for one file.`
  if (isNew && next.files > TEAM_MOST_FILES)
    return `The collection has ${TEAM_MOST_FILES} files already, which is the most that a team can share.`
  if (next.bytes > TEAM_MOST_BYTES)
    return `The collection would be larger than ${megabytes(TEAM_MOST_BYTES)}, which is the most that a team can share.`
  const other = isNew ? spellings.otherFor(path) : null
  if (other !== null)
    return `The team has “${other}”, which some machines cannot tell from this one. Rename one of the two.`
  return null
}

/** How files and folders that are there are written, so that none comes beside it which a machine without case would take for the same. */
class Spellings {
  readonly #byFolded = new Map<string, Map<string, number>>()

  add(path: string): void {
    for (const one of pathAndFolders(path)) {
      const spellings = this.#byFolded.get(foldTeamPath(one)) ?? new Map<string, number>()
      spellings.set(one, (spellings.get(one) ?? 0) + 1)
      this.#byFolded.set(foldTeamPath(one), spellings)
    }
  }

  remove(path: string): void {
    for (const one of pathAndFolders(path)) {
      const spellings = this.#byFolded.get(foldTeamPath(one))
      const count = (spellings?.get(one) ?? 0) - 1
      if (count > 0) spellings?.set(one, count)
      else spellings?.delete(one)
    }
  }

  otherFor(path: string): string | null {
    for (const one of pathAndFolders(path))
      for (const spelling of this.#byFolded.get(foldTeamPath(one))?.keys() ?? [])
        if (spelling !== one) return spelling
    return this.#byFolded.get(foldTeamPath(path))?.keys().next().value ?? null
  }
}

function spellingsOf(paths: readonly string[]): Spellings {
  const spellings = new Spellings()
  for (const path of paths) spellings.add(path)
  return spellings
}

function bytesOf(text: string | null): number {
  return text === null ? 0 : Buffer.byteLength(text)
}

function megabytes(bytes: number): string {
  return `${bytes / 1_000_000} MB`
}
