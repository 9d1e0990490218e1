// "What would this user see?": a table read as a role with claims, in a transaction that is rolled back.
import { Play } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import type { Exposure } from '#contract/capabilities/access.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Form } from '../../components/form.tsx'
import { FormError } from '../../components/form-error.tsx'
import { formatCount } from '../../components/format.ts'
import { Select } from '../../components/select.tsx'
import { TextArea, TextField } from '../../components/text-field.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands } from '../../shell/shell.tsx'
import { isServed, tableKey } from './exposure.ts'

const Claims = z.record(z.string(), z.unknown())
const PREVIEW_ROLES = [
  { id: 'anon', label: 'anon', detail: 'nobody signed in' },
  { id: 'authenticated', label: 'authenticated', detail: 'a signed-in user' },
  { id: 'service_role', label: 'service_role', detail: 'a server with a secret key' },
] as const
type PreviewRole = (typeof PREVIEW_ROLES)[number]['id']

/** The claims in a text, or why it is none. */
export function readClaims(
  text: string,
  user: string,
):
  | { readonly claims: Readonly<Record<string, unknown>>; readonly error: undefined }
  | { readonly claims: undefined; readonly error: string } {
  try {
    const parsed = Claims.safeParse(text.trim() === '' ? {} : JSON.parse(text))
    if (!parsed.success || Array.isArray(parsed.data))
      return { claims: undefined, error: 'Write one JSON object.' }
    return {
      claims: { ...parsed.data, ...(user.trim() === '' ? {} : { sub: user.trim() }) },
      error: undefined,
    }
  } catch (error) {
    return { claims: undefined, error: error instanceof Error ? error.message : 'This is not JSON.' }
  }
}

export interface PreviewPanelProps {
  readonly projectId: ProjectId
  readonly exposure: Exposure
  readonly offlineReason: string | undefined
}

interface Asked {
  readonly schema: string
  readonly table: string
  readonly role: PreviewRole
  readonly claims: Record<string, unknown>
}

/** The form and what came of it. */
export function PreviewPanel({ projectId, exposure, offlineReason }: PreviewPanelProps): ReactNode {
  const { tables } = exposure
  const [key, setKey] = useState('')
  const [role, setRole] = useState<PreviewRole>('authenticated')
  const [user, setUser] = useState('')
  const [claims, setClaims] = useState('')
  const [claimsError, setClaimsError] = useState<string>()
  const table = tables.find((one) => tableKey(one) === key) ?? tables[0]
  const preview = useAction((host, asked: Asked) => host.access.preview({ projectId, ...asked }))
  const run = (): void => {
    if (table === undefined) return
    const read = readClaims(claims, user)
    setClaimsError(read.error)
    if (read.claims === undefined) return
    preview.mutate({ schema: table.schema, table: table.name, role, claims: { role, ...read.claims } })
  }
  useCommands([
    {
      id: 'access.preview',
      title: 'Show what this user would see',
      group: 'API',
      icon: Play,
      keys: ['Mod+Enter'],
      when: () => offlineReason === undefined && table !== undefined,
      run,
    },
  ])
  const caps = useCaps('access.preview')
  const problem = describeError(preview.error)
  const asked = preview.variables
  return (
    <div className="grid grid-cols-[300px_minmax(0,1fr)] items-start gap-16 max-wide:grid-cols-[240px_minmax(0,1fr)]">
      <Card title="Read as">
        <Form className="gap-12 px-14 py-14" onSubmit={run}>
          <Select
            label="Table"
            options={tables.map((one) => ({
              id: tableKey(one),
              label: `${one.schema}.${one.name}`,
              ...(isServed(exposure, one.schema) ? {} : { detail: 'not served by the API' }),
            }))}
            value={table === undefined ? '' : tableKey(table)}
            onChange={setKey}
          />
          <Select label="Role" options={PREVIEW_ROLES} value={role} onChange={setRole} />
          <TextField
            label="User"
            isMono
            value={user}
            onChange={setUser}
            help="sub of the token; left empty, none."
          />
          <TextArea
            label="Other claims"
            isMono
            rows={4}
            value={claims}
            onChange={(text) => {
              setClaims(text)
              setClaimsError(undefined)
            }}
            placeholder={'{ "org": 7 }'}
            help="JSON, as request.jwt.claims has it."
            error={claimsError}
          />
          <div className="flex">
            <Button
              type="submit"
              variant="primary"
              icon={Play}
              caps={caps}
              isBusy={preview.isPending}
              disabledReason={
                offlineReason ?? (table === undefined ? 'There is no table to read.' : undefined)
              }
            >
              Show rows
            </Button>
          </div>
        </Form>
      </Card>
      <Card
        isFlat
        title={
          <span aria-live="polite">
            {preview.data === undefined || asked === undefined
              ? 'Rows'
              : preview.data.problem === null
                ? `${asked.role} sees ${seen(preview.data)}`
                : `${asked.role} may not read ${asked.schema}.${asked.table}`}
          </span>
        }
      >
        {problem !== undefined ? (
          <div className="p-14">
            <FormError message={problem.message} hint={problem.hint} />
          </div>
        ) : preview.data === undefined ? (
          <EmptyState title="Nothing was tried yet">
            The table is read as this role with these claims, in a transaction that is rolled back.
          </EmptyState>
        ) : preview.data.problem !== null ? (
          <p className="px-14 py-12 font-mono text-data text-danger select-text">{preview.data.problem}</p>
        ) : preview.data.rows.length === 0 ? (
          <EmptyState title="No rows">
            {preview.data.total === 0
              ? 'The table is empty.'
              : 'Grants let this role read the table, but no policy lets it see a row.'}
          </EmptyState>
        ) : (
          <PreviewRows columns={preview.data.columns} rows={preview.data.rows} />
        )}
      </Card>
    </div>
  )
}

function seen({
  visible,
  total,
}: {
  readonly visible: number | null
  readonly total: number | null
}): string {
  if (visible === null) return 'more rows than were counted'
  const rows = visible === 1 && total === null ? 'row' : 'rows'
  return total === null
    ? `${formatCount(visible)} ${rows}`
    : `${formatCount(visible)} of ${formatCount(total)} rows`
}

function PreviewRows(props: {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}): ReactNode {
  return (
    <div
      role="region"
      aria-label="Rows that this user sees"
      tabIndex={0}
      className="max-h-560 overflow-auto focus-visible:outline-offset-[-2px]"
    >
      <table aria-label="Rows" className="border-collapse text-data">
        <thead>
          <tr>
            {props.columns.map((column, index) => (
              <th
                key={index}
                scope="col"
                className="sticky top-0 h-28 border-r border-b border-line-1 bg-s2 px-9 text-left text-small font-medium whitespace-nowrap"
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td
                  key={column}
                  title={cell ?? undefined}
                  className="h-26 max-w-300 truncate border-r border-b border-line-1 px-9 font-mono whitespace-nowrap select-text"
                >
                  {cell === null ? (
                    <span className="text-micro text-data-null italic">NULL</span>
                  ) : cell === '' ? (
                    <span className="text-3">&apos;&apos;</span>
                  ) : (
                    cell
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
