// The settings of the API: what it exposes, how much it gives at most, who may call it from a browser.
import { ArrowUp } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import type { ApiSettings, ApiState } from '#contract/capabilities/api.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { CopyIconButton } from '../../components/copy-button.tsx'
import { Form } from '../../components/form.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { TextArea, TextField } from '../../components/text-field.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { useForm, type Form as FormState } from '../../components/use-form.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { Page } from '../../shell/page.tsx'
import { useCommands } from '../../shell/shell.tsx'
import { useOfflineReason } from '../connectivity/index.ts'
import { ReadingProblem } from '../projects/index.ts'
import { changedSettings, SettingsForm, toSettings, toValues, type SettingsValues } from './settings-form.ts'
import { useApi } from './use-api.ts'

/** The page of one project. */
export function SettingsPage({ projectId }: { readonly projectId: ProjectId }): ReactNode {
  const reading = useApi(projectId)
  if (reading.data === undefined)
    return (
      <Page title="API settings" isNarrow>
        <Card>
          {reading.error === null ? (
            <SkeletonRows count={6} label="Reading the settings" />
          ) : (
            <ReadingProblem
              projectId={projectId}
              title="The settings cannot be shown"
              error={reading.error}
              isRetrying={reading.isFetching}
              onRetry={() => void reading.refetch()}
            />
          )}
        </Card>
      </Page>
    )
  return <Loaded api={reading.data} />
}

function Loaded({ api }: { readonly api: ApiState }): ReactNode {
  const formId = useId()
  const offlineReason = useOfflineReason()
  /** What the form began with: the settings as they were read last, unless the person has begun to change them. */
  const [base, setBase] = useState(api.settings)
  const form = useForm<SettingsValues>(toValues(base), SettingsForm)
  const begin = (settings: ApiSettings): void => {
    setBase(settings)
    form.reset(toValues(settings))
  }
  const save = useAction(
    (host, settings: Partial<ApiSettings>) => host.api.update({ projectId: api.projectId, settings }),
    ['api', 'access'],
    { onSuccess: ({ settings }) => begin(settings) },
  )
  const isValid = SettingsForm.safeParse(form.values).success
  const changed = isValid ? changedSettings(base, toSettings(form.values)) : {}
  const count = Object.keys(changed).length
  const isUntouched = isValid && count === 0
  const [seen, setSeen] = useState(api.settings)
  if (seen !== api.settings) {
    setSeen(api.settings)
    if (isUntouched) begin(api.settings)
  }
  const submit = (): void => {
    if (form.check() && count > 0) save.mutate(changed)
  }
  useCommands([
    {
      id: 'api-settings.save',
      title: 'Save API settings',
      group: 'API',
      keys: ['Mod+S', 'Mod+Enter'],
      when: () => !isUntouched && offlineReason === undefined,
      run: submit,
    },
  ])
  const caps = useCaps('api-settings.save')
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Page title="API settings" detail="Changes count from the next request on" isNarrow>
        <Form id={formId} className="gap-16" problem={describeError(save.error)} onSubmit={submit}>
          <Card title="Address">
            <dl className="grid grid-cols-[110px_minmax(0,1fr)] items-center gap-y-8 px-14 py-12 text-small">
              <AddressRow term="REST" text={api.restUrl} />
              <AddressRow term="supabase-js" text={api.url} />
            </dl>
          </Card>
          <Card title="Schemas">
            <div className="flex flex-col gap-14 px-14 py-14">
              <Schemas form={form} available={api.availableSchemas} />
              <TextField
                label="Extra search path"
                isMono
                {...form.field('extraSearchPath')}
                help="Schemas whose functions and operators may be used without being exposed, separated by commas."
              />
            </div>
          </Card>
          <Card title="What a request may take">
            <div className="grid grid-cols-2 gap-14 px-14 py-14">
              <NumberField form={form} name="maxRows" label="Rows of an answer" placeholder="no limit" />
              <NumberField form={form} name="statementTimeoutSeconds" label="Time of a statement" unit="s" />
              <NumberField form={form} name="maxBodyMegabytes" label="Size of a body" unit="MB" />
              <NumberField
                form={form}
                name="maxPlanCost"
                label="Cost of a plan"
                placeholder="no limit"
                help="As EXPLAIN estimates it; dearer requests are refused."
              />
              <div className="col-span-2 flex flex-col gap-8">
                <Checkbox
                  label="Aggregates: sum, avg, count and the like in select"
                  isSelected={form.values.aggregatesEnabled}
                  onChange={(isOn) => form.set('aggregatesEnabled', isOn)}
                />
                <Checkbox
                  label="Plans: clients may ask for the plan of their request"
                  isSelected={form.values.planEnabled}
                  onChange={(isOn) => form.set('planEnabled', isOn)}
                />
              </div>
            </div>
          </Card>
          <Card title="Requests per second">
            <div className="grid grid-cols-3 gap-14 px-14 py-14">
              <NumberField form={form} name="perKey" label="Per key" placeholder="no limit" />
              <NumberField form={form} name="perProject" label="In all" placeholder="no limit" />
              <NumberField form={form} name="perAddress" label="Per address" placeholder="no limit" />
            </div>
          </Card>
          <Card title="Browsers">
            <div className="px-14 py-14">
              <TextArea
                label="Origins that may call the API"
                isMono
                rows={4}
                {...form.field('corsAllowedOrigins')}
                placeholder="https://shop.example.com"
                help="One per line, sent as CORS headers. Left empty, pages of any origin may."
              />
            </div>
          </Card>
        </Form>
      </Page>
      <div className="flex flex-none items-center border-t border-line-1 px-28 py-10">
        <div className="flex w-560 items-center gap-12">
          <span aria-live="polite" className="min-w-0 flex-1 text-small text-3">
            {!isValid
              ? 'Something above cannot be saved as it is.'
              : count === 0
                ? save.isSuccess
                  ? 'Saved.'
                  : 'Nothing is changed.'
                : count === 1
                  ? '1 setting is changed.'
                  : `${count} settings are changed.`}
          </span>
          <Button isDisabled={isUntouched} onPress={() => begin(api.settings)}>
            Discard
          </Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            caps={caps}
            isBusy={save.isPending}
            isDisabled={isUntouched}
            disabledReason={offlineReason}
          >
            {save.isPending ? 'Saving…' : 'Save settings'}
          </Button>
        </div>
      </div>
    </div>
  )
}

