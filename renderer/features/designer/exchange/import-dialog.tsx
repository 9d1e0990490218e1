// Imports a text into the design: a file is chosen, dropped or pasted; what is in it is shown before it is staged.
import { useEffect, useId, useMemo, useRef, useState, type DragEvent, type ReactNode } from 'react'
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { ImportProblem, SchemaSource } from '#contract/capabilities/schema.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { applyPatch } from '#postgres/common/catalog/patch.ts'
import { readDiagram } from '#postgres/common/exchange/diagram/read-diagram.ts'
import { Button } from '../../../components/button.tsx'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { TextArea } from '../../../components/text-field.tsx'
import { Checkbox, Segmented } from '../../../components/toggles.tsx'
import { newId } from '../actions/new-id.ts'
import { isDrawable } from '../canvas/shapes.ts'
import { loadModel, type SchemaHost } from '../../schema/index.ts'
import type { DesignSession } from '../session.ts'
import { withImportedDiagram } from './import-diagram.ts'
import { planImport } from './import-patch.ts'

type Format = Extract<SchemaSource, { kind: 'text' }>['format']
const FORMATS = [
  { id: 'sql', label: 'SQL' },
  { id: 'dbml', label: 'DBML' },
  { id: 'diagram', label: 'Diagram file' },
] as const
const SETTLE_MS = 300
const SHOWN_PROBLEMS = 50

interface Found {
  readonly text: string
  readonly format: Format
  readonly model: SchemaModel
  readonly problems: readonly ImportProblem[]
}

export interface ImportDialogProps {
  readonly session: DesignSession
  readonly host: SchemaHost
  /** Words for a failure of the host. */
  readonly describe: (error: unknown) => string
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function ImportDialog({ session, host, describe, onClose }: ImportDialogProps): ReactNode {
  const [text, setText] = useState('')
  const [format, setFormat] = useState<Format>('sql')
  const [found, setFound] = useState<Found | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [replaces, setReplaces] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const hint = useId()
  useEffect(() => {
    if (text.trim() === '') return undefined
    const stop = new AbortController()
    const timer = setTimeout(() => {
      const { serverVersion } = session.draft.state.get().model
      loadModel(host, { kind: 'text', format, text, serverVersion }, { signal: stop.signal }).then(
        ({ model, problems }) => {
          if (stop.signal.aborted) return
          setFound({ text, format, model, problems })
          setProblem(null)
        },
        (error: unknown) => {
          if (!stop.signal.aborted) setProblem(describe(error))
        },
      )
    }, SETTLE_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [host, text, format, describe, session])
  const current = found?.text === text && found.format === format ? found : null
  const isReading = text.trim() !== '' && current === null && problem === null
  const plan = useMemo(
    () =>
      current === null
        ? null
        : planImport(session.draft.state.get().model, current.model, { replaces, newId }),
    [current, replaces, session],
  )
  const take = (file: File | undefined): void => {
    if (file === undefined) return
    setFormat(formatOf(file.name))
    file.text().then(setText, (error: unknown) => setProblem(describe(error)))
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    take(event.dataTransfer.files[0])
  }
  const file = useMemo(
    () => (current?.format === 'diagram' ? readDiagram(current.text).diagram : null),
    [current],
  )
  const draw = (diagram: Diagram): Diagram =>
    file === null || plan === null
      ? diagram
      : withImportedDiagram(diagram, {
          file,
          model: applyPatch(session.draft.state.get().model, plan.patch),
          newId,
        })
  const hasObjects = plan !== null && plan.patch.put.length > 0
  const isEmpty = !hasObjects && draw(session.diagram.get()) === session.diagram.get()
  const stage = (): void => {
    if (plan === null || isEmpty) return
    session.history.stage(hasObjects ? plan.patch : { ...plan.patch, label: 'Import of the diagram' }, draw)
    const [first] = plan.added.filter(isDrawable)
    if (first !== undefined) session.reveal.get()?.(first.id)
    session.selection.set({ objectIds: plan.added.map(({ id }) => id), partId: null })
    onClose()
  }
  return (
    <FormDialog
      title="Import into the design"
      width="large"
      submitLabel={hasObjects ? plan.patch.label : 'Import'}
      busyLabel="Reading…"
      isBusy={isReading}
      isBlocked={isEmpty}
      problem={problem === null ? undefined : { message: problem }}
      onClose={onClose}
      onSubmit={stage}
    >
      <div className="flex items-center gap-12">
        <Segmented label="Format" options={FORMATS} value={format} onChange={setFormat} />
        <Button onPress={() => input.current?.click()}>Choose file</Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".sql,.ddl,.dbml,.diagram,.txt"
          aria-describedby={hint}
          onChange={(event) => take(event.target.files?.[0])}
        />
        <span id={hint} className="text-small text-2">
          Or drop a file here, or paste its text. Nothing in it is run.
        </span>
      </div>
      <div onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <TextArea label="Text" isMono rows={plan === null ? 14 : 8} value={text} onChange={setText} />
      </div>
      {plan === null || current === null ? null : (
        <div className="flex flex-col gap-8 text-small" aria-live="polite">
          <p>{summary(plan.added.length, plan.present.length)}</p>
          {plan.present.length === 0 ? null : (
            <Checkbox label="Replace what is there already" isSelected={replaces} onChange={setReplaces} />
          )}
          <ProblemList problems={current.problems} />
        </div>
      )}
    </FormDialog>
  )
}

function formatOf(name: string): Format {
  if (/\.dbml$/i.test(name)) return 'dbml'
  return /\.diagram$/i.test(name) ? 'diagram' : 'sql'
}

function summary(added: number, present: number): string {
  const objects = (count: number): string => `${count} ${count === 1 ? 'object' : 'objects'}`
  if (added === 0 && present === 0) return 'Nothing in this text can be imported.'
  const there =
    present === 0
      ? ''
      : ` ${objects(present)} with the names of others ${present === 1 ? 'is' : 'are'} there already.`
  return `${objects(added)} to add.${there}`
}

function ProblemList({ problems }: { readonly problems: readonly ImportProblem[] }): ReactNode {
  if (problems.length === 0) return null
  return (
    <div>
      <p className="text-warning">
        {problems.length === 1 ? 'One part is left out:' : `${problems.length} parts are left out:`}
      </p>
      <ul className="mt-4 max-h-[20vh] overflow-auto font-mono">
        {problems.slice(0, SHOWN_PROBLEMS).map(({ line, column, message }) => (
          <li key={`${line}:${column}:${message}`}>
            {line}:{column} {message}
          </li>
        ))}
      </ul>
    </div>
  )
}
