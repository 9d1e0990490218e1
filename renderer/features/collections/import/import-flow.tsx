// The import from its question to its report: choosing, writing with progress and cancel, telling.
import { useRef, useState, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { formatCount } from '../../../components/format.ts'
import { ProgressSteps } from '../../../components/progress-steps.tsx'
import { useHost } from '../../../host/host-provider.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { requestOfCurl, useRequestWorkbench } from '../../requests/index.ts'
import { ImportDialog, type ImportDialogProps } from './import-dialog.tsx'
import type { ImportStep } from './plan.ts'
import { reportSentence, type ImportReport } from './report-dialog.tsx'
import { runImport, type ImportProgress } from './run-import.ts'

export interface ImportFlowProps extends Pick<ImportDialogProps, 'collectionId' | 'folder' | 'path'> {
  /** Shows a report, now and when it is asked for again. */
  readonly onReport: (report: ImportReport) => void
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function ImportFlow({ onReport, onClose, ...start }: ImportFlowProps): ReactNode {
  const host = useHost()
  const queries = useQueryClient()
  const { notifications } = useShell()
  const workbench = useRequestWorkbench()
  const [running, setRunning] = useState<{
    readonly steps: readonly ImportStep[]
    readonly progress: ImportProgress
  } | null>(null)
  const [isCancelled, setIsCancelled] = useState(false)
  const stop = useRef<AbortController | null>(null)

  const run = async (steps: readonly ImportStep[]): Promise<void> => {
    const controller = new AbortController()
    stop.current = controller
    setRunning({ steps, progress: { step: 0, written: 0, total: 0 } })
    const outcomes = await runImport({
      host,
      steps,
      signal: controller.signal,
      onProgress: (progress) => setRunning({ steps, progress }),
    })
    void queries.invalidateQueries({ queryKey: ['collections'] })
    // What was imported is open in the tree.
    const ids = outcomes.flatMap(({ collectionId }) => (collectionId === null ? [] : [`${collectionId}:`]))
    workbench.toggled.update((before) => new Set([...before].filter((id) => !ids.includes(id))))
    const report: ImportReport = { outcomes }
    notifications.notify({
      tone: outcomes.every(({ failure }) => failure === null) ? 'success' : 'danger',
      text: reportSentence(report),
      action: { label: 'Show report', run: () => onReport(report) },
    })
    onClose()
    onReport(report)
  }
  const openRequest = async (text: string): Promise<void> => {
    const request = await requestOfCurl(text)
    if (request === null) return
    workbench.openRequest(request, start.collectionId)
    onClose()
  }

  if (running === null)
    return (
      <ImportDialog
        {...start}
        onImport={(steps) => void run(steps)}
        onOpenRequest={openRequest}
        onClose={onClose}
      />
    )
  const { steps, progress } = running
  return (
    <Dialog
      title="Importing"
      width="medium"
      isOpen
      isHeld
      onClose={() => undefined}
      actions={
        <Button
          isBusy={isCancelled}
          onPress={() => {
            setIsCancelled(true)
            stop.current?.abort()
          }}
        >
          Cancel import
        </Button>
      }
    >
      <ProgressSteps
        label="Import"
        steps={steps.map((step, at) => ({
          id: step.given.key,
          title: step.name,
          state: at < progress.step ? 'done' : at === progress.step ? 'running' : 'waiting',
          ...(at === progress.step && progress.total > 0
            ? { detail: `${formatCount(progress.written)} of ${formatCount(progress.total)}` }
            : {}),
        }))}
      />
    </Dialog>
  )
}
