import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { Role } from '#contract/capabilities/organisations.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { type AuthBench, createAuthBench, PASSWORD } from '#testing/auth-bench.ts'
import type { Actor } from '../actor.ts'
import { requireBilling, requireRole } from './index.ts'

let bench: AuthBench
let owner: Actor
let shared: OrganisationId
beforeEach(async () => {
  bench = await createAuthBench()
  owner = await bench.person('owner@example.com')
  shared = (await bench.organisations.create(owner, 'Shop')).id
})
afterEach(() => bench.close())

const code = (expected: string) => expect.objectContaining({ code: expected })
const caller = { address: '203.0.113.9' }
const actions = async () =>
  (await bench.control.db.query<{ action: string }>(sql`select action from audit_entry order by id`)).map(
    (row) => row.action,
  )

/** Invites, reads the mail, accepts. */
async function join(email: string, role: Role): Promise<Actor> {
  const person = await bench.person(email)
  await bench.organisations.invite(owner, { organisationId: shared, email, role }, caller)
  await bench.runJobs()
  await bench.organisations.acceptInvitation(person, lastToken(), caller)
  return person
}

function lastToken(): string {
  return /^[\w-]{32}$/m.exec(bench.mails.at(-1)?.text ?? '')?.[0] ?? ''
}

test('the list shows the personal organisation first, with the own role, and nobody else’s', async () => {
  const stranger = await bench.person('stranger@example.com')
  expect((await bench.organisations.list(owner)).map(({ isPersonal, role }) => [isPersonal, role])).toEqual([
    [true, 'owner'],
    [false, 'owner'],
  ])
  expect((await bench.organisations.list(stranger)).map(({ id }) => id)).not.toContain(shared)
})

test('another tenant’s organisation looks like none, whatever is asked of it', async () => {
  const stranger = await bench.person('stranger@example.com')
  const { organisations } = bench
  const input = { organisationId: shared, accountId: owner.accountId }
  const attempts = [
    () => organisations.get(stranger, shared),
    () => organisations.rename(stranger, shared, 'Mine'),
    () => organisations.delete(stranger, shared),
    () => organisations.members(stranger, shared),
    () => organisations.invite(stranger, { organisationId: shared, email: 'a@b.cd', role: 'viewer' }, caller),
    () => organisations.setRole(stranger, { ...input, role: 'viewer' }),
    () => organisations.removeMember(stranger, input),
    () => organisations.removeMember(stranger, { ...input, accountId: stranger.accountId }),
  ]
  for (const attempt of attempts) await expect(attempt()).rejects.toEqual(code('NOT_FOUND'))
  expect(await organisations.members(owner, shared)).toHaveLength(1)
})

test('an invitation is mailed to the address and taken once by the account of that address', async () => {
  const guest = await bench.person('guest@example.com')
  const other = await bench.person('other@example.com')
  await bench.organisations.invite(
    owner,
    { organisationId: shared, email: 'guest@example.com', role: 'developer' },
    caller,
  )
  await bench.runJobs()
  expect(bench.mails.at(-1)).toMatchObject({ to: 'guest@example.com', subject: 'Join Shop on NebulaDB' })
  const token = lastToken()
  await expect(bench.organisations.acceptInvitation(other, token, caller)).rejects.toEqual(code('NOT_FOUND'))
  expect(await bench.organisations.acceptInvitation(guest, token, caller)).toMatchObject({
    id: shared,
    role: 'developer',
  })
  await expect(bench.organisations.acceptInvitation(guest, token, caller)).rejects.toEqual(code('NOT_FOUND'))
  expect(await bench.organisations.members(guest, shared)).toMatchObject([
    { email: 'owner@example.com', role: 'owner' },
    { email: 'guest@example.com', role: 'developer' },
  ])
})

test('an invitation ends after a week, and with the person who sent it', async () => {
  const admin = await join('admin@example.com', 'admin')
  const guest = await bench.person('guest@example.com')
  const invite = async () => {
    const input = { organisationId: shared, email: 'guest@example.com', role: 'viewer' } as const
    await bench.organisations.invite(admin, input, caller)
  }
  await invite()
  await bench.runJobs()
  const late = lastToken()
  bench.clock.advance(7 * 24 * 3_600_000 + 1)
  await expect(bench.organisations.acceptInvitation(guest, late, caller)).rejects.toEqual(code('NOT_FOUND'))
  await invite()
  await bench.runJobs()
  const orphaned = lastToken()
  await invite()
  await bench.organisations.removeMember(owner, { organisationId: shared, accountId: admin.accountId })
  await expect(bench.organisations.acceptInvitation(guest, orphaned, caller)).rejects.toEqual(
    code('NOT_FOUND'),
  )
  const sent = bench.mails.length
  await bench.runJobs()
  expect(bench.mails).toHaveLength(sent)
})

