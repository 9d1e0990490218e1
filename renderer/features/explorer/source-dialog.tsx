// Chooses whose API is explored: a project, or the address of a PostgREST or of our own engine.
import { useState, type ReactNode } from 'react'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import type { ApiSource } from '#contract/requests/api-description.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { ADDRESS, addressProblem, apiOptions } from './api-choice.ts'

export interface SourceDialogProps {
  readonly source: ApiSource | null
  readonly projects: readonly Project[]
  readonly onChoose: (source: ApiSource) => void
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function SourceDialog({ source, projects, onChoose, onClose }: SourceDialogProps): ReactNode {
  const [choice, setChoice] = useState<string>(
    source?.type === 'project'
      ? source.projectId
      : ((source === null ? projects[0]?.id : undefined) ?? ADDRESS),
  )
  const [url, setUrl] = useState(source?.type === 'url' ? source.url : '')
  const [token, setToken] = useState(source?.type === 'url' ? source.token : '')
  const isAddress = choice === ADDRESS
  const [wasTried, setWasTried] = useState(false)
  const problem = addressProblem(url)
  return (
    <FormDialog
      title="Choose an API"
      submitLabel="Explore"
      busyLabel="Reading…"
      isBusy={false}
      onClose={onClose}
      onSubmit={() => {
        if (isAddress && problem !== undefined) return setWasTried(true)
        onChoose(
          isAddress
            ? { type: 'url', url: url.trim(), token: token.trim() }
            : { type: 'project', projectId: ProjectId.parse(choice) },
        )
        onClose()
      }}
    >
      <Select label="API" options={apiOptions(projects)} value={choice} onChange={setChoice} />
      {isAddress ? (
        <>
          <TextField
            label="Address"
            type="url"
            isMono
            value={url}
            onChange={setUrl}
            placeholder="https://host/rest/v1"
            help="The root of the API, where it describes itself."
            error={wasTried ? problem : undefined}
          />
          <TextField
            label="Token"
            type="password"
            value={token}
            onChange={setToken}
            help="Sent as a bearer token to read the description. It is not kept."
          />
        </>
      ) : null}
    </FormDialog>
  )
}
