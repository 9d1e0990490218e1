// What forms offer that ask for an API: the person's projects or an address, and as whom a project is asked.
import type { Project } from '#contract/capabilities/projects.ts'

/** In place of a project's id. */
export const ADDRESS = 'address'

/** Why an address is none that can be asked; undefined when it is one. */
export function addressProblem(text: string): string | undefined {
  return /^https?:$/.test(URL.parse(text.trim())?.protocol ?? '')
    ? undefined
    : 'This is no address. Write it as https://host/rest/v1.'
}

export interface ApiOption {
  readonly id: string
  readonly label: string
  readonly detail?: string
}

/** The projects, and another address last. */
export function apiOptions(projects: readonly Project[]): readonly ApiOption[] {
  return [
    ...projects.map(({ id, name }) => ({ id: String(id), label: name, detail: 'Project' })),
    { id: ADDRESS, label: 'Another address' },
  ]
}

/** Those that are there. */
export function livingProjects(projects: readonly Project[] | undefined): readonly Project[] {
  return projects?.filter(({ status }) => status !== 'deleted') ?? []
}

/** Who may ask a project, in words. */
export const ROLE_TITLES = {
  anon: 'anon',
  authenticated: 'A signed-in user',
  service_role: 'service_role',
} as const
