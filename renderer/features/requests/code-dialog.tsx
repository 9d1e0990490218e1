// The request as code, in any of the languages; the last one chosen comes first.
import { useState, type ReactNode } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { classNames } from '../../components/class-names.ts'
import { Dialog } from '../../components/dialog.tsx'
import { CodeBlock, type CodeLanguage } from '../../components/code-block.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useLayoutText } from '../../shell/use-layout.ts'
import { useRequestWorkbench } from './request-workbench.tsx'
import { useCollections } from './use-collections.ts'

const LANGUAGES: Readonly<Record<string, CodeLanguage>> = {
  shell: 'curl',
  javascript: 'javascript',
  typescript: 'javascript',
  node: 'javascript',
  python: 'python',
  go: 'go',
  sql: 'sql',
  json: 'json',
}

/** Rendered only while it is open. */
export function CodeDialog(props: { readonly tabId: string; readonly onClose: () => void }): ReactNode {
  const { tabs } = useRequestWorkbench()
  const { collections } = useCollections()
  const [target, setTarget] = useLayoutText('requests.codeTarget', 'shell/curl')
  const [filter, setFilter] = useState('')
  const tab = tabs.get(props.tabId)
  const request = tab?.kind === 'request' ? tab.request : null
  const place = tab?.kind === 'request' ? tab : { collectionId: null, path: null }
  const environment = collections.find((one) => one.id === place.collectionId)?.activeEnvironment ?? null
  const targets = useCall(
    ['requests', 'codeTargets'],
    (host, options) => host.requests.codeTargets({}, options),
    {
      staleTime: Infinity,
    },
  )
  const chosen = targets.data?.find((one) => one.id === target) ?? targets.data?.[0]
  const code = useCall(
    ['requests', 'code', chosen?.id, request, environment],
    (host, options) => {
      if (request === null) throw new Error('There is no request.')
      const { collectionId, path } = place
      return host.requests.code(
        { request, target: chosen?.id ?? target, collectionId, path, environment },
        options,
      )
    },
    { enabled: chosen !== undefined && request !== null },
  )
  const problem = describeError(code.error ?? targets.error)
  const shown = (targets.data ?? []).filter((one) => one.title.toLowerCase().includes(filter.toLowerCase()))
  return (
    <Dialog
      title="Copy as code"
      width="large"
      isOpen
      onClose={props.onClose}
      hint="Secrets stay names of variables."
      actions={<CopyButton label="Copy code" variant="primary" text={code.data?.code ?? ''} />}
    >
      <div className="flex h-[52vh] gap-12">
        <div className="flex w-200 flex-none flex-col gap-6">
          <SearchField label="Filter languages" value={filter} onChange={setFilter} />
          <ul aria-label="Languages" className="min-h-0 flex-1 overflow-auto">
            {shown.map((one) => (
              <li key={one.id}>
                <button
                  type="button"
                  aria-current={one.id === chosen?.id}
                  onClick={() => setTarget(one.id)}
                  className={classNames(
                    'flex h-(--row) w-full items-center rounded-control px-8 text-left text-small focus-visible:outline-offset-[-2px]',
                    one.id === chosen?.id ? 'bg-active text-1' : 'text-2 hover:bg-hover',
                  )}
                >
                  <span className="truncate">{one.title}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
        <div className="min-w-0 flex-1 overflow-hidden rounded-control border border-line-1 bg-s1">
          {problem !== undefined ? (
            <p role="alert" className="px-14 py-12 text-small text-danger">
              {problem.message} {problem.hint}
            </p>
          ) : (
            <CodeBlock
              label="Code"
              language={
                LANGUAGES[chosen?.language ?? ''] ?? LANGUAGES[chosen?.id.split('/')[0] ?? ''] ?? 'curl'
              }
              text={code.data?.code ?? ''}
              className="h-full"
            />
          )}
        </div>
      </div>
    </Dialog>
  )
}
