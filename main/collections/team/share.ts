// Sharing a collection with a team, taking it back, and opening one that a team shares.
import { existsSync } from 'node:fs'
import type { z } from 'zod'
import type { collections as collectionsContract } from '#contract/capabilities/collections.ts'
import { type OrganisationId, TeamCollectionId } from '#contract/capabilities/ids.ts'
import type { TeamFile, teamCollections } from '#contract/capabilities/team-collections.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import { TEAM_ROOT_FILES } from '#contract/requests/team-path.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { CollectionStore, TeamStore } from '../../cache/index.ts'
import { askService, type Cloud } from '../../cloud/index.ts'
import type { OpenFolders } from '../open-folders.ts'
import { replaceLocalFile } from './files.ts'
import type { TeamSync } from './team-sync.ts'

type TeamHandlers = Pick<
  CapabilityHandlers<typeof collectionsContract>,
  'share' | 'teamCollections' | 'openTeamCollection' | 'syncNow'
>

export interface ShareDependencies {
  readonly cloud: Cloud
  readonly store: TeamStore
  readonly collections: CollectionStore
  readonly folders: OpenFolders
  readonly sync: TeamSync
  readonly newId: () => string
  /** Tells the page that the list changed. */
  readonly notify: (id: CollectionId) => void
}

/** The handlers. */
export function createTeamHandlers(dependencies: ShareDependencies): TeamHandlers {
  const { cloud, store, collections, folders, sync, newId, notify } = dependencies
  const ask = askService(cloud)

  async function takeBack(id: CollectionId, forAll: boolean): Promise<void> {
    const link = store.link(id)
    if (link === undefined) return
    const { organisationId, teamCollectionId } = link
    if (forAll && link.isCreated && link.stopped === null)
      await ask('Taking a collection away from its team', (service) =>
        service.teamCollections.remove({ organisationId, teamCollectionId }),
      ).catch((error: unknown) => {
        // Another one was faster.
        if (!isAppError(error, 'NOT_FOUND')) throw error
      })
    await sync.release(id)
    store.removeLink(id)
    folders.save({ ...folders.known(id), organisationId: null })
  }

  return {
    async share({ id, organisationId, forAll }) {
      const known = folders.known(id)
      const link = store.link(id)
      if (organisationId === null) await takeBack(id, forAll)
      else if (link !== undefined && link.stopped !== 'removed') {
        if (link.organisationId !== organisationId)
          throw new AppError('CONFLICT', 'This collection is shared with another team.', {
            hint: 'Take it back first.',
          })
        await sync.run(id, { retriesRefused: true })
      } else {
        if (cloud.session.state().mode !== 'signed-in')
          throw new AppError('UNAUTHENTICATED', 'Sharing a collection needs an account.', {
            hint: 'Log in, then share it.',
          })
        await folders.folder(id)
        const teamCollectionId = TeamCollectionId.parse(newId())
        store.transaction(() => {
          store.removeLink(id)
          store.saveLink({ ...NEW_LINK, collectionId: id, teamCollectionId, organisationId })
        })
        try {
          // The answer may be lost: the id is kept, and the next cycle asks for the same once more.
          await cloud.call(
            (service) =>
              service.teamCollections.create({
                organisationId,
                teamCollectionId,
                name: known.name.trim().slice(0, 500) || 'Collection',
              }),
            { now: true },
          )
        } catch (error) {
          if (!isAppError(error, 'SERVICE_UNREACHABLE')) {
            store.removeLink(id)
            throw error
          }
        }
        folders.save({ ...folders.known(id), organisationId })
        void sync.run(id)
      }
      notify(id)
    },

    async teamCollections() {
      if (cloud.session.state().account === null) return []
      return ask('Listing what teams share', async (service) => {
        const organisations = await service.organisations.list({})
        const found = await Promise.all(
          organisations.map(async ({ id, name }) =>
            (await service.teamCollections.list({ organisationId: id })).map((one) => ({
              ...one,
              organisationName: name,
              here: hereOf(one.id),
            })),
          ),
        )
        return found.flat()
      })
    },

    async openTeamCollection({ organisationId, teamCollectionId, parent }) {
      const before = store.linkOfTeam(teamCollectionId)
      if (before !== undefined) {
        const known = collections.get(before.collectionId)
        if (known?.isOpen === true) return folders.info(known.id)
        if (typeof known?.folder === 'string' && existsSync(known.folder)) {
          const info = await folders.add(known.folder)
          await sync.run(info.id)
          notify(info.id)
          return folders.info(info.id)
        }
        store.removeLink(before.collectionId)
      }
      const { name, files, cursor, canWrite } = await fetchAll({ organisationId, teamCollectionId })
      const root = files.find(({ path, text }) => TEAM_ROOT_FILES.includes(path) && text !== null)
      if (root === undefined)
        throw new AppError('CONFLICT', 'The machine that shares this collection has not sent it yet.', {
          hint: 'Try again when it was online.',
        })
      const made = await folders.makeFolder(name, parent)
      const collectionId = made.id
      try {
        // All of it is kept before anything is in the list: after a crash the rest is written by the next cycle.
        store.transaction(() => {
          store.removeLink(collectionId)
          store.saveLink({
            ...NEW_LINK,
            collectionId,
            teamCollectionId,
            organisationId,
            isCreated: true,
            cursor,
            canWrite,
          })
          for (const file of files) store.putInbox(collectionId, { ...file, reason: null })
        })
        await replaceLocalFile(made.directory, root.path, { expected: null, text: root.text })
        await made.add()
      } catch (error) {
        store.removeLink(collectionId)
        await made.discard()
        throw error
      }
      folders.save({ ...folders.known(collectionId), organisationId })
      await sync.run(collectionId)
      notify(collectionId)
      return folders.info(collectionId)
    },

    async syncNow({ id }) {
      folders.known(id)
      await sync.run(id, { retriesRefused: true })
    },
  }

  /** The collection of this machine that is the team's, if it is in the list. */
  function hereOf(teamCollectionId: TeamCollectionId): CollectionId | null {
    const link = store.linkOfTeam(teamCollectionId)
    return link !== undefined && collections.get(link.collectionId)?.isOpen === true
      ? link.collectionId
      : null
  }

  /** All files as they are now. A page that says `reset` begins from the beginning. */
  async function fetchAll(ref: TeamRef): Promise<Fetched> {
    const byPath = new Map<string, TeamFile>()
    let cursor: string | null = null
    for (;;) {
      const page: PulledPage = await pullPage(ref, cursor)
      if (page.reset) byPath.clear()
      for (const file of page.files) byPath.set(file.path, file)
      cursor = page.cursor
      if (page.hasMore) continue
      const files = [...byPath.values()].filter(({ text }) => text !== null)
      return { files, cursor, name: page.collection.name, canWrite: page.collection.canWrite }
    }
  }

  function pullPage(ref: TeamRef, cursor: string | null): Promise<PulledPage> {
    return ask('Opening a team’s collection', (service) => service.teamCollections.pull({ ...ref, cursor }))
  }
}

interface TeamRef {
  readonly organisationId: OrganisationId
  readonly teamCollectionId: TeamCollectionId
}

type PulledPage = z.output<typeof teamCollections.members.pull.output>

interface Fetched {
  readonly files: readonly TeamFile[]
  readonly cursor: string
  readonly name: string
  readonly canWrite: boolean
}

const NEW_LINK = {
  isCreated: false,
  cursor: null,
  isPulling: false,
  canWrite: true,
  stopped: null,
  syncedAt: null,
} as const
