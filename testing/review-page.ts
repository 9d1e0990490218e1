// The migration preview and the review of a design, for component tests.
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createElement, Fragment } from 'react'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import { splitScript } from '#postgres/common/script/index.ts'
import { MigrationPreview } from '../renderer/features/designer/review/migration-preview.tsx'
import { RollBackDialog } from '../renderer/features/designer/review/roll-back-dialog.tsx'
import { testLock, testReview, type TestSession } from './design-session.ts'
import { renderPage, type SomeHandlers, type TestPage } from './page.ts'

/** Of the file that `migrations.write` writes. */
export const VERSION = '20261123100000'

/** A review of each statement by its text. */
export function reviewed(of: (sql: string) => Partial<StatementReview>): NonNullable<SomeHandlers['schema']> {
  return {
    review: async ({ sql }) => ({
      statements: splitScript(sql).map((statement) => testReview(statement.sql, of(statement.sql))),
      problem: null,
    }),
  }
}

/** The preview of a session, with what opens from it. */
export function showPreview(session: TestSession, handlers: SomeHandlers = {}): TestPage {
  const ui = createElement(
    Fragment,
    null,
    createElement(MigrationPreview, { session }),
    createElement(RollBackDialog, { session }),
  )
  return renderPage(ui, {
    ...handlers,
    schema: {
      ...reviewed((sql) => (sql.includes('drop column') ? { isDestructive: true, locks: [testLock()] } : {})),
      async *load() {
        const { objects, serverVersion, database, dependencies } = session.draft.state.get().model
        yield {
          type: 'start',
          serverVersion,
          database,
          asOf: '2026-11-23T11:00:00.000Z',
          isStale: false,
          problems: [],
        }
        yield { type: 'objects', objects }
        yield { type: 'dependencies', dependencies }
      },
      ...handlers.schema,
    },
    migrations: {
      list: async () => ({ folder: '/home/anna/migrations/shop', items: [], isStale: false }),
      write: async ({ name, version }) => ({
        version: version ?? VERSION,
        name,
        state: 'pending',
        appliedAt: null,
        appliedBy: null,
        durationMs: null,
        checksum: null,
        canRollBack: true,
        stepsDone: null,
      }),
      ...handlers.migrations,
    },
  })
}

/** Opens the review once there is something to review. */
export async function openReview(): Promise<HTMLElement> {
  await screen.findByText(/^\d+ statements?,/)
  await userEvent.click(screen.getByRole('button', { name: /^Review migration/ }))
  return screen.findByRole('dialog', { name: 'Review migration' })
}
