// The body of a request: JSON, text and XML in the editor; forms and multipart as rows; a file by its path.
import { WandSparkles } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Body, MultipartField, Pair } from '#contract/requests/parts.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { Button } from '../../../components/button.tsx'
import { Select } from '../../../components/select.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { PathField } from '../../files/index.ts'
import { useCollections } from '../use-collections.ts'
import type { RequestTab } from '../tabs/open-tab.ts'
import { CodeField } from './code-field.tsx'
import { tidyJson } from './tidy-json.ts'
import { MultipartTable } from './multipart-table.tsx'
import { PairTable } from './pair-table.tsx'
import { useJsonSuggestions } from './json-suggestions.ts'

type BodyType = Body['type']

const TYPES: readonly { readonly id: BodyType; readonly label: string }[] = [
  { id: 'none', label: 'No body' },
  { id: 'json', label: 'JSON' },
  { id: 'text', label: 'Text' },
  { id: 'xml', label: 'XML' },
  { id: 'form', label: 'Form' },
  { id: 'multipart', label: 'Multipart form' },
  { id: 'file', label: 'File' },
]

export interface BodyEditorProps {
  readonly tab: RequestTab
  readonly request: HttpRequest
  readonly onChange: (request: HttpRequest) => void
}

/** The editor. */
export function BodyEditor({ tab, request, onChange }: BodyEditorProps): ReactNode {
  const { body } = request
  const set = (next: Body): void => onChange({ ...request, body: next })
  const suggest = useJsonSuggestions(tab, request)
  const { collections } = useCollections()
  const base = collections.find((one) => one.id === tab.collectionId)?.folder ?? null
  const tidied = body.type === 'json' ? tidyJson(body.text) : null
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-38 flex-none items-center gap-8 border-b border-line-1 px-12">
        <div className="w-150">
          <Select
            label="Kind of body"
            isLabelHidden
            options={TYPES}
            value={body.type}
            onChange={(type) => set(convertBody(body, type))}
          />
        </div>
        {tidied === null || body.type !== 'json' || tidied === body.text ? null : (
          <Button variant="ghost" icon={WandSparkles} onPress={() => set({ type: 'json', text: tidied })}>
            Format
          </Button>
        )}
      </div>
      <BodyFields body={body} base={base} onChange={set} suggest={suggest} />
    </div>
  )
}

interface BodyFieldsProps {
  readonly body: Body
  /** The collection's folder: paths may begin there. */
  readonly base: string | null
  readonly onChange: (body: Body) => void
  readonly suggest: ReturnType<typeof useJsonSuggestions>
}

function BodyFields({ body, base, onChange, suggest }: BodyFieldsProps): ReactNode {
  switch (body.type) {
    case 'none':
      return <p className="px-12 py-12 text-small text-3">This request has no body.</p>
    case 'json':
    case 'text':
    case 'xml':
      return (
        <CodeField
          key={body.type}
          label={`Body as ${body.type === 'json' ? 'JSON' : body.type === 'xml' ? 'XML' : 'text'}`}
          language={body.type}
          value={body.text}
          onChange={(text) => onChange({ type: body.type, text })}
          {...(body.type === 'json' ? { suggest } : {})}
        />
      )
    case 'form':
      return (
        <PairTable
          label="Form"
          noun="field"
          pairs={body.fields}
          make={(pair) => pair}
          onChange={(fields) => onChange({ type: 'form', fields: [...fields] })}
        />
      )
    case 'multipart':
      return (
        <MultipartTable
          fields={body.fields}
          base={base}
          onChange={(fields) => onChange({ type: 'multipart', fields: [...fields] })}
        />
      )
    case 'file':
      return (
        <div className="flex max-w-560 flex-col gap-12 px-12 py-12">
          <PathField
            label="File"
            choosing="file"
            base={base}
            value={body.path}
            onChange={(path) => onChange({ ...body, path })}
            help="A path that starts at the collection’s folder, or an absolute one."
          />
          <TextField
            label="Content type"
            isMono
            value={body.contentType ?? ''}
            placeholder="By the file’s ending"
            onChange={(text) => onChange({ ...body, contentType: text === '' ? null : text })}
          />
        </div>
      )
  }
}

/** A body of another kind, with as much of the old one in it as it can hold. */
export function convertBody(body: Body, type: BodyType): Body {
  if (body.type === type) return body
  const pairs = pairsOf(body)
  switch (type) {
    case 'none':
      return { type }
    case 'json':
    case 'text':
    case 'xml':
      return {
        type,
        text: 'text' in body ? body.text : type === 'json' && pairs.length > 0 ? jsonOf(pairs) : '',
      }
    case 'form':
      return { type, fields: [...pairs] }
    case 'multipart':
      return {
        type,
        fields: pairs.map((pair): MultipartField => ({ ...pair, type: 'text', contentType: null })),
      }
    case 'file':
      return { type, path: '', contentType: null }
  }
}

function pairsOf(body: Body): readonly Pair[] {
  if (body.type === 'form') return body.fields
  if (body.type !== 'multipart') return []
  return body.fields.flatMap((field) =>
    field.type === 'text'
      ? [{ name: field.name, value: field.value, isEnabled: field.isEnabled, description: field.description }]
      : [],
  )
}

function jsonOf(pairs: readonly Pair[]): string {
  return JSON.stringify(Object.fromEntries(pairs.map((pair) => [pair.name, pair.value])), null, 2)
}
