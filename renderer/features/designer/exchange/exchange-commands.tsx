// Import and export of the open design: commands for the palette and the menu, and the dialogs that they open.
import { Download, Upload } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { describeError } from '../../../host/error-text.ts'
import { useHost } from '../../../host/host-provider.tsx'
import { useCommands } from '../../../shell/shell.tsx'
import type { DesignSession } from '../session.ts'
import { ExportDialog } from './export-dialog.tsx'
import { ImportDialog } from './import-dialog.tsx'

const GROUP = 'Designer'

function describe(error: unknown): string {
  return describeError(error)?.message ?? 'The text could not be read. Try again.'
}

/** Registers `designer.import` and `designer.export` while it is rendered. */
export function ExchangeCommands({ session }: { readonly session: DesignSession }): ReactNode {
  const host = useHost()
  const [open, setOpen] = useState<'import' | 'export' | null>(null)
  useCommands([
    {
      id: 'designer.import',
      title: 'Import SQL, DBML or a diagram',
      group: GROUP,
      icon: Download,
      run: () => setOpen('import'),
    },
    {
      id: 'designer.export',
      title: 'Export the design',
      group: GROUP,
      icon: Upload,
      run: () => setOpen('export'),
    },
  ])
  const close = (): void => setOpen(null)
  if (open === 'import')
    return <ImportDialog session={session} host={host} describe={describe} onClose={close} />
  return open === 'export' ? <ExportDialog session={session} onClose={close} /> : null
}
