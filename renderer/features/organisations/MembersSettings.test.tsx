// Members of an organisation and what one may do to another; organisations made, joined and left.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AccountId, OrganisationId } from '#contract/capabilities/ids.ts'
import type { Organisation, OrganisationMember, Role } from '#contract/capabilities/organisations.ts'
import { AppError } from '#contract/errors.ts'
import { connectivityThat, renderPage, type SomeHandlers } from '#testing/page.ts'
import { MembersSettings } from './members-settings.tsx'
import { OrganisationsCard } from './organisations-card.tsx'

afterEach(cleanup)

const AT = '2026-01-01T00:00:00.000Z'
const ids = ['01', '02', '03'].map((end) => AccountId.parse(`018f0000-0000-7000-8000-0000000000${end}`))
const [MARA, JONAS, NOOR] = ids
const SHOP: Organisation = {
  id: OrganisationId.parse('018f0000-0000-7000-8000-000000000009'),
  name: 'Reelhouse',
  isPersonal: false,
  role: 'owner',
  managesBilling: true,
  createdAt: AT,
  updatedAt: AT,
}

function member(accountId: AccountId | undefined, name: string, role: Role): OrganisationMember {
  if (accountId === undefined) throw new Error('a member without an id')
  const email = `${name.toLowerCase()}@example.com`
  return { accountId, name, email, role, managesBilling: role === 'owner', joinedAt: AT }
}
const MEMBERS = [
  member(MARA, 'Mara', 'owner'),
  member(JONAS, 'Jonas', 'admin'),
  member(NOOR, 'Noor', 'developer'),
]

function show(
  organisations: SomeHandlers['organisations'],
  options: { readonly as?: number; readonly role?: Role; readonly isOffline?: boolean } = {},
) {
  const accountId = ids[options.as ?? 0]
  if (accountId === undefined) throw new Error('nobody looks')
  return renderPage(
    <MembersSettings organisation={{ ...SHOP, role: options.role ?? 'owner' }} accountId={accountId} />,
    {
      organisations: { members: async () => MEMBERS, ...organisations },
      connectivity: connectivityThat(options.isOffline === true ? 'offline' : 'online'),
    },
  )
}
const row = async (name: string) => within(await screen.findByRole('row', { name: new RegExp(name) }))

