// The form that starts a mock server: from a collection's examples, or from rows of an API.
import type { ReactNode } from 'react'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import type { Mock } from '#contract/capabilities/mocks.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { Button } from '../../components/button.tsx'
import { Form } from '../../components/form.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Segmented } from '../../components/toggles.tsx'
import { schemaErrors, useForm } from '../../components/use-form.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { ADDRESS, apiOptions, livingProjects, ROLE_TITLES } from '../explorer/index.ts'
import { useProjects } from '../projects/index.ts'
import { EMPTY_FORM, mockRules, startOf, type MockForm } from './mock-form.ts'

export interface StartFormProps {
  readonly collections: readonly CollectionInfo[]
  /** The collection that it was opened for. */
  readonly collectionId: CollectionId | null
  readonly onStarted: (mock: Mock) => void
}

/** The form. */
export function StartForm({ collections, collectionId, onStarted }: StartFormProps): ReactNode {
  const projects = livingProjects(useProjects().data?.items)
  const first: MockForm = { ...EMPTY_FORM, collectionId: collectionId ?? '' }
  const form = useForm<MockForm & Readonly<Record<string, unknown>>>({ ...first }, mockRulesOfAll)
  const shown: MockForm = {
    ...form.values,
    collectionId: form.values.collectionId === '' ? (collections[0]?.id ?? '') : form.values.collectionId,
    api: form.values.api === '' ? (projects[0]?.id ?? ADDRESS) : form.values.api,
  }
  const start = useAction((host, input: ReturnType<typeof startOf>) => host.mocks.start(input), ['mocks'], {
    onSuccess: onStarted,
  })
  const submit = (): void => {
    const errors = schemaErrors(mockRules(shown), shown)
    form.setErrors(errors)
    if (Object.keys(errors).length === 0) start.mutate(startOf(shown))
  }
  return (
    <Form
      onSubmit={submit}
      problem={describeError(start.error)}
      className="gap-14"
      actions={
        <span>
          <Button type="submit" variant="primary" isBusy={start.isPending}>
            {start.isPending ? 'Starting…' : 'Start mock server'}
          </Button>
        </span>
      }
    >
      <Segmented
        label="Answers come from"
        options={[
          { id: 'examples', label: 'Examples' },
          { id: 'rows', label: 'Rows of tables' },
        ]}
        value={shown.from}
        onChange={(from) => form.set('from', from)}
      />
      {shown.from === 'examples' ? (
        <Select
          label="Collection"
          options={collections.map(({ id, name }) => ({ id: String(id), label: name }))}
          value={shown.collectionId}
          onChange={(id) => form.set('collectionId', id)}
          help="Every example that is saved with a request is an answer."
          {...(form.errors['collectionId'] === undefined ? {} : { error: form.errors['collectionId'] })}
        />
      ) : (
        <>
          <Select
            label="API"
            options={apiOptions(projects)}
            value={shown.api}
            onChange={(api) => form.set('api', api)}
            help="A sample of each table is read once. What is written to the mock server changes its copy alone."
          />
          {shown.api === ADDRESS ? (
            <>
              <TextField
                label="Address"
                type="url"
                isMono
                placeholder="https://host/rest/v1"
                {...form.field('url')}
              />
              <TextField
                label="Token"
                type="password"
                {...form.field('token')}
                help="Sent to read the rows. It is not kept."
              />
            </>
          ) : (
            <Select
              label="Read as"
              options={[
                { id: 'authenticated', label: ROLE_TITLES.authenticated },
                { id: 'anon', label: ROLE_TITLES.anon },
                { id: 'service_role', label: ROLE_TITLES.service_role, detail: 'All rows' },
              ]}
              value={shown.as}
              onChange={(as) => form.set('as', as)}
            />
          )}
          <TextField label="Rows per table" {...form.field('rowsPerTable')} />
        </>
      )}
      <div className="grid grid-cols-2 gap-10">
        <TextField label="Port" placeholder="A free one" {...form.field('port')} />
        <TextField
          label="Delay of answers"
          {...form.field('delayMs')}
          suffix={<span className="text-small text-3">ms</span>}
        />
      </div>
    </Form>
  )
}

/** Checked as a field is left; what is missing is told on submit, by the rules of what is shown. */
const mockRulesOfAll = mockRules({ ...EMPTY_FORM, from: 'rows', api: '' })
