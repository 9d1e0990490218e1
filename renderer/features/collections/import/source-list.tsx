// What was read of each source: its format, what is in it, and what of it cannot be kept.
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge } from '../../../components/badge.tsx'
import { IconButton } from '../../../components/button.tsx'
import { formatCount } from '../../../components/format.ts'
import { Spinner } from '../../../components/spinner.tsx'
import { describeError } from '../../../host/error-text.ts'
import { ProblemList, problemCounts } from '../problem-list.tsx'
import type { GivenSource, Preview } from './sources.ts'

export interface ShownSource {
  readonly given: GivenSource
  readonly preview: Preview | undefined
  readonly error: unknown
}

const FORMATS: Readonly<Record<Preview['format'], string>> = {
  'postman-1.0': 'Postman 1.0',
  'postman-2.0': 'Postman 2.0',
  'postman-2.1': 'Postman 2.1',
  'postman-environment': 'Postman environment',
  'openapi-3.0': 'OpenAPI 3.0',
  'openapi-3.1': 'OpenAPI 3.1',
  'swagger-2.0': 'Swagger 2.0',
  curl: 'cURL',
  har: 'HAR',
  'insomnia-4': 'Insomnia 4',
  'insomnia-5': 'Insomnia 5',
  bruno: 'Bruno',
  opencollection: 'OpenCollection',
}

export interface SourceListProps {
  readonly sources: readonly ShownSource[]
  readonly onRemove: (key: string) => void
}

/** The list, announced as it changes. */
export function SourceList({ sources, onRemove }: SourceListProps): ReactNode {
  return (
    <ul aria-label="What is imported" aria-live="polite" className="flex flex-col gap-10">
      {sources.map((one) => (
        <Source key={one.given.key} {...one} onRemove={() => onRemove(one.given.key)} />
      ))}
    </ul>
  )
}

function Source(props: ShownSource & { readonly onRemove: () => void }): ReactNode {
  const { given, preview, error } = props
  const problem = describeError(error)
  return (
    <li className="flex flex-col gap-8 rounded-card border border-line-2 px-12 py-8">
      <div className="flex items-center gap-8">
        <span className="min-w-0 truncate text-body font-medium">{preview?.name || given.name}</span>
        {preview === undefined ? null : <Badge tone="info">{FORMATS[preview.format]}</Badge>}
        <span className="min-w-0 flex-1 truncate text-small text-2">
          {preview === undefined ? null : contents(preview)}
        </span>
        {preview === undefined && problem === undefined ? <Spinner /> : null}
        <IconButton icon={X} size="small" label={`Leave out ${given.name}`} onPress={props.onRemove} />
      </div>
      {problem === undefined ? null : (
        <p role="alert" className="text-small text-danger">
          {problem.message} {problem.hint}
        </p>
      )}
      {preview === undefined || preview.problems.length === 0 ? null : (
        <>
          <p className="text-small text-2">{`Of it: ${problemCounts(preview.problems)}.`}</p>
          <ProblemList label={`What changes of ${preview.name || given.name}`} problems={preview.problems} />
        </>
      )}
    </li>
  )
}

/** "12 requests in 3 folders, 2 environments, 4 examples, 1 with scripts". */
export function contents(preview: Preview): string {
  const { requests, folders, environments, examples, scripts } = preview
  const some = (count: number, one: string, many = `${one}s`): string[] =>
    count === 0 ? [] : [`${formatCount(count)} ${count === 1 ? one : many}`]
  const parts = [
    ...some(requests, 'request').map((text) =>
      folders === 0 ? text : `${text} in ${some(folders, 'folder').join('')}`,
    ),
    ...some(environments, 'environment'),
    ...some(examples, 'example'),
    ...some(scripts, 'with scripts', 'with scripts'),
  ]
  return parts.length === 0 ? 'Nothing in it can be imported.' : parts.join(', ')
}
