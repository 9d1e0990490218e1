// Copying a connection string: the host puts it on the clipboard, or shows it once in a sandboxed frame that this page cannot read.
import { useEffect, useState, type ReactNode } from 'react'
import type { CopyFormat } from '#contract/capabilities/connections.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'

const COPIED_FOR_MS = 2_000

export interface CopyConnection {
  copy(format: CopyFormat): void
  readonly isBusy: boolean
  /** True for two seconds after it was copied. */
  readonly isCopied: boolean
  /** Render it somewhere: the dialog with the frame. */
  readonly dialog: ReactNode
}

/** Copies the snippet of a connection, password included. */
export function useCopyConnection(connectionId: ConnectionId): CopyConnection {
  const { notifications } = useShell()
  const [path, setPath] = useState<string>()
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setIsCopied(false), COPIED_FOR_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = useAction((host, format: CopyFormat) => host.connections.copy({ connectionId, format }), [], {
    onSuccess: (result) => (result.delivered === 'clipboard' ? setIsCopied(true) : setPath(result.path)),
    onError: (error) =>
      notifications.notify({ tone: 'danger', text: describeError(error)?.message ?? 'Copying failed.' }),
  })
  return {
    copy: (format) => copy.mutate(format),
    isBusy: copy.isPending,
    isCopied,
    dialog: (
      <Dialog
        title="Copy the connection string"
        width="medium"
        isOpen={path !== undefined}
        onClose={() => setPath(undefined)}
        hint="Shown once; this window cannot read it."
        actions={<Button onPress={() => setPath(undefined)}>Close</Button>}
      >
        {path === undefined ? null : (
          <iframe
            title="Connection string with its password"
            src={path}
            sandbox="allow-scripts"
            className="h-160 w-full rounded-control border border-line-2 bg-s1"
          />
        )}
      </Dialog>
    ),
  }
}