function AddressRow({ term, text }: { readonly term: string; readonly text: string }): ReactNode {
  return (
    <>
      <dt className="text-3">{term}</dt>
      <dd className="flex min-w-0 items-center gap-4">
        <code className="min-w-0 truncate font-mono text-data select-text">{text}</code>
        <CopyIconButton text={text} label={`Copy the address for ${term}`} />
      </dd>
    </>
  )
}

function Schemas(props: {
  readonly form: FormState<SettingsValues>
  readonly available: readonly string[] | null
}): ReactNode {
  const { form, available } = props
  const chosen = form.values.schemas
  const set = (schemas: readonly string[]): void => form.set('schemas', schemas)
  const others = (available ?? []).filter((schema) => !chosen.includes(schema))
  return (
    <fieldset>
      <legend className="mb-6 text-small text-2">
        Tables and functions of these schemas are the API. The first one is the default.
      </legend>
      <ul className="flex flex-col gap-6">
        {[...chosen, ...others].map((schema) => {
          const at = chosen.indexOf(schema)
          return (
            <li key={schema} className="flex h-26 items-center gap-8">
              <Checkbox
                label={<span className="font-mono text-data">{schema}</span>}
                isSelected={at !== -1}
                onChange={(isOn) => set(isOn ? [...chosen, schema] : chosen.filter((one) => one !== schema))}
              />
              {at === 0 ? <Badge>Default</Badge> : null}
              {at > 0 ? (
                <IconButton
                  icon={ArrowUp}
                  size="small"
                  label={`Make ${schema} the default`}
                  onPress={() => set([schema, ...chosen.filter((one) => one !== schema)])}
                />
              ) : null}
            </li>
          )
        })}
      </ul>
      {available === null ? (
        <p className="mt-6 text-small text-3">The database sleeps: its other schemas are not known now.</p>
      ) : null}
      <div aria-live="polite" className="text-small text-danger">
        {chosen.length === 0 ? 'Expose at least one schema.' : ''}
      </div>
    </fieldset>
  )
}

type NumberName =
  | 'maxRows'
  | 'maxBodyMegabytes'
  | 'statementTimeoutSeconds'
  | 'maxPlanCost'
  | 'perKey'
  | 'perProject'
  | 'perAddress'

function NumberField(props: {
  readonly form: FormState<SettingsValues>
  readonly name: NumberName
  readonly label: string
  readonly unit?: string
  readonly placeholder?: string
  readonly help?: string
}): ReactNode {
  const { form, name } = props
  return (
    <TextField
      label={props.label}
      {...form.field(name)}
      {...(props.help === undefined ? {} : { help: props.help })}
      {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
      {...(props.unit === undefined
        ? {}
        : { suffix: <span className="text-small text-3">{props.unit}</span> })}
    />
  )
}
