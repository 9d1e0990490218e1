// One side of a comparison: a database, what a folder of migrations makes, or a text.
import { FileUp } from 'lucide-react'
import { useRef, type ReactNode } from 'react'
import type { Connection } from '#contract/capabilities/connections.ts'
import type { SchemaSource } from '#contract/capabilities/schema.ts'
import { Button } from '../../components/button.tsx'
import { Select } from '../../components/select.tsx'
import { TextArea } from '../../components/text-field.tsx'
import { Segmented } from '../../components/toggles.tsx'

type Kind = SchemaSource['kind']
type Format = Extract<SchemaSource, { kind: 'text' }>['format']

/** What is chosen, and what was chosen before in the other kinds. */
export interface SourceChoice {
  readonly kind: Kind
  readonly connectionId: string
  readonly format: Format
  readonly text: string
}

export interface SourcePickerProps {
  readonly title: string
  readonly choice: SourceChoice
  readonly connections: readonly Connection[]
  readonly onChange: (choice: SourceChoice) => void
}

const FORMATS: readonly { readonly id: Format; readonly label: string; readonly ending: string }[] = [
  { id: 'sql', label: 'SQL', ending: '.sql' },
  { id: 'dbml', label: 'DBML', ending: '.dbml' },
  { id: 'diagram', label: 'Diagram', ending: '.diagram' },
]
const MAX_BYTES = 20_000_000

/** The source that a choice stands for; undefined while it is not complete. */
export function sourceOf(
  { kind, connectionId, format, text }: SourceChoice,
  connections: readonly Connection[],
): SchemaSource | undefined {
  if (kind === 'text') return text.trim() === '' ? undefined : { kind, format, text }
  const connection = connections.find(({ id }) => id === connectionId)
  return connection === undefined ? undefined : { kind, connectionId: connection.id }
}

/** What a choice is called. */
export function sourceWords(
  { kind, connectionId, format }: SourceChoice,
  connections: readonly Connection[],
): string {
  if (kind === 'text') return `the ${FORMATS.find(({ id }) => id === format)?.label ?? format} text`
  const name = connections.find(({ id }) => id === connectionId)?.name ?? ''
  return kind === 'migrations' ? `the migrations of ${name}` : name
}

/** The picker. */
export function SourcePicker({ title, choice, connections, onChange }: SourcePickerProps): ReactNode {
  const file = useRef<HTMLInputElement>(null)
  const open = (chosen: File): void => {
    const ending = FORMATS.find((one) => chosen.name.toLowerCase().endsWith(one.ending))
    void chosen.text().then((text) => onChange({ ...choice, text, format: ending?.id ?? choice.format }))
  }
  return (
    <fieldset className="flex min-w-0 flex-1 flex-col gap-10">
      <legend className="mb-8 text-heading">{title}</legend>
      <div>
        <Segmented<Kind>
          label={`${title}: kind of source`}
          options={[
            { id: 'connection', label: 'Database' },
            { id: 'migrations', label: 'Migrations' },
            { id: 'text', label: 'File or text' },
          ]}
          value={choice.kind}
          onChange={(kind) => onChange({ ...choice, kind })}
        />
      </div>
      {choice.kind === 'text' ? (
        <>
          <div className="flex items-center gap-8">
            <Segmented<Format>
              label={`${title}: format`}
              options={FORMATS}
              value={choice.format}
              onChange={(format) => onChange({ ...choice, format })}
            />
            <Button icon={FileUp} onPress={() => file.current?.click()}>
              Open file…
            </Button>
            <input
              ref={file}
              type="file"
              aria-label={`${title}: file`}
              tabIndex={-1}
              accept=".sql,.dbml,.diagram,.txt,text/plain"
              className="sr-only"
              onChange={(event) => {
                const [chosen] = event.currentTarget.files ?? []
                if (chosen !== undefined && chosen.size <= MAX_BYTES) open(chosen)
                event.currentTarget.value = ''
              }}
            />
          </div>
          <TextArea
            label={`${title}: text`}
            isMono
            rows={6}
            value={choice.text}
            placeholder={choice.format === 'sql' ? 'create table film (…)' : ''}
            onChange={(text) => onChange({ ...choice, text })}
          />
        </>
      ) : (
        <Select
          label={choice.kind === 'connection' ? 'Database' : 'Migrations of'}
          options={connections.map(({ id, name, database }) => ({ id, label: name, detail: database }))}
          value={choice.connectionId}
          onChange={(connectionId) => onChange({ ...choice, connectionId })}
        />
      )}
    </fieldset>
  )
}
