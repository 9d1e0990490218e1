// Create or edit a policy; it can be tried before it is there.
import { FlaskConical } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { z } from 'zod'
import type { Policy, PolicyInput } from '#contract/capabilities/access.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Button } from '../../components/button.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { formatCount } from '../../components/format.ts'
import { Select } from '../../components/select.tsx'
import { TextArea, TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { tableKey } from './exposure.ts'
import {
  COMMAND_WORDS,
  partsOf,
  POLICY_COMMANDS,
  POLICY_TEMPLATES,
  policyForm,
  rolesOf,
  type PolicyCommandName,
} from './policy-form.ts'

interface TableName {
  readonly schema: string
  readonly name: string
}

export interface PolicyDialogProps {
  readonly projectId: ProjectId
  /** Tables that can have policies. */
  readonly tables: readonly TableName[]
  /** Chosen at first. */
  readonly table: TableName | undefined
  /** Given when an existing one is changed. */
  readonly policy: Policy | undefined
  readonly onRan: (sql: readonly string[]) => void
  readonly onClose: () => void
}

/** Open while it is rendered. */
export function PolicyDialog(props: PolicyDialogProps): ReactNode {
  const { projectId, policy, onClose } = props
  const [template, setTemplate] = useState('none')
  const [command, setCommand] = useState<PolicyCommandName>(policy?.command ?? 'select')
  const [isPermissive, setIsPermissive] = useState(policy?.isPermissive ?? true)
  const [chosen, setChosen] = useState<TableName | undefined>(props.table ?? props.tables[0])
  const form = useForm(
    {
      name: policy?.name ?? '',
      roles: policy?.roles.join(', ') ?? 'authenticated',
      using: policy?.using ?? '',
      check: policy?.check ?? '',
    },
    policyForm(command),
  )
  const parts = partsOf(command)
  const input = (table: TableName): z.input<typeof PolicyInput> => ({
    schema: table.schema,
    table: table.name,
    name: form.values.name,
    command,
    isPermissive,
    roles: rolesOf(form.values.roles),
    using: parts.using ? textOrNull(form.values.using) : null,
    check: parts.check ? textOrNull(form.values.check) : null,
  })
  const save = useAction(
    (host, table: TableName) => {
      const made = input(table)
      if (policy === undefined) return host.access.createPolicy({ projectId, policy: made })
      return host.access.alterPolicy({
        projectId,
        schema: policy.schema,
        table: policy.table,
        name: policy.name,
        ...(made.name === policy.name ? {} : { newName: made.name }),
        roles: made.roles,
        ...(made.using === null || made.using === undefined ? {} : { using: made.using }),
        ...(made.check === null || made.check === undefined ? {} : { check: made.check }),
      })
    },
    ['access'],
    {
      onSuccess: ({ sql }) => {
        props.onRan(sql)
        onClose()
      },
      onError: (error) => form.setErrors(fieldErrorsOf(error)),
    },
  )
  const attempt = useAction((host, table: TableName) =>
    host.access.preview({
      projectId,
      schema: table.schema,
      table: table.name,
      role: previewRole(rolesOf(form.values.roles)),
      withPolicies: [input(table)],
      limit: 1,
    }),
  )
  const problem = describeError(save.error ?? attempt.error)
  const role = previewRole(rolesOf(form.values.roles))
  const applyTemplate = (id: string): void => {
    setTemplate(id)
    const found = POLICY_TEMPLATES.find((one) => one.id === id)
    if (found === undefined) return
    setCommand(found.command)
    form.fill({ name: found.name, roles: found.roles, using: found.using, check: found.check })
  }
  const isNew = policy === undefined
  return (
    <FormDialog
      title={isNew ? 'Create policy' : `Edit policy ${policy.name}`}
      width="medium"
      submitLabel={isNew ? 'Create policy' : 'Save policy'}
      busyLabel={isNew ? 'Creating…' : 'Saving…'}
      isBusy={save.isPending}
      problem={Object.keys(form.errors).length === 0 ? problem : undefined}
      onSubmit={() => {
        if (form.check() && chosen !== undefined) save.mutate(chosen)
      }}
      onClose={onClose}
      hint={
        <span aria-live="polite">
          {attempt.data === undefined
            ? null
            : (attempt.data.problem ??
              `With it ${role} sees ${rowsWord(attempt.data.visible)} of ${rowsWord(attempt.data.total)} rows.`)}
        </span>
      }
      otherActions={
        isNew && parts.using ? (
          <Button
            variant="ghost"
            icon={FlaskConical}
            isBusy={attempt.isPending}
            isDisabled={chosen === undefined}
            onPress={() => {
              if (form.check() && chosen !== undefined) attempt.mutate(chosen)
            }}
          >
            Try it
          </Button>
        ) : undefined
      }
    >
      {isNew ? (
        <div className="grid grid-cols-2 gap-12">
          <Select
            label="Start from"
            options={[
              { id: 'none', label: 'Nothing' },
              ...POLICY_TEMPLATES.map(({ id, label }) => ({ id, label })),
            ]}
            value={template}
            onChange={applyTemplate}
          />
          <Select
            label="Table"
            options={props.tables.map((table) => ({
              id: tableKey(table),
              label: `${table.schema}.${table.name}`,
            }))}
            value={chosen === undefined ? '' : tableKey(chosen)}
            onChange={(key) => setChosen(props.tables.find((table) => tableKey(table) === key))}
          />
        </div>
      ) : null}
      <TextField label="Name" autoFocus {...form.field('name')} placeholder="own rows" />
      <div className="grid grid-cols-2 gap-12">
        <Select
          label="For"
          options={POLICY_COMMANDS.map((id) => ({ id, label: COMMAND_WORDS[id] }))}
          value={command}
          onChange={setCommand}
          isDisabled={!isNew}
          {...(isNew ? {} : { help: 'Postgres cannot change this; drop the policy and create another.' })}
        />
        <Select
          label="Effect"
          options={[
            { id: 'permissive', label: 'Allows', detail: 'one that allows is enough' },
            { id: 'restrictive', label: 'Restricts', detail: 'every one must agree' },
          ]}
          value={isPermissive ? 'permissive' : 'restrictive'}
          onChange={(id) => setIsPermissive(id === 'permissive')}
          isDisabled={!isNew}
        />
      </div>
      <TextField
        label="Roles"
        isMono
        {...form.field('roles')}
        help="Separated by commas; public is everybody."
      />
      {parts.using ? (
        <TextArea
          label="Rows that are seen (using)"
          isMono
          rows={3}
          {...form.field('using')}
          placeholder="is_published"
          help="A condition in SQL; true stands for every row."
        />
      ) : null}
      {parts.check ? (
        <TextArea
          label="Rows that may be written (with check)"
          isMono
          rows={3}
          value={form.values.check}
          onChange={(check) => form.set('check', check)}
          help={
            parts.using
              ? 'Left empty, the condition above counts here too.'
              : 'A condition in SQL; true stands for every row.'
          }
          error={form.errors['check']}
        />
      ) : null}
    </FormDialog>
  )
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}

/** The role that a preview acts as: of those that the API knows, the least one that the policy is for. */
function previewRole(roles: readonly string[]): 'anon' | 'authenticated' {
  return roles.includes('authenticated') || !roles.includes('anon') ? 'authenticated' : 'anon'
}

function rowsWord(count: number | null): string {
  return count === null ? 'an unknown number' : formatCount(count)
}
