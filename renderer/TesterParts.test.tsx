// Whatever the tester asks for is answered by a part that the composition root gives it: by a dialog, or by a tab.
import { cleanup, screen, waitFor } from '@testing-library/react'
import { useEffect, type ReactNode } from 'react'
import { afterEach, expect, test } from 'vitest'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import { renderPage } from '#testing/page.ts'
import {
  RequestWorkbenchProvider,
  useRequestWorkbench,
  type RequestWorkbench,
  type TesterAsk,
} from './features/requests/index.ts'
import { TESTER_PARTS } from './tester-parts.ts'

afterEach(cleanup)

const collectionId = CollectionId.parse('00000000-0000-4000-8000-000000000001')
const projectId = ProjectId.parse('00000000-0000-4000-8000-0000000000aa')
const of = <Kind extends string>(kind: Kind) => ({ kind, collectionId, path: '' })

/** One of each: a kind that is added is missed by the compiler here. */
const ASKS: { readonly [Kind in TesterAsk['kind']]: TesterAsk & { readonly kind: Kind } } = {
  newCollection: of('newCollection'),
  openFolder: of('openFolder'),
  import: of('import'),
  export: of('export'),
  cookies: of('cookies'),
  environments: of('environments'),
  settings: of('settings'),
  generate: of('generate'),
  drift: of('drift'),
  mocks: of('mocks'),
  teamCollections: of('teamCollections'),
  variables: { ...of('variables'), name: '' },
  form: { kind: 'form', tabId: '' },
  generateFor: { kind: 'generateFor', projectId, tables: ['film'] },
  run: of('run'),
}

function show(): () => RequestWorkbench {
  let workbench: RequestWorkbench | undefined
  function Parts(): ReactNode {
    const own = useRequestWorkbench()
    useEffect(() => {
      workbench = own
    }, [own])
    return TESTER_PARTS.dialogs?.map((Dialog, index) => <Dialog key={index} />)
  }
  renderPage(
    <RequestWorkbenchProvider parts={TESTER_PARTS}>
      <Parts />
    </RequestWorkbenchProvider>,
    {
      collections: { drafts: async () => [], list: async () => [], saveDraft: async () => undefined },
      projects: { list: async () => ({ items: [], asOf: '2026-11-23T10:00:00Z', isStale: false }) },
    },
  )
  return () => {
    if (workbench === undefined) throw new Error('The workbench is not there yet.')
    return workbench
  }
}

test.each(Object.entries(ASKS))('%s is answered', async (_kind, ask) => {
  const get = show()
  await waitFor(get)
  const workbench = get()
  const tabId = workbench.openRequest(newHttpRequest('Films'))
  workbench.ask.set(ask.kind === 'form' ? { kind: 'form', tabId } : ask)
  await waitFor(() =>
    expect(screen.queryByRole('dialog') !== null || workbench.ask.get() === null, 'nobody answers').toBe(
      true,
    ),
  )
})
