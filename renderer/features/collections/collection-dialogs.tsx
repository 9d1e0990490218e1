// Answers what the tester asks about collections: a new one, a folder opened, import, export, settings.
import { useState, type ReactNode } from 'react'
import { useTesterAsk, type TesterAsk } from '../requests/index.ts'
import { ExportDialog } from './export-dialog.tsx'
import { ImportFlow } from './import/import-flow.tsx'
import { ReportDialog, type ImportReport } from './import/report-dialog.tsx'
import { NewCollectionDialog } from './new-collection-dialog.tsx'
import { OpenFolderDialog } from './open-folder-dialog.tsx'
import { SettingsDialog } from './settings/settings-dialog.tsx'

/** Mounted once in the tester's area. */
export function CollectionDialogs(): ReactNode {
  const [ask, setAsk] = useTesterAsk()
  const [report, setReport] = useState<ImportReport | null>(null)
  /** A folder that turned out to be another tool's. */
  const [path, setPath] = useState('')
  const close = (): void => {
    setAsk(null)
    setPath('')
  }
  return (
    <>
      {report === null ? null : <ReportDialog report={report} onClose={() => setReport(null)} />}
      {ask === null ? null : (
        <Asked
          ask={ask}
          path={path}
          onImport={(folder) => {
            setPath(folder)
            setAsk({ kind: 'import', collectionId: null, path: '' })
          }}
          onReport={setReport}
          onClose={close}
        />
      )}
    </>
  )
}

interface AskedProps {
  readonly ask: TesterAsk
  readonly path: string
  readonly onImport: (path: string) => void
  readonly onReport: (report: ImportReport) => void
  readonly onClose: () => void
}

function Asked({ ask, path, onImport, onReport, onClose }: AskedProps): ReactNode {
  switch (ask.kind) {
    case 'newCollection':
      return <NewCollectionDialog onClose={onClose} />
    case 'openFolder':
      return <OpenFolderDialog onImport={onImport} onClose={onClose} />
    case 'import':
      return (
        <ImportFlow
          collectionId={ask.collectionId}
          folder={ask.path}
          path={path}
          onReport={onReport}
          onClose={onClose}
        />
      )
    case 'export':
      return ask.collectionId === null ? null : (
        <ExportDialog collectionId={ask.collectionId} path={ask.path} onClose={onClose} />
      )
    case 'settings':
      return ask.collectionId === null ? null : (
        <SettingsDialog
          key={`${ask.collectionId}:${ask.path}`}
          collectionId={ask.collectionId}
          path={ask.path}
          onClose={onClose}
        />
      )
    default:
      return null
  }
}
