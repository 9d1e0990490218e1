// A team on a real service: people with roles in one organisation, each at a real host of their own, for tests of shared collections.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { CollectionInfo } from '../contract/capabilities/collections.ts'
import type { OrganisationId } from '../contract/capabilities/ids.ts'
import type { Role } from '../contract/capabilities/organisations.ts'
import type { CollectionId } from '../contract/requests/collection.ts'
import { sql } from '../postgres/common/sql/sql.ts'
import { startTestHost, type TestHost } from './host.ts'
import type { TestPerson, TestService } from './service.ts'
import { tempDirectory } from './temp-directory.ts'

export interface TeamHost extends TestHost {
  readonly person: TestPerson
  info(id: CollectionId): Promise<CollectionInfo>
  /** Waits until the collection stands like that. */
  until(id: CollectionId, state: string): Promise<CollectionInfo>
}

/** A host with a person signed in to it; on the data of another one, it is that one restarted. */
export async function startTeamHost(
  service: TestService,
  person: TestPerson,
  dataDirectory: string = tempDirectory(),
): Promise<TeamHost> {
  const host = await startTestHost({
    dataDirectory,
    serviceUrl: service.url,
    linkTiming: { firstPauseMs: 10, longestPauseMs: 50 },
    replicationTiming: { afterChangeMs: 20, everyMs: 100 },
  })
  const { mode } = await host.client.account.current({})
  if (mode !== 'signed-in')
    await host.client.account.logIn({ email: person.email, password: person.password })
  const info = async (id: CollectionId): Promise<CollectionInfo> => {
    const found = (await host.client.collections.list({})).find((one) => one.id === id)
    if (found === undefined) throw new Error('The collection is not in the list.')
    return found
  }
  return {
    ...host,
    person,
    info,
    until: (id, state) =>
      vi.waitFor(
        async () => {
          const found = await info(id)
          if (found.sync?.state !== state) throw new Error(`It is ${JSON.stringify(found.sync)}.`)
          return found
        },
        { timeout: 10_000, interval: 30 },
      ),
  }
}

/** Makes them an organisation; the first is its owner, the others have the roles given. */
export async function createTestTeam(
  service: TestService,
  owner: TestPerson,
  members: readonly (readonly [TestPerson, Role])[],
): Promise<OrganisationId> {
  const { id } = await owner.api.organisations.create({ name: 'Shop team' })
  for (const [{ account }, role] of members)
    await service.control.db.query(sql`
      insert into membership (organisation_id, account_id, role) values (${id}, ${account.id}, ${role})
      on conflict (organisation_id, account_id) do update set role = excluded.role`)
  return id
}

/** The texts of all files below a folder, by path, temporary ones too. */
export function filesBelow(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(directory, name)).isFile())
      .map((name) => [name.replaceAll('\\', '/'), readFileSync(join(directory, name), 'utf8')]),
  )
}
