// The file changed while it was edited here: both versions side by side, line by line, and the choice between them. Nothing is overwritten before.
import { useState, type ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { FormError } from '../../components/form-error.tsx'
import { describeError } from '../../host/error-text.ts'
import { useStore } from '../../host/store.ts'
import { useRequestWorkbench } from './request-workbench.tsx'
import { DiffLine } from './response/diff-dialog.tsx'
import { diffLines } from './diff-lines.ts'
import { folderOf } from './tree/tree-nodes.ts'

/** Rendered only while it is open. */
export function ConflictDialog(props: { readonly tabId: string; readonly onClose: () => void }): ReactNode {
  const { tabs } = useRequestWorkbench()
  const tab = useStore(tabs.tabs).find((one) => one.id === props.tabId)
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setIsBusy] = useState(false)
  // Settled, the conflict is gone from the tab while the file is still being written: the dialog stays until that is done.
  const [seen] = useState(tab?.kind === 'request' ? tab.outside : null)
  if (tab?.kind !== 'request' || tab.request === null) return null
  const { request, collectionId, path } = tab
  const outside = tab.outside ?? seen
  if (outside === null) return null
  const attempt = (act: () => Promise<unknown>): void => {
    setIsBusy(true)
    setError(null)
    act().then(
      () => props.onClose(),
      (reason: unknown) => {
        setError(reason)
        setIsBusy(false)
      },
    )
  }
  const keepMine = (): void =>
    attempt(async () => {
      // Over the version that is shown here, and no later one: the host refuses otherwise.
      tabs.settle(props.tabId, 'mine')
      if (!(await tabs.save(props.tabId)))
        throw new Error('The file changed again. Look at what is there now.')
    })
  const keepBoth = (): void =>
    attempt(async () => {
      if (collectionId === null || path === null) return
      await tabs.saveAs(props.tabId, {
        collectionId,
        folder: folderOf(path),
        name: `${request.name} (mine)`,
      })
    })
  const text = describeError(error)
  return (
    <Dialog
      title={`${request.name} changed on disk`}
      width="large"
      isOpen
      isHeld={isBusy}
      onClose={props.onClose}
      hint="− on disk, + yours"
      actions={
        <>
          <Button onPress={props.onClose}>Decide later</Button>
          <Button
            isDisabled={isBusy}
            onPress={() => {
              tabs.settle(props.tabId, 'theirs')
              props.onClose()
            }}
          >
            Take the file’s
          </Button>
          <Button isDisabled={isBusy} onPress={keepBoth}>
            Keep both
          </Button>
          <Button variant="primary" isBusy={isBusy} onPress={keepMine}>
            Save mine over it
          </Button>
        </>
      }
    >
      <DifferingLines theirs={outside.request} mine={request} />
      <FormError message={text?.message} hint={text?.hint} />
    </Dialog>
  )
}

/** What is on disk and what is here, line by line. */
export function DifferingLines(props: { readonly theirs: object; readonly mine: object }): ReactNode {
  return (
    <div
      role="region"
      aria-label="Lines that differ"
      tabIndex={0}
      className="max-h-[52vh] overflow-auto rounded-control border border-line-1 bg-s1 py-6 font-mono text-data select-text"
    >
      {diffLines(linesOf(props.theirs), linesOf(props.mine)).map((line, at) => (
        <DiffLine key={at} type={line.type} text={line.text} />
      ))}
    </div>
  )
}

/** A request in lines that can be compared: texts of many lines line by line. */
export function linesOf(request: object): readonly string[] {
  const lines: string[] = []
  const add = (value: unknown, name: string, depth: number): void => {
    const indent = '  '.repeat(depth)
    if (typeof value === 'string' && value.includes('\n')) {
      lines.push(`${indent}${name}: |`)
      for (const line of value.split('\n')) lines.push(`${indent}  ${line}`)
    } else if (typeof value !== 'object' || value === null) lines.push(`${indent}${name}: ${String(value)}`)
    else if (Object.keys(value).length > 0) {
      lines.push(`${indent}${name}:`)
      for (const [key, inner] of Object.entries(value)) if (!isNothing(inner)) add(inner, key, depth + 1)
    }
  }
  for (const [key, value] of Object.entries(request)) if (!isNothing(value)) add(value, key, 0)
  return lines
}

/** What a file leaves out. */
function isNothing(value: unknown): boolean {
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.values(value).every(isNothing)
}