test('where the plan has no room nobody more is invited, nor joins by an invitation of before', async () => {
  const guest = await bench.person('guest@example.com')
  const invite = (email: string) =>
    bench.organisations.invite(owner, { organisationId: shared, email, role: 'viewer' }, caller)
  await invite('guest@example.com')
  await bench.runJobs()
  const token = lastToken()
  bench.memberLimits.set(shared, 1)
  await expect(invite('other@example.com')).rejects.toEqual(code('LIMIT_REACHED'))
  await expect(bench.organisations.acceptInvitation(guest, token, caller)).rejects.toEqual(
    code('LIMIT_REACHED'),
  )
  expect(await bench.organisations.members(owner, shared)).toHaveLength(1)
  // The invitation is not used up: with room it is taken.
  bench.memberLimits.set(shared, 2)
  await bench.organisations.acceptInvitation(guest, token, caller)
  expect(await bench.organisations.members(owner, shared)).toHaveLength(2)
})

test('an invitation never changes the role of somebody who is a member', async () => {
  const viewer = await join('viewer@example.com', 'viewer')
  await bench.organisations.invite(
    owner,
    { organisationId: shared, email: 'viewer@example.com', role: 'admin' },
    caller,
  )
  await bench.runJobs()
  expect(await bench.organisations.acceptInvitation(viewer, lastToken(), caller)).toMatchObject({
    role: 'viewer',
  })
})

test.each<[Role, boolean]>([
  ['viewer', false],
  ['developer', false],
  ['admin', true],
])('a %s may rename, invite and remove: %s', async (role, may) => {
  const member = await join('member@example.com', role)
  const { organisations } = bench
  const outcome = async (work: Promise<unknown>) =>
    work.then(
      () => true,
      (error: unknown) => {
        expect(error).toEqual(code('FORBIDDEN'))
        return false
      },
    )
  expect(await outcome(organisations.rename(member, shared, 'New name'))).toBe(may)
  const invitation = { organisationId: shared, email: 'x@example.com', role: 'viewer' } as const
  expect(await outcome(organisations.invite(member, invitation, caller))).toBe(may)
  const viewer = await join('viewer@example.com', 'viewer')
  const target = { organisationId: shared, accountId: viewer.accountId }
  expect(await outcome(organisations.setRole(member, { ...target, role: 'developer' }))).toBe(may)
  expect(await outcome(organisations.removeMember(member, target))).toBe(may)
  expect(await outcome(organisations.delete(member, shared))).toBe(false)
})

test('nobody gives, takes or touches a role above their own', async () => {
  const admin = await join('admin@example.com', 'admin')
  const { organisations } = bench
  const attempts = [
    () =>
      organisations.invite(admin, { organisationId: shared, email: 'x@example.com', role: 'owner' }, caller),
    () => organisations.setRole(admin, { organisationId: shared, accountId: admin.accountId, role: 'owner' }),
    () =>
      organisations.setRole(admin, { organisationId: shared, accountId: owner.accountId, role: 'viewer' }),
    () => organisations.removeMember(admin, { organisationId: shared, accountId: owner.accountId }),
  ]
  for (const attempt of attempts) await expect(attempt()).rejects.toEqual(code('FORBIDDEN'))
})

test('the last owner can neither leave nor step down; with a second one it is possible', async () => {
  const second = await join('second@example.com', 'developer')
  const { organisations } = bench
  const self = { organisationId: shared, accountId: owner.accountId }
  await expect(organisations.removeMember(owner, self)).rejects.toEqual(code('CONFLICT'))
  await expect(organisations.setRole(owner, { ...self, role: 'admin' })).rejects.toEqual(code('CONFLICT'))
  await organisations.setRole(owner, { organisationId: shared, accountId: second.accountId, role: 'owner' })
  await organisations.removeMember(owner, self)
  await expect(organisations.get(owner, shared)).rejects.toEqual(code('NOT_FOUND'))
})

