// Data of a run: a file or pasted rows, with what is read of it, or what is wrong and where.
import { useDeferredValue, type ReactNode } from 'react'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import type { DataPreview } from '#contract/requests/run.ts'
import { formatCount } from '../../components/format.ts'
import { FormError } from '../../components/form-error.tsx'
import { Select } from '../../components/select.tsx'
import { TextArea } from '../../components/text-field.tsx'
import { Segmented } from '../../components/toggles.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'
import { PathField } from '../files/index.ts'
import { dataOf, type RunSettings } from './settings.ts'

export interface DataFieldsProps {
  readonly collection: CollectionInfo
  readonly settings: RunSettings
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (fields: Partial<RunSettings>) => void
}

/** The fields and the first rows. */
export function DataFields({ collection, settings, errors, onChange }: DataFieldsProps): ReactNode {
  return (
    <div className="flex flex-col gap-10">
      <Select
        label="Data"
        options={[
          { id: 'none', label: 'None' },
          { id: 'file', label: 'A file of rows' },
          { id: 'text', label: 'Pasted rows' },
        ]}
        value={settings.dataFrom}
        onChange={(dataFrom) => onChange({ dataFrom })}
        help="A row per iteration; its fields are variables."
      />
      {settings.dataFrom === 'file' ? (
        <PathField
          label="Data file"
          choosing="file"
          endings={['csv', 'json']}
          base={collection.folder}
          value={settings.dataPath}
          onChange={(dataPath) => onChange({ dataPath })}
          error={errors['dataPath']}
          help="CSV whose first line names the columns, or JSON: an array of objects."
        />
      ) : null}
      {settings.dataFrom === 'text' ? (
        <>
          <Segmented
            label="Format of the rows"
            options={[
              { id: 'csv', label: 'CSV' },
              { id: 'json', label: 'JSON' },
            ]}
            value={settings.dataFormat}
            onChange={(dataFormat) => onChange({ dataFormat })}
          />
          <TextArea
            label="Rows"
            rows={5}
            isMono
            value={settings.dataText}
            onChange={(dataText) => onChange({ dataText })}
            error={errors['dataText']}
          />
        </>
      ) : null}
      <Preview collection={collection} settings={settings} />
    </div>
  )
}

function Preview(props: Pick<DataFieldsProps, 'collection' | 'settings'>): ReactNode {
  const settings = useDeferredValue(props.settings)
  const data = dataOf(settings)
  const collectionId = props.collection.id
  const reading = useCall(
    ['runs', 'data', collectionId, data?.format, data?.path, data?.text],
    (host, options) =>
      data === null ? Promise.resolve(null) : host.runs.previewData({ collectionId, data }, options),
    { enabled: data !== null, staleTime: 0 },
  )
  if (data === null) return null
  const problem = describeError(reading.error)
  if (problem !== undefined) return <FormError message={problem.message} hint={problem.hint} />
  const found = reading.data
  return found === undefined || found === null ? null : <Rows preview={found} />
}

function Rows({ preview }: { readonly preview: DataPreview }): ReactNode {
  const { columns, rows, total } = preview
  return (
    <section aria-label="First rows of the data" className="rounded-control border border-line-2">
      <p className="flex h-26 items-center px-9 text-small text-2">
        {total === 1 ? '1 row' : `${formatCount(total)} rows`}
        {total > rows.length ? `, the first ${rows.length} below` : ''}
      </p>
      <div
        tabIndex={0}
        role="region"
        aria-label="Rows"
        className="max-h-140 overflow-auto border-t border-line-1"
      >
        <table className="w-full border-collapse text-small whitespace-nowrap select-text">
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column}
                  scope="col"
                  className="h-24 border-b border-line-1 px-9 text-left font-medium text-3"
                >
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {row.map((value, column) => (
                  <td key={column} className="h-22 max-w-200 truncate px-9 font-mono text-data">
                    {value ?? <span className="text-3">missing</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
