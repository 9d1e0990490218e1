// The left of a run: which requests, how often, with which data and environment.
import type { ReactNode } from 'react'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import { TextButton } from '../../components/button.tsx'
import { Form } from '../../components/form.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { schemaErrors } from '../../components/use-form.ts'
import { useCall } from '../../host/host-provider.tsx'
import { ALL, chosen, requestsBelow, type Children } from './choice.ts'
import { ChoiceTree } from './choice-tree.tsx'
import { DataFields } from './data-fields.tsx'
import type { Change, RunState } from './run-state.ts'
import { RunSettings } from './settings.ts'

export const RUN_FORM = 'run-settings'

export interface SettingsPaneProps {
  readonly collection: CollectionInfo
  readonly items: Children
  readonly state: RunState
  readonly settings: RunSettings
  readonly onChange: Change
  readonly onRun: () => void
}

/** The pane. */
export function SettingsPane(props: SettingsPaneProps): ReactNode {
  const { collection, items, state, settings, onChange } = props
  const { choice, closed } = state
  const environments = useCall(['collections', 'environments', collection.id], (host, options) =>
    host.collections.environments({ id: collection.id }, options),
  )
  const errors = schemaErrors(RunSettings, settings)
  const set = (fields: Partial<RunSettings>): void => onChange({ settings: { ...settings, ...fields } })
  const all = requestsBelow(items, '')
  const tags = [...new Set(all.flatMap((item) => item.tags))].toSorted()
  const running = chosen(items, choice).length
  const names = (environments.data ?? []).map(({ name }) => name)
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-34 flex-none items-center gap-10 border-b border-line-1 px-12 text-small">
        <span className="min-w-0 flex-1 truncate font-medium">
          {running === all.length ? `All ${running} requests` : `${running} of ${all.length} requests`}
        </span>
        <TextButton
          onPress={() =>
            onChange({
              choice:
                running === all.length ? { left: new Set(all.map(({ path }) => path)), order: null } : ALL,
            })
          }
        >
          {running === all.length ? 'None' : 'All'}
        </TextButton>
        <TextButton
          onPress={() =>
            onChange({
              choice: {
                ...choice,
                order: choice.order === null ? chosen(items, choice).map(({ path }) => path) : null,
              },
            })
          }
        >
          {choice.order === null ? 'Change order' : 'Order of the tree'}
        </TextButton>
      </div>
      <div className="flex min-h-120 flex-[2] flex-col">
        <ChoiceTree
          items={items}
          choice={choice}
          closed={closed}
          onChoice={(next) => onChange({ choice: next })}
          onClosed={(next) => onChange({ closed: next })}
        />
      </div>
      <div
        role="region"
        aria-label="How it runs"
        tabIndex={0}
        className="min-h-0 flex-[3] overflow-auto border-t border-line-1 p-12 focus-visible:outline-offset-[-2px]"
      >
        <Form id={RUN_FORM} onSubmit={props.onRun} className="gap-12">
          <Select
            label="Environment"
            options={[
              { id: '', label: 'None' },
              ...(settings.environment === '' || names.includes(settings.environment)
                ? names
                : [...names, settings.environment]
              ).map((name) => ({ id: name, label: name })),
            ]}
            value={settings.environment}
            onChange={(environment) => set({ environment })}
          />
          <DataFields collection={collection} settings={settings} errors={errors} onChange={set} />
          <div className="grid grid-cols-2 gap-10">
            {NUMBERS.map(({ name, label, suffix }) => (
              <TextField
                key={name}
                label={label}
                value={settings[name]}
                onChange={(value) => set({ [name]: value })}
                error={errors[name]}
                suffix={suffix === '' ? undefined : <span className="text-small text-3">{suffix}</span>}
              />
            ))}
          </div>
          <TextField
            label="Only with tags"
            value={settings.tags}
            onChange={(value) => set({ tags: value })}
            error={errors['tags']}
            help={
              tags.length === 0 ? 'No request of this collection has a tag.' : `There are ${tags.join(', ')}.`
            }
          />
          <Checkbox
            label="Stop on the first failure"
            isSelected={settings.stopsOnFailure}
            onChange={(stopsOnFailure) => set({ stopsOnFailure })}
          />
        </Form>
      </div>
    </div>
  )
}

const NUMBERS = [
  { name: 'iterations', label: 'Iterations', suffix: '' },
  { name: 'parallel', label: 'In parallel', suffix: '' },
  { name: 'delayMs', label: 'Delay', suffix: 'ms' },
  { name: 'retries', label: 'More tries', suffix: '' },
] as const
