// The keys page: API keys, the project's own signing secret, and others whose tokens count.
import type { ReactNode } from 'react'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Page } from '../../shell/page.tsx'
import { KeysCard } from '../api-keys/index.ts'
import { IssuersCard } from './issuers-card.tsx'
import { SigningSecretCard } from './signing-secret-card.tsx'
import { useApi } from './use-api.ts'

/** The page of one project. */
export function KeysPage({ projectId }: { readonly projectId: ProjectId }): ReactNode {
  const api = useApi(projectId)
  return (
    <Page title="Keys" detail="Who may call the API, and whose tokens it trusts">
      <div className="flex flex-col gap-16">
        <KeysCard projectId={projectId} schemas={api.data?.settings.schemas ?? []} />
        <SigningSecretCard projectId={projectId} />
        <IssuersCard projectId={projectId} />
      </div>
    </Page>
  )
}
