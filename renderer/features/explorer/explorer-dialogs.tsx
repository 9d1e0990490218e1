// What other parts of the tester ask of the explorer, each in its dialog: a collection generated, one held against its source, a request shown as a form.
import { type ReactNode } from 'react'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { ApiSource } from '#contract/requests/api-description.ts'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useTesterAsk } from '../requests/index.ts'
import { DriftDialog } from './drift-dialog.tsx'
import { GenerateDialog } from './generate-dialog.tsx'
import { OpenAsForm } from './open-as-form.tsx'
import { SourceDialog } from './source-dialog.tsx'
import { useDescription, useSource } from './source.ts'

/** For `TesterParts.dialogs`. */
export function ExplorerDialogs(): ReactNode {
  const [ask, setAsk] = useTesterAsk()
  const close = (): void => setAsk(null)
  switch (ask?.kind) {
    case 'generate':
      return <GenerateOfChosen onClose={close} />
    case 'generateFor':
      return (
        <GenerateOf
          source={{ type: 'project', projectId: ProjectId.parse(ask.projectId) }}
          tables={ask.tables}
          onClose={close}
        />
      )
    case 'drift':
      return ask.collectionId === null ? null : (
        <DriftDialog collectionId={ask.collectionId} onClose={close} />
      )
    case 'form':
      return <OpenAsForm key={ask.tabId} requestTabId={ask.tabId} onDone={close} />
    default:
      return null
  }
}

/** Without an API, one is chosen first. */
function GenerateOfChosen({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { source, projects, choose } = useSource()
  return source === null ? (
    <SourceDialog source={source} projects={projects} onChoose={choose} onClose={onClose} />
  ) : (
    <GenerateOf source={source} tables={null} onClose={onClose} />
  )
}

function GenerateOf(props: {
  readonly source: ApiSource
  readonly tables: readonly string[] | null
  readonly onClose: () => void
}): ReactNode {
  const { source, tables, onClose } = props
  const { data, error } = useDescription(source)
  const { projects, isReading } = useSource()
  if (data !== undefined && !isReading) {
    const project = source.type === 'project' ? projects.find(({ id }) => id === source.projectId) : undefined
    return (
      <GenerateDialog
        source={source}
        description={data}
        title={project?.name ?? data.title}
        tables={tables}
        onClose={onClose}
      />
    )
  }
  const problem = describeError(error)
  return (
    <Dialog title="Generate a collection" isOpen onClose={onClose}>
      {problem === undefined ? (
        <SkeletonRows count={4} label="Reading the schema" />
      ) : (
        <EmptyState title="The schema cannot be read">{problem.message}</EmptyState>
      )}
    </Dialog>
  )
}
