// Adds a policy, or changes one.
import { useState, type ReactNode } from 'react'
import type { Policy, Table } from '#contract/schema/types.ts'
import { addPolicy, changePolicy } from '#postgres/common/catalog/edit/policies.ts'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { Select } from '../../../components/select.tsx'
import { TextArea, TextField } from '../../../components/text-field.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { useEditing } from './editing.tsx'

const COMMANDS: readonly { readonly id: Policy['command']; readonly label: string }[] = [
  { id: 'all', label: 'Everything' },
  { id: 'select', label: 'Select' },
  { id: 'insert', label: 'Insert' },
  { id: 'update', label: 'Update' },
  { id: 'delete', label: 'Delete' },
]

export interface PolicyDialogProps {
  readonly table: Table
  /** Given when one is changed. */
  readonly policy?: Policy
  readonly onClose: () => void
}

/** Open while it is rendered. */
export function PolicyDialog({ table, policy, onClose }: PolicyDialogProps): ReactNode {
  const { context, stage } = useEditing()
  const [name, setName] = useState(policy?.name ?? '')
  const [command, setCommand] = useState<Policy['command']>(policy?.command ?? 'all')
  const [isPermissive, setIsPermissive] = useState(policy?.isPermissive ?? true)
  const [roles, setRoles] = useState(policy?.roles.join(', ') ?? '')
  const [using, setUsing] = useState(policy?.using ?? '')
  const [check, setCheck] = useState(policy?.check ?? '')
  const [enable, setEnable] = useState(true)
  const [problem, setProblem] = useState<string | null>(null)
  const hasUsing = command !== 'insert'
  const hasCheck = command !== 'select' && command !== 'delete'
  const submit = (): void => {
    const content = {
      command,
      isPermissive,
      roles: [...new Set(roles.split(',').map((role) => role.trim()))].filter(
        (role) => role !== '' && role !== 'public',
      ),
      using: hasUsing ? using : null,
      check: hasCheck ? check : null,
    }
    const tableId = table.id
    const reason = stage(
      policy === undefined
        ? addPolicy(context(), { tableId, ...content, enable, ...(name === '' ? {} : { name }) })
        : changePolicy(context(), { tableId, policyId: policy.id, change: content }),
    )
    setProblem(reason)
    if (reason === null) onClose()
  }
  return (
    <FormDialog
      title={policy === undefined ? `Add policy to ${table.name}` : `Edit policy ${policy.name}`}
      width="medium"
      submitLabel={policy === undefined ? 'Add policy' : 'Change policy'}
      busyLabel="Adding…"
      isBusy={false}
      problem={problem === null ? undefined : { message: problem }}
      onSubmit={submit}
      onClose={onClose}
    >
      {policy === undefined ? (
        <TextField
          label="Name"
          autoFocus
          value={name}
          onChange={setName}
          placeholder={`${table.name}_policy`}
        />
      ) : null}
      <div className="grid grid-cols-2 gap-12">
        <Select label="For" options={COMMANDS} value={command} onChange={setCommand} />
        <Select
          label="Effect"
          options={[
            { id: 'permissive', label: 'Allows', detail: 'one that allows is enough' },
            { id: 'restrictive', label: 'Restricts', detail: 'every one must agree' },
          ]}
          value={isPermissive ? 'permissive' : 'restrictive'}
          onChange={(id) => setIsPermissive(id === 'permissive')}
        />
      </div>
      <TextField
        label="Roles"
        isMono
        value={roles}
        onChange={setRoles}
        placeholder="public"
        help="Separated by commas; left empty, everybody."
      />
      {hasUsing ? (
        <TextArea
          label="Rows that are seen (using)"
          isMono
          value={using}
          onChange={setUsing}
          help="A condition in SQL; true stands for every row."
        />
      ) : null}
      {hasCheck ? (
        <TextArea
          label="Rows that may be written (with check)"
          isMono
          value={check}
          onChange={setCheck}
          help={hasUsing ? 'Left empty, the condition above counts here too.' : 'A condition in SQL.'}
        />
      ) : null}
      {policy === undefined && !table.hasRowSecurity ? (
        <Checkbox label="Also switch row-level security on" isSelected={enable} onChange={setEnable} />
      ) : null}
    </FormDialog>
  )
}