describe('members', () => {
  it('are listed with their roles; the last owner keeps theirs and stays', async () => {
    const page = show({})
    const mara = await row('Mara')
    expect(mara.getByText('Owner')).toBeTruthy()
    expect(mara.getByText('You')).toBeTruthy()
    expect(mara.queryByRole('button')).toBeNull()
    expect((await row('Jonas')).getByRole('button', { name: /Role of Jonas/ })).toBeTruthy()
    expect(page.bugs).toEqual([])
  })

  it('get another role, and are let manage billing', async () => {
    const setRole = vi.fn(async () => member(NOOR, 'Noor', 'admin'))
    const setBillingAdmin = vi.fn(async () => member(NOOR, 'Noor', 'developer'))
    show({ setRole, setBillingAdmin })
    const noor = await row('Noor')
    await userEvent.click(noor.getByRole('button', { name: /Role of Noor/ }))
    await userEvent.click(await screen.findByRole('option', { name: /Admin/ }))
    await waitFor(() => expect(setRole).toHaveBeenCalled())
    expect(setRole).toHaveBeenCalledWith(
      expect.objectContaining({ organisationId: SHOP.id, accountId: NOOR, role: 'admin' }),
      expect.anything(),
    )
    await userEvent.click(noor.getByRole('checkbox', { name: 'Noor manages billing' }))
    await waitFor(() => expect(setBillingAdmin).toHaveBeenCalled())
    expect(setBillingAdmin).toHaveBeenCalledWith(
      expect.objectContaining({ accountId: NOOR, managesBilling: true }),
      expect.anything(),
    )
  })

  it('that an admin sees: owners are out of reach, billing is for owners to say', async () => {
    show({}, { as: 1, role: 'admin' })
    expect((await row('Mara')).queryByRole('button')).toBeNull()
    const noor = await row('Noor')
    expect(noor.queryByRole('checkbox')).toBeNull()
    await userEvent.click(noor.getByRole('button', { name: /Role of Noor/ }))
    expect(screen.queryByRole('option', { name: /Owner/ })).toBeNull()
  })

  it('that a developer sees can only be left', async () => {
    show({}, { as: 2, role: 'developer' })
    const noor = await row('Noor')
    expect(noor.queryByRole('button', { name: /Role of/ })).toBeNull()
    expect((await row('Jonas')).queryByRole('button')).toBeNull()
    expect(screen.queryByRole('button', { name: 'Invite' })).toBeNull()
    await userEvent.click(noor.getByRole('button', { name: 'Actions of Noor' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Leave…' }))
    expect(await screen.findByRole('alertdialog', { name: 'Leave Reelhouse?' })).toBeTruthy()
  })

  it('are removed after a question, and why not is said there', async () => {
    const removeMember = vi.fn(async () => {
      throw new AppError('CONFLICT', 'Noor owns a running import.')
    })
    show({ removeMember })
    await userEvent.click((await row('Noor')).getByRole('button', { name: 'Actions of Noor' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Remove member' }))
    expect(await screen.findByText('Noor owns a running import.')).toBeTruthy()
    expect(removeMember).toHaveBeenCalledWith(
      expect.objectContaining({ organisationId: SHOP.id, accountId: NOOR }),
      expect.anything(),
    )
  })

  it('are invited with a role', async () => {
    const invite = vi.fn(async () => undefined)
    const page = show({ invite })
    await row('Mara')
    await userEvent.click(screen.getByRole('button', { name: 'Invite' }))
    await userEvent.type(await screen.findByRole('textbox', { name: 'E-mail' }), 'ada@example')
    await userEvent.click(screen.getByRole('button', { name: 'Send invitation' }))
    expect(invite).not.toHaveBeenCalled()
    await userEvent.type(screen.getByRole('textbox', { name: 'E-mail' }), '.com')
    await userEvent.click(screen.getByRole('button', { name: 'Send invitation' }))
    await waitFor(() => expect(page.shell.notifications.toasts.get()).toHaveLength(1))
    expect(invite).toHaveBeenCalledWith(
      expect.objectContaining({ email: 'ada@example.com', role: 'developer' }),
      expect.anything(),
    )
  })

  it('that cannot be read say why, and can be read again', async () => {
    let isAway = true
    show({
      members: async () => {
        if (isAway) throw new AppError('SERVICE_UNREACHABLE', 'Listing members needs the service.')
        return MEMBERS
      },
    })
    expect(await screen.findByText(/Listing members needs the service/)).toBeTruthy()
    isAway = false
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('Noor')).toBeTruthy()
  })

  it('cannot be changed offline', async () => {
    show({}, { isOffline: true })
    const select = (await row('Noor')).getByRole('button', { name: /Role of Noor/ })
    await waitFor(() => expect(select.hasAttribute('disabled')).toBe(true))
  })
})

describe('organisations', () => {
  it('are opened, made and joined with a code', async () => {
    const onOpen = vi.fn()
    const create = vi.fn(async () => SHOP)
    const acceptInvitation = vi.fn(async () => SHOP)
    const page = renderPage(<OrganisationsCard onOpen={onOpen} />, {
      organisations: { list: async () => [SHOP], create, acceptInvitation },
      connectivity: connectivityThat('online'),
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Reelhouse' }))
    expect(onOpen).toHaveBeenCalledWith(SHOP)
    await userEvent.click(screen.getByRole('button', { name: 'New organisation' }))
    await userEvent.type(await screen.findByRole('textbox', { name: 'Name' }), 'Lab')
    await userEvent.click(screen.getByRole('button', { name: 'Create organisation' }))
    await waitFor(() =>
      expect(create).toHaveBeenCalledWith(expect.objectContaining({ name: 'Lab' }), expect.anything()),
    )
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await userEvent.click(screen.getByRole('button', { name: 'Join with a code' }))
    await userEvent.type(await screen.findByRole('textbox', { name: 'Code' }), ' abc ')
    await userEvent.click(screen.getByRole('button', { name: 'Join' }))
    await waitFor(() =>
      expect(acceptInvitation).toHaveBeenCalledWith(
        expect.objectContaining({ token: 'abc' }),
        expect.anything(),
      ),
    )
    expect(page.bugs).toEqual([])
  })
})
