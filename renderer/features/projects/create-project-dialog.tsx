// Create project: name and environment, then live steps with real durations. A failed step stays, with Retry.
import { CircleCheck, Copy, Check } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import {
  CreateProject,
  type Environment,
  type Project,
  type ProjectStep,
} from '#contract/capabilities/projects.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { FormError } from '../../components/form-error.tsx'
import { formatDuration } from '../../components/format.ts'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { useStore } from '../../host/store.ts'
import { keycaps } from '../../shell/keymap.ts'
import { useShell } from '../../shell/shell.tsx'
import { MaskedSnippet, toConnectionId, useCopyConnection } from '../connections/index.ts'
import { useOrganisations } from '../organisations/index.ts'
import { ProjectSteps } from './project-steps.tsx'
import { isMoving, useProjectProgress } from './use-projects.ts'

const ENVIRONMENTS: readonly { readonly id: Environment; readonly label: string }[] = [
  { id: 'development', label: 'Development' },
  { id: 'staging', label: 'Staging' },
  { id: 'production', label: 'Production' },
]
const TICK_MS = 50

export interface CreateProjectDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** The dialog; it starts anew each time it opens. */
export function CreateProjectDialog(props: CreateProjectDialogProps): ReactNode {
  return props.isOpen ? <OpenDialog onClose={props.onClose} /> : null
}

interface Created {
  readonly project: Project
  /** performance.now() when Create was pressed. */
  readonly startedAt: number
}

function OpenDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [created, setCreated] = useState<Created>()
  // Chosen here, so that pressing Create again after a lost answer makes no second project.
  const [projectId] = useState(() => ProjectId.parse(crypto.randomUUID()))
  const organisations = useOrganisations()
  const first = organisations.data?.find((one) => one.isPersonal) ?? organisations.data?.[0]
  const [organisationId, setOrganisationId] = useState<string>()
  const chosen = organisationId ?? first?.id ?? ''
  const form = useForm<{ name: string; environment: Environment }>(
    { name: '', environment: 'development' },
    CreateProject.pick({ name: true, environment: true }),
  )
  const create = useAction(
    async (host, input: { name: string; environment: Environment }) => {
      const startedAt = performance.now()
      const project = await host.projects.create({
        ...input,
        projectId,
        organisationId: OrganisationId.parse(chosen),
      })
      return { project, startedAt }
    },
    ['projects', 'connections'],
    { onSuccess: setCreated, onError: (error) => form.setErrors(fieldErrorsOf(error)) },
  )
  if (created !== undefined) return <ProgressDialog created={created} onClose={onClose} />
  const problem = describeError(create.error ?? organisations.error)
  return (
    <FormDialog
      title="Create project"
      width="medium"
      hint="A Postgres 18 of its own, usually ready in about a second."
      submitLabel="Create project"
      busyLabel="Creating…"
      isBusy={create.isPending}
      isBlocked={chosen === ''}
      problem={form.errors['name'] === undefined ? problem : undefined}
      onSubmit={() => {
        if (chosen !== '' && form.check()) create.mutate(form.values)
      }}
      onClose={onClose}
    >
      <div className="grid grid-cols-[1fr_180px] gap-12">
        <TextField label="Name" autoFocus placeholder="gift-cards" {...form.field('name')} />
        <Select
          label="Environment"
          options={ENVIRONMENTS}
          value={form.values.environment}
          onChange={(environment) => form.set('environment', environment)}
        />
      </div>
      {(organisations.data?.length ?? 0) > 1 ? (
        <Select
          label="Organisation"
          options={(organisations.data ?? []).map((one) => ({ id: String(one.id), label: one.name }))}
          value={chosen}
          onChange={setOrganisationId}
        />
      ) : null}
    </FormDialog>
  )
}

