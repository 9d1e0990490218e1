// The SQL of one migration, both ways.
import { useState, type ReactNode } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { CodeBlock } from '../../components/code-block.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { Segmented } from '../../components/toggles.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'
import type { Direction } from './review-text.ts'
import { STATE_TONES, STATE_WORDS } from './use-migrations.ts'

/** Rendered only while it is open. */
export function MigrationTextDialog(props: {
  readonly connectionId: ConnectionId
  readonly migration: Migration
  readonly onClose: () => void
}): ReactNode {
  const { connectionId, migration, onClose } = props
  const { version } = migration
  const [direction, setDirection] = useState<Direction>('up')
  const reading = useCall(['migrations', 'read', connectionId, version], (host, options) =>
    host.migrations.read({ connectionId, version }, options),
  )
  const problem = describeError(reading.error)
  const text = reading.data?.[direction] ?? ''
  return (
    <Dialog
      title={migration.name}
      width="large"
      isOpen
      onClose={onClose}
      hint={<span className="font-mono text-data select-text">{reading.data?.fileName ?? version}</span>}
      actions={
        <>
          <CopyButton text={text} label="Copy SQL" />
          <Button onPress={onClose}>Close</Button>
        </>
      }
    >
      <div className="flex flex-col gap-12">
        <div className="flex items-center gap-10">
          <Segmented<Direction>
            label="Direction"
            options={[
              { id: 'up', label: 'Up' },
              { id: 'down', label: 'Down' },
            ]}
            value={direction}
            onChange={setDirection}
          />
          <Badge tone={STATE_TONES[migration.state]}>{STATE_WORDS[migration.state]}</Badge>
        </div>
        {problem !== undefined ? (
          <p role="alert" className="text-body text-danger">
            {problem.message} {problem.hint ?? ''}
          </p>
        ) : reading.data === undefined ? (
          <SkeletonRows count={4} label="Reading the migration" />
        ) : text.trim() === '' ? (
          <p className="text-body text-2">
            {direction === 'up'
              ? 'There is no SQL in it.'
              : 'It has no way down: rolling it back is not possible.'}
          </p>
        ) : (
          <CodeBlock
            label={direction === 'up' ? 'SQL that applies it' : 'SQL that undoes it'}
            language="sql"
            text={text}
            className="max-h-[48vh] rounded-card border border-line-2 bg-s2"
          />
        )}
      </div>
    </Dialog>
  )
}
