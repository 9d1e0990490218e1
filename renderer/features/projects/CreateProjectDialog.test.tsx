// Create project: live steps, a failed one with Retry, Open SQL once it is awake.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Project, ProjectProgress, ProjectStep } from '#contract/capabilities/projects.ts'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { renderPage, type SomeHandlers, type TestPage } from '#testing/page.ts'
import { CreateProjectDialog } from './create-project-dialog.tsx'

afterEach(cleanup)

const AT = '2026-11-22T12:00:00.000Z'
const ORGANISATION = OrganisationId.parse('018f0000-0000-7000-8000-000000000001')
const PROJECT: Project = {
  id: ProjectId.parse('018f0000-0000-7000-8000-000000000002'),
  organisationId: ORGANISATION,
  name: 'gift-cards',
  ref: 'abc',
  environment: 'development',
  region: 'local',
  postgresVersion: '18',
  status: 'creating',
  problem: null,
  purgeAt: null,
  sizeBytes: null,
  createdAt: AT,
  updatedAt: AT,
}
const step = (
  name: ProjectStep['name'],
  state: ProjectStep['state'],
  more: Partial<ProjectStep> = {},
): ProjectStep => ({
  name,
  state,
  durationMs: null,
  reason: null,
  ...more,
})

/** A service whose progress the test drives. */
function show(more: SomeHandlers['projects'] = {}): {
  page: TestPage
  send: (progress: Omit<ProjectProgress, 'project'> & { project?: Partial<Project> }) => void
  onClose: ReturnType<typeof vi.fn<() => void>>
} {
  const waiting: ProjectProgress[] = []
  let wake = (): void => undefined
  let current = PROJECT
  const onClose = vi.fn<() => void>()
  const page = renderPage(<CreateProjectDialog isOpen onClose={onClose} />, {
    organisations: {
      list: async () => [
        {
          id: ORGANISATION,
          name: 'Mara',
          isPersonal: true,
          role: 'owner',
          managesBilling: true,
          createdAt: AT,
          updatedAt: AT,
        },
      ],
    },
    connections: { preview: async () => ({ text: 'postgresql://owner.abc:••••@127.0.0.1:7432/main' }) },
    projects: {
      create: async ({ projectId, name }) => {
        current = { ...PROJECT, id: projectId ?? PROJECT.id, name }
        return current
      },
      watch: async function* () {
        for (;;) {
          const next = waiting.shift()
          if (next === undefined) await new Promise<void>((resolve) => (wake = resolve))
          else yield next
        }
      },
      ...more,
    },
  })
  return {
    page,
    onClose,
    send: ({ project, steps }) => {
      waiting.push({ project: { ...current, ...project }, steps })
      wake()
    },
  }
}

async function create(): Promise<void> {
  const button = screen.getByRole('button', { name: 'Create project' })
  await waitFor(() => expect(button.hasAttribute('data-disabled')).toBe(false))
  await userEvent.type(screen.getByLabelText('Name'), 'gift-cards')
  await userEvent.click(button)
  await screen.findByRole('list', { name: 'Progress' })
}

describe('the create dialog', () => {
  it('asks for a name that a project may have', async () => {
    const make = vi.fn<() => Promise<Project>>(async () => PROJECT)
    show({ create: make })
    const button = screen.getByRole('button', { name: 'Create project' })
    await waitFor(() => expect(button.hasAttribute('data-disabled')).toBe(false))
    await userEvent.click(button)
    expect(screen.getByText('Give it a name.')).toBeTruthy()
    await userEvent.type(screen.getByLabelText('Name'), '/x')
    await userEvent.click(button)
    expect(screen.getByText(/Use letters, digits, spaces/)).toBeTruthy()
    expect(make).not.toHaveBeenCalled()
  })

  it('shows each step with its real duration and opens SQL once the database is awake', async () => {
    const { page, send, onClose } = show()
    await create()
    send({ steps: [step('record', 'done', { durationMs: 60 }), step('storage', 'running')] })
    const items = await waitFor(() => {
      const found = screen.getAllByRole('listitem')
      expect(found).toHaveLength(2)
      return found
    })
    expect(items[0]?.textContent).toContain('60 ms')
    expect(items[1]?.dataset['state']).toBe('running')
    const open = screen.getByRole('button', { name: 'Open SQL' })
    expect(open.hasAttribute('data-disabled')).toBe(true)
    send({
      project: { status: 'awake' },
      steps: [step('record', 'done', { durationMs: 60 }), step('storage', 'done', { durationMs: 210 })],
    })
    await screen.findByText('Accepts connections')
    expect(screen.getByText('0.27 s')).toBeTruthy()
    const asked: unknown[] = []
    page.shell.sqlRequests.serve((request) => asked.push(request))
    await userEvent.click(screen.getByRole('button', { name: 'Open SQL' }))
    expect(asked).toHaveLength(1)
    expect(page.shell.navigation.location.get().area).toBe('sql')
    expect(onClose).toHaveBeenCalled()
    expect(page.bugs).toEqual([])
  })

  it('keeps a failed step with its reason, and Retry starts the project again', async () => {
    const start = vi.fn(async () => PROJECT)
    const { send } = show({ start })
    await create()
    send({
      project: { status: 'failed', problem: 'No space left on device.' },
      steps: [
        step('record', 'done', { durationMs: 60 }),
        step('storage', 'failed', { reason: 'No space left on device.' }),
      ],
    })
    const failed = await waitFor(() => {
      const item = screen.getAllByRole('listitem').find((one) => one.dataset['state'] === 'failed')
      expect(item).toBeDefined()
      return item ?? document.body
    })
    expect(failed.textContent).toContain('No space left on device.')
    await userEvent.click(within(failed).getByRole('button', { name: 'Retry' }))
    await waitFor(() => expect(start).toHaveBeenCalledOnce())
  })

  it('cancels by deleting what was begun', async () => {
    const remove = vi.fn(async () => PROJECT)
    const { onClose, send } = show({ delete: remove })
    await create()
    send({ steps: [step('record', 'running')] })
    await userEvent.click(screen.getByRole('button', { name: 'Cancel and delete' }))
    await waitFor(() => expect(onClose).toHaveBeenCalled())
    expect(remove).toHaveBeenCalledOnce()
  })

  it('says why it could not begin', async () => {
    show({
      create: async () => {
        throw new AppError('LIMIT_REACHED', 'This organisation has 10 projects, which is its limit.')
      },
    })
    const button = screen.getByRole('button', { name: 'Create project' })
    await waitFor(() => expect(button.hasAttribute('data-disabled')).toBe(false))
    await userEvent.type(screen.getByLabelText('Name'), 'gift-cards')
    await userEvent.click(button)
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('which is its limit'))
  })
})