/** Milliseconds since `from` (performance.now), ticking while `isTicking`. */
function useElapsed(from: number, isTicking: boolean): number {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    if (!isTicking) return undefined
    const timer = setInterval(() => setNow(performance.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [isTicking])
  return Math.max(0, now - from)
}

const FIRST_STEPS: readonly ProjectStep[] = (
  ['record', 'storage', 'start', 'roles', 'first-query'] as const
).map((name, index) => ({ name, state: index === 0 ? 'running' : 'waiting', durationMs: null, reason: null }))

function ProgressDialog({
  created,
  onClose,
}: {
  readonly created: Created
  readonly onClose: () => void
}): ReactNode {
  const shell = useShell()
  const { platform } = useStore(shell.keys)
  const projectId = created.project.id
  const progress = useProjectProgress(projectId)
  const project = progress?.project ?? created.project
  const steps = progress?.steps ?? FIRST_STEPS
  const isUnderWay = isMoving(project.status)
  const isReady = project.status === 'awake'
  const elapsed = useElapsed(created.startedAt, isUnderWay)
  const doneMs = steps.reduce((sum, step) => sum + (step.durationMs ?? 0), 0)
  const [isStopping, setIsStopping] = useState(false)
  const retry = useAction((host, _input: void) => host.projects.start({ projectId }), ['projects'])
  const remove = useAction(
    (host, _input: void) => host.projects.delete({ projectId }),
    ['projects', 'connections'],
    {
      onSuccess: onClose,
      onError: () => setIsStopping(false),
    },
  )
  const connectionId = toConnectionId(projectId)
  const openSql = (): void => {
    if (connectionId === undefined) return
    onClose()
    shell.openSql({ connectionId })
  }
  const problem = describeError(remove.error ?? retry.error)
  const hasFailedStep = steps.some((step) => step.state === 'failed')
  return (
    <Dialog
      title={isReady ? `${project.name} is ready` : `Create project ${project.name}`}
      width="medium"
      isOpen
      onClose={onClose}
      hint={
        <span role="status">
          {isReady ? (
            <>
              Ready in <span className="font-mono text-data">{formatDuration(doneMs)}</span>
            </>
          ) : project.status === 'failed' ? (
            'It stopped at a failed step.'
          ) : (
            <>
              <span className="font-mono text-data">{formatDuration(elapsed)}</span> so far
            </>
          )}
        </span>
      }
      actions={
        <>
          {isReady ? (
            <Button onPress={onClose}>Close</Button>
          ) : (
            <Button
              isBusy={isStopping}
              onPress={() => {
                setIsStopping(true)
                remove.mutate()
              }}
            >
              Cancel and delete
            </Button>
          )}
          <Button
            variant="primary"
            caps={keycaps('Mod+Enter', platform)}
            isDisabled={!isReady}
            onPress={openSql}
          >
            Open SQL
          </Button>
        </>
      }
    >
      <div
        className="flex flex-col gap-14"
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && isReady) openSql()
        }}
      >
        <ProjectSteps
          steps={steps}
          runningMs={isUnderWay ? Math.max(0, elapsed - doneMs) : undefined}
          retry={
            <Button size="compact" isBusy={retry.isPending} onPress={() => retry.mutate()}>
              Retry
            </Button>
          }
        />
        {project.status === 'failed' && !hasFailedStep ? (
          <FormError
            message={project.problem ?? 'The database could not be created.'}
            action={
              <Button size="compact" isBusy={retry.isPending} onPress={() => retry.mutate()}>
                Retry
              </Button>
            }
          />
        ) : null}
        {isReady && connectionId !== undefined ? <ReadyString connectionId={connectionId} /> : null}
        <FormError message={problem?.message} hint={problem?.hint} />
      </div>
    </Dialog>
  )
}

function ReadyString({
  connectionId,
}: {
  readonly connectionId: NonNullable<ReturnType<typeof toConnectionId>>
}): ReactNode {
  const preview = useCall(['connections', 'preview', connectionId, 'uri', 'created'], (host, options) =>
    host.connections.preview({ connectionId, format: 'uri' }, options),
  )
  const copying = useCopyConnection(connectionId)
  return (
    <div>
      <div className="mb-6 flex items-center gap-8 text-small font-medium">
        Connection string
        <Badge tone="success" icon={CircleCheck}>
          Accepts connections
        </Badge>
      </div>
      <div className="flex min-h-34 items-center gap-8 rounded-control border border-line-2 bg-s1 py-4 pr-4 pl-12">
        <MaskedSnippet text={preview.data?.text ?? ''} />
        <IconButton
          icon={copying.isCopied ? Check : Copy}
          label={copying.isCopied ? 'Copied' : 'Copy connection string'}
          isBusy={copying.isBusy}
          onPress={() => copying.copy('uri')}
        />
      </div>
      {copying.dialog}
    </div>
  )
}
