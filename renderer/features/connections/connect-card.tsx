// How to connect from elsewhere: the snippet in seven formats with its password masked, and Copy for the real one.
import { Check, Copy } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { CopyFormat } from '#contract/capabilities/connections.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands } from '../../shell/shell.tsx'
import { useCopyConnection } from './copy-connection.tsx'
import { MaskedSnippet } from './masked-snippet.tsx'

const TITLES: Readonly<Record<CopyFormat, string>> = {
  uri: 'URI',
  psql: 'psql',
  env: '.env',
  node: 'Node',
  python: 'Python',
  go: 'Go',
  jdbc: 'JDBC',
}
const ITEMS = CopyFormat.options.map((id) => ({ id, title: TITLES[id] }))

export interface ConnectCardProps {
  readonly connectionId: ConnectionId
  /** Read again when it changes (the project woke, its password was changed). */
  readonly version: string
  /** Below the copy button: rows about the role and the like. */
  readonly children?: ReactNode
}

/** The connection card. */
export function ConnectCard({ connectionId, version, children }: ConnectCardProps): ReactNode {
  const [format, setFormat] = useState<CopyFormat>('uri')
  const preview = useCall(['connections', 'preview', connectionId, format, version], (host, options) =>
    host.connections.preview({ connectionId, format }, options),
  )
  const copying = useCopyConnection(connectionId)
  useCommands([
    {
      id: 'connection.copy',
      title: 'Copy connection string',
      group: 'Project',
      icon: Copy,
      keys: ['Mod+Shift+C'],
      run: () => copying.copy(format),
    },
  ])
  const caps = useCaps('connection.copy')
  const problem = describeError(preview.error)
  return (
    <Card title="Connect">
      <div className="px-14 pt-6 pb-14">
        <Tabs label="Format" items={ITEMS} value={format} onChange={setFormat}>
          <div className="mt-6 flex min-h-58 items-center rounded-control border border-line-2 bg-s1 px-12 py-8">
            {problem === undefined ? (
              <MaskedSnippet text={preview.data?.text ?? ''} />
            ) : (
              <span role="alert" className="text-small text-danger">
                {problem.message}
              </span>
            )}
          </div>
        </Tabs>
        <div className="mt-10 flex items-center gap-12">
          <Button
            variant="primary"
            icon={copying.isCopied ? Check : Copy}
            caps={caps}
            isBusy={copying.isBusy}
            onPress={() => copying.copy(format)}
          >
            {copying.isCopied ? 'Copied' : format === 'uri' ? 'Copy connection string' : 'Copy snippet'}
          </Button>
          <span aria-live="polite" className="text-small text-3">
            {copying.isCopied ? 'With its password, on the clipboard.' : 'The copy has the password in it.'}
          </span>
        </div>
        {children}
      </div>
      {copying.dialog}
    </Card>
  )
}
