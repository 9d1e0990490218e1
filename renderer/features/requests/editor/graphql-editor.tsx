// A GraphQL request: the query with completion from the schema, its variables, which operation is sent.
import { RefreshCw } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import type { GraphqlRequest } from '#contract/requests/request.ts'
import { Button } from '../../../components/button.tsx'
import { Select } from '../../../components/select.tsx'
import { SplitPanes } from '../../../components/split-panes.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useAction } from '../../../host/host-provider.tsx'
import { useLayoutNumber } from '../../../shell/use-layout.ts'
import { useCollections } from '../use-collections.ts'
import type { RequestTab } from '../tabs/open-tab.ts'
import { CodeField } from './code-field.tsx'
import { operationNames, readSchema, suggestGraphql } from './graphql-schema.ts'

const SPLIT = 0.64

export interface GraphqlEditorProps {
  readonly tab: RequestTab
  readonly request: GraphqlRequest
  readonly onChange: (request: GraphqlRequest) => void
}

/** The editor. */
export function GraphqlEditor({ tab, request, onChange }: GraphqlEditorProps): ReactNode {
  const [ratio, setRatio] = useLayoutNumber('requests.graphqlSplit', SPLIT)
  const { collections } = useCollections()
  const environment = collections.find((one) => one.id === tab.collectionId)?.activeEnvironment ?? null
  const introspect = useAction((host, input: GraphqlRequest) =>
    host.requests.introspect({ request: input, collectionId: tab.collectionId, path: tab.path, environment }),
  )
  const schema = useMemo(
    () => (introspect.data === undefined ? null : readSchema(introspect.data.schema)),
    [introspect.data],
  )
  const operations = operationNames(request.query)
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-38 flex-none items-center gap-8 border-b border-line-1 px-12 text-small">
        <Button icon={RefreshCw} isBusy={introspect.isPending} onPress={() => introspect.mutate(request)}>
          {schema === null ? 'Read the schema' : 'Read again'}
        </Button>
        <span className="min-w-0 truncate text-3">
          {introspect.isError
            ? describeError(introspect.error)?.message
            : schema === null
              ? 'Names are completed once the schema is read.'
              : `${Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__')).length} types`}
        </span>
        {operations.length < 2 ? null : (
          <div className="ml-auto w-180">
            <Select
              label="Operation"
              isLabelHidden
              options={operations.map((id) => ({ id, label: id }))}
              value={request.operationName}
              onChange={(operationName) => onChange({ ...request, operationName })}
            />
          </div>
        )}
      </div>
      <SplitPanes
        label="Width of the query"
        direction="horizontal"
        ratio={ratio}
        standardRatio={SPLIT}
        onRatioChange={setRatio}
        first={
          <CodeField
            label="GraphQL query"
            language="graphql"
            value={request.query}
            suggest={(text, offset) => suggestGraphql(schema, text, offset)}
            onChange={(query) => onChange({ ...request, query })}
          />
        }
        second={
          <CodeField
            label="Variables as JSON"
            language="json"
            value={request.graphqlVariables}
            onChange={(graphqlVariables) => onChange({ ...request, graphqlVariables })}
          />
        }
      />
    </div>
  )
}