test('two owners who leave at the same moment do not leave it without one', async () => {
  const second = await join('second@example.com', 'owner')
  const leave = (actor: Actor) =>
    bench.organisations.removeMember(actor, { organisationId: shared, accountId: actor.accountId })
  const results = await Promise.allSettled([leave(owner), leave(second)])
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('a viewer may leave', async () => {
  const viewer = await join('viewer@example.com', 'viewer')
  await bench.organisations.removeMember(viewer, { organisationId: shared, accountId: viewer.accountId })
  await expect(bench.organisations.get(viewer, shared)).rejects.toEqual(code('NOT_FOUND'))
})

test('an organisation with projects cannot be deleted; without it is gone for everybody', async () => {
  const member = await join('member@example.com', 'developer')
  bench.withProjects.add(shared)
  await expect(bench.organisations.delete(owner, shared)).rejects.toEqual(code('CONFLICT'))
  bench.withProjects.clear()
  await bench.organisations.delete(owner, shared)
  for (const actor of [owner, member])
    await expect(bench.organisations.get(actor, shared)).rejects.toEqual(code('NOT_FOUND'))
  expect(bench.deletedProjectsOf).toEqual([shared])
})

test('a personal organisation cannot be deleted, left or shared', async () => {
  const [personal] = await bench.organisations.list(owner)
  const organisationId = personal?.id ?? shared
  await expect(bench.organisations.delete(owner, organisationId)).rejects.toEqual(code('CONFLICT'))
  await expect(
    bench.organisations.removeMember(owner, { organisationId, accountId: owner.accountId }),
  ).rejects.toEqual(code('CONFLICT'))
  await expect(
    bench.organisations.invite(owner, { organisationId, email: 'x@example.com', role: 'viewer' }, caller),
  ).rejects.toEqual(code('CONFLICT'))
})

test('an account that alone owns a shared organisation with others cannot be deleted; nothing is lost by trying', async () => {
  const member = await join('member@example.com', 'admin')
  await expect(bench.service.deleteAccount(owner, PASSWORD, caller)).rejects.toEqual(code('CONFLICT'))
  expect(await bench.organisations.list(owner)).toHaveLength(2)
  await bench.service.deleteAccount(member, PASSWORD, caller)
  expect(await bench.organisations.members(owner, shared)).toHaveLength(1)
  await bench.service.deleteAccount(owner, PASSWORD, caller)
  expect(bench.deletedProjectsOf).toHaveLength(3)
  expect(await bench.control.db.query(sql`select 1 from membership`)).toEqual([])
})

test('requireRole gives the role where it suffices', async () => {
  expect(await requireRole(bench.control.db, owner, shared, 'viewer')).toBe('owner')
})

test('every change has its audit row', async () => {
  const member = await join('member@example.com', 'viewer')
  const target = { organisationId: shared, accountId: member.accountId }
  await bench.organisations.rename(owner, shared, 'New name')
  await bench.organisations.setRole(owner, { ...target, role: 'developer' })
  await bench.organisations.removeMember(owner, target)
  await bench.organisations.delete(owner, shared)
  expect((await actions()).slice(-6)).toEqual([
    'invitation.create',
    'membership.create',
    'organisation.rename',
    'membership.set-role',
    'membership.delete',
    'organisation.delete',
  ])
})

test('when the audit row cannot be written the change does not happen', async () => {
  await bench.control.db.query(sql`alter table audit_entry add check (action <> 'organisation.rename')`)
  await expect(bench.organisations.rename(owner, shared, 'New name')).rejects.toEqual(code('QUERY_FAILED'))
  expect((await bench.organisations.get(owner, shared)).name).toBe('Shop')
})

test('owners manage billing and let others; nobody else lets anybody', async () => {
  const admin = await join('admin@example.com', 'admin')
  const viewer = await join('viewer@example.com', 'viewer')
  const input = { organisationId: shared, accountId: viewer.accountId, managesBilling: true }
  await expect(requireBilling(bench.control.db, owner, shared)).resolves.toBeUndefined()
  await expect(requireBilling(bench.control.db, viewer, shared)).rejects.toEqual(code('FORBIDDEN'))
  await expect(bench.organisations.setBillingAdmin(admin, input)).rejects.toEqual(code('FORBIDDEN'))
  expect(await bench.organisations.setBillingAdmin(owner, input)).toMatchObject({ managesBilling: true })
  expect(await bench.organisations.get(viewer, shared)).toMatchObject({
    role: 'viewer',
    managesBilling: true,
  })
  await expect(requireBilling(bench.control.db, viewer, shared)).resolves.toBeUndefined()
  await bench.organisations.setBillingAdmin(owner, { ...input, managesBilling: false })
  await expect(requireBilling(bench.control.db, viewer, shared)).rejects.toEqual(code('FORBIDDEN'))
  expect((await actions()).slice(-2)).toEqual([
    'membership.set-billing-admin',
    'membership.set-billing-admin',
  ])
  const stranger = await bench.person('stranger@example.com')
  await expect(requireBilling(bench.control.db, stranger, shared)).rejects.toEqual(code('NOT_FOUND'))
})
