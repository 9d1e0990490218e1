// The exposure page for component tests: three tables, a function, a policy and a warning.
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createElement } from 'react'
import type { AccessWarning, Exposure, Policy } from '#contract/capabilities/access.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { applyChange } from '../renderer/features/access/exposure.ts'
import { ExposurePage } from '../renderer/features/access/exposure-page.tsx'
import { connectivityThat, renderPage, type SomeHandlers, type TestPage } from './page.ts'

export const EXPOSED_PROJECT = ProjectId.parse('018f0000-0000-7000-8000-000000000002')
const table = (name: string): Exposure['tables'][number] => ({
  schema: 'public',
  name,
  kind: 'table',
  comment: null,
  grants: { anon: [], authenticated: ['select'] },
  columns: [{ name: 'title', type: 'text', grants: { anon: [], authenticated: [] } }],
  rowSecurity: { isEnabled: false, isForced: false, policyCount: 1 },
  isSecurityInvoker: null,
})
export const EXPOSURE: Exposure = {
  schemas: [{ name: 'public', usage: ['anon', 'authenticated'], served: true }],
  tables: [table('film'), table('rental'), { ...table('overdue'), kind: 'view', isSecurityInvoker: false }],
  functions: [
    {
      schema: 'public',
      name: 'charge',
      arguments: 'a integer',
      returns: 'void',
      isSecurityDefiner: true,
      execute: [],
    },
  ],
}
const WARNING: AccessWarning = {
  rule: 'table-without-row-security',
  severity: 'error',
  schema: 'public',
  object: 'film',
  message: 'authenticated reach all rows of "film".',
  hint: 'Switch row-level security on.',
}
const POLICY: Policy = {
  schema: 'public',
  table: 'film',
  name: 'own rows',
  command: 'all',
  isPermissive: true,
  roles: ['authenticated'],
  using: 'user_id = 1',
  check: null,
}
export const RAN = { sql: ['grant select on table "public"."film" to "anon"'] }

/** The exposure page over handlers that change what they are asked to. */
export function showExposure(access: NonNullable<SomeHandlers['access']> = {}, isOffline = false): TestPage {
  let exposure = EXPOSURE
  return renderPage(createElement(ExposurePage, { projectId: EXPOSED_PROJECT }), {
    access: {
      exposure: async () => exposure,
      policies: async () => [POLICY],
      lint: async () => [WARNING],
      ...access,
      // As Postgres does it: what was changed is what is read next.
      change: async (input, context) => {
        const ran = await (access.change?.(input, context) ?? Promise.resolve(RAN))
        exposure = applyChange(exposure, input.change)
        return ran
      },
    },
    connectivity: connectivityThat(isOffline ? 'offline' : 'online'),
  })
}

/** Flips a switch, once it is there. */
export async function flip(name: string): Promise<void> {
  await userEvent.click(await screen.findByRole('switch', { name }))
}

/** Whether a switch is on. */
export function isOn(name: string): boolean {
  const element = screen.getByRole('switch', { name })
  return element instanceof HTMLInputElement && element.checked
}
