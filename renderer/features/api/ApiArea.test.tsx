// The API area: which project, and its pages.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { act } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import type { Project } from '#contract/capabilities/projects.ts'
import { AppError } from '#contract/errors.ts'
import { API_PROJECT, API_PROJECT_ID, OTHER_PROJECT_ID, showApi } from '#testing/api-page.ts'

afterEach(cleanup)

describe('the area', () => {
  it('opens the only project at once', async () => {
    const page = await showApi()
    expect(await screen.findByRole('heading', { name: 'Documentation' })).toBeTruthy()
    await waitFor(() => expect(page.shell.scope.get()?.name).toBe('reelhouse'))
    expect(page.bugs).toEqual([])
  })

  it('asks which of several projects, and goes there', async () => {
    const page = await showApi({
      items: [API_PROJECT, { ...API_PROJECT, id: OTHER_PROJECT_ID, name: 'gift-cards' }],
    })
    await userEvent.click(
      within(await screen.findByRole('table')).getByRole('button', { name: 'gift-cards' }),
    )
    expect(page.shell.navigation.location.get()).toMatchObject({ area: 'api', id: OTHER_PROJECT_ID })
  })

  it('says what to do without a project, with a deleted one, and with one that is not there', async () => {
    await showApi({ items: [] })
    expect(await screen.findByText('No projects yet')).toBeTruthy()
    cleanup()
    await showApi({ id: API_PROJECT_ID, items: [{ ...API_PROJECT, status: 'deleted' }] })
    expect(await screen.findByText('reelhouse is deleted')).toBeTruthy()
    cleanup()
    const get = async (): Promise<Project> => {
      throw new AppError('NOT_FOUND', 'There is no such project.')
    }
    await showApi({ id: API_PROJECT_ID, projects: { get } })
    expect(await screen.findByText('There is no such project.')).toBeTruthy()
  })

  it('goes from page to page by the sidebar, by commands and by the palette', async () => {
    const page = await showApi()
    await screen.findByRole('heading', { name: 'Documentation' })
    await userEvent.click(
      within(screen.getByRole('navigation', { name: 'Pages of the API' })).getByRole('button', {
        name: 'Keys',
      }),
    )
    expect(await screen.findByRole('heading', { name: 'Keys' })).toBeTruthy()
    act(() => void page.shell.commands.run('api.settings'))
    expect(await screen.findByRole('heading', { name: 'API settings' })).toBeTruthy()
    const items = page.shell.palette.all.get().flatMap((source) => source.items(''))
    expect(items.map(({ title }) => title)).toContain('API exposure')
    act(() => items.find(({ title }) => title === 'API documentation')?.run({ inNewTab: false }))
    expect(await screen.findByRole('heading', { name: 'Documentation' })).toBeTruthy()
  })
})
