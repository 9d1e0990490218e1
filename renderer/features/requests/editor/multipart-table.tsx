// The fields of a multipart body: text, or files by their paths. A field turns from one into the other and keeps its name.
import { FileUp, Type } from 'lucide-react'
import type { ReactNode } from 'react'
import type { MultipartField, Pair } from '#contract/requests/parts.ts'
import { IconButton } from '../../../components/button.tsx'
import { BrowseButton } from '../../files/index.ts'
import { PairTable } from './pair-table.tsx'
import { VariableField } from './variable-field.tsx'

/** A row of the table: a pair that knows whether its value is paths. */
type Row = Pair & { readonly isFile: boolean; readonly contentType: string | null }

/** Paths of one field stand in one line, by commas. */
const SEPARATOR = ', '

export interface MultipartTableProps {
  readonly fields: readonly MultipartField[]
  /** The collection's folder: paths may begin there. */
  readonly base: string | null
  readonly onChange: (fields: readonly MultipartField[]) => void
}

/** The table. */
export function MultipartTable({ fields, base, onChange }: MultipartTableProps): ReactNode {
  return (
    <PairTable<Row>
      label="Multipart form"
      noun="field"
      pairs={fields.map(toRow)}
      make={(pair) => ({ isFile: false, contentType: null, ...pair })}
      onChange={(rows) => onChange(rows.map(toField))}
      renderValue={(row, change) => (
        <>
          <VariableField
            label={`${row.isFile ? 'Files' : 'Value'} of ${row.name}`}
            value={row.value}
            placeholder={row.isFile ? 'Path of a file, more by commas' : ''}
            isMuted={!row.isEnabled}
            onChange={(value) => change({ ...row, value })}
          />
          {row.isFile ? (
            <BrowseButton
              label={`Browse for a file of ${row.name}`}
              size="small"
              choosing="file"
              base={base}
              value=""
              onChoose={(path) =>
                change({ ...row, value: row.value === '' ? path : `${row.value}${SEPARATOR}${path}` })
              }
            />
          ) : null}
          <div className="flex w-150 flex-none">
            <VariableField
              label={`Content type of ${row.name}`}
              value={row.contentType ?? ''}
              placeholder="Content type"
              onChange={(text) => change({ ...row, contentType: text === '' ? null : text })}
            />
          </div>
          <IconButton
            icon={row.isFile ? Type : FileUp}
            size="small"
            label={row.isFile ? 'Make it a text' : 'Make it a file'}
            onPress={() => change({ ...row, isFile: !row.isFile, value: '' })}
          />
        </>
      )}
    />
  )
}

function toRow(field: MultipartField): Row {
  const { name, isEnabled, description, contentType } = field
  return {
    name,
    isEnabled,
    description,
    contentType,
    isFile: field.type === 'file',
    value: field.type === 'file' ? field.paths.join(SEPARATOR) : field.value,
  }
}

function toField({ isFile, value, ...row }: Row): MultipartField {
  return isFile
    ? { ...row, type: 'file', paths: value.split(/\s*,\s*/).filter((path) => path !== '') }
    : { ...row, type: 'text', value }
}
