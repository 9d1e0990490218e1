// The steps into a JSON column, as text: `->address->>city`.
import { useState, type ReactNode } from 'react'
import { readParameterName } from '#api-client/common/postgrest/read-text.ts'
import type { FieldRef } from '#api-client/common/postgrest/form.ts'
import { fieldText } from '#api-client/common/postgrest/quote.ts'
import { familyOf } from '#api-client/common/postgrest/types.ts'
import type { ApiColumn } from '#contract/requests/api-description.ts'
import { TextField } from '../../components/text-field.tsx'

export interface JsonPathFieldProps {
  readonly column: ApiColumn | undefined
  readonly field: FieldRef
  readonly onChange: (field: FieldRef) => void
}

/** Nothing for a column without parts. */
export function JsonPathField({ column, field, onChange }: JsonPathFieldProps): ReactNode {
  const [typed, setTyped] = useState<string | null>(null)
  const hasParts = column === undefined || ['json', 'array', 'other'].includes(familyOf(column))
  if (!hasParts || column === undefined) return null
  const shown = typed ?? fieldText({ name: 'x', path: field.path }).slice(1)
  const isReadable = shown === '' || readParameterName(`x${shown}`) !== null
  return (
    <div className="w-140">
      <TextField
        label="Path into the value"
        isLabelHidden
        isMono
        placeholder="->key->>part"
        value={shown}
        error={isReadable ? undefined : 'Write it as ->key->>part.'}
        onBlur={() => {
          if (isReadable) setTyped(null)
        }}
        onChange={(text) => {
          setTyped(text)
          const read = text === '' ? { path: [] } : readParameterName(`x${text}`)?.field
          if (read !== undefined) onChange({ ...field, path: read.path })
        }}
      />
    </div>
  )
}
