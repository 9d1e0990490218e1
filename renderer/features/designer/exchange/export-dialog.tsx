// Exports the design: what it looks like in each format, to copy or to save.
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react'
import type { SvgTheme } from '#postgres/common/exchange/svg/themes.ts'
import { Button } from '../../../components/button.tsx'
import { CopyButton } from '../../../components/copy-button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { Segmented } from '../../../components/toggles.tsx'
import { useStore } from '../../../host/store.ts'
import { useShell } from '../../../shell/shell.tsx'
import type { DesignSession } from '../session.ts'
import { exportText, fileName, FORMATS, type FormatId } from './formats.ts'
import { saveFile } from '../../../components/save-file.ts'
import { pngOf } from './picture.ts'

const PREVIEW_CHARACTERS = 20_000
/** Characters of a drawing that is shown at once: some 500 tables. */
const PREVIEW_PICTURE = 2_000_000
const THEMES = [
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
] as const

/** Rendered only while it is open. */
export function ExportDialog({
  session,
  onClose,
}: {
  readonly session: DesignSession
  readonly onClose: () => void
}): ReactNode {
  const { notifications } = useShell()
  const { model } = useStore(session.draft.state)
  const diagram = useStore(session.diagram)
  const { name } = useStore(session.design)
  const [format, setFormat] = useState<FormatId>('sql')
  const [theme, setTheme] = useState<SvgTheme>('light')
  const [isSaving, setIsSaving] = useState(false)
  const shown = useDeferredValue(format)
  const text = useMemo(() => exportText(shown, model, { diagram, theme }), [shown, model, diagram, theme])
  const chosen = FORMATS.find(({ id }) => id === format) ?? FORMATS[0]
  const isPicture = format === 'svg' || format === 'png'
  const save = async (): Promise<void> => {
    setIsSaving(true)
    try {
      const now = shown === format ? text : exportText(format, model, { diagram, theme })
      const content = format === 'png' ? await pngOf(now) : new Blob([now], { type: chosen.mediaType })
      saveFile(fileName(name, chosen.extension), content)
      onClose()
    } catch {
      notifications.notify({
        tone: 'danger',
        text: 'The diagram is too large for a picture. Export it as SVG.',
      })
    } finally {
      setIsSaving(false)
    }
  }
  return (
    <Dialog
      title="Export"
      width="large"
      isOpen
      onClose={onClose}
      hint={chosen.detail}
      actions={
        <>
          {format === 'png' ? null : <CopyButton text={text} label="Copy" />}
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isBusy={isSaving} onPress={() => void save()}>
            Save file
          </Button>
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-12">
        <Segmented label="Format" options={FORMATS} value={format} onChange={setFormat} />
        {isPicture ? <Segmented label="Theme" options={THEMES} value={theme} onChange={setTheme} /> : null}
      </div>
      {isPicture && text.length > PREVIEW_PICTURE ? (
        <p className="mt-12 text-small text-2">
          The picture is too large to be shown here. It can be saved all the same.
        </p>
      ) : isPicture ? (
        <img
          alt={`Diagram of ${name}`}
          className="mt-12 max-h-[46vh] w-full rounded-control border border-line-1 object-contain"
          src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`}
        />
      ) : (
        <pre
          tabIndex={0}
          role="region"
          aria-label={`${chosen.label} preview`}
          className="mt-12 max-h-[46vh] overflow-auto rounded-control border border-line-1 bg-s1 p-12 font-mono text-small whitespace-pre text-1"
        >
          {text.slice(0, PREVIEW_CHARACTERS)}
          {text.length > PREVIEW_CHARACTERS ? '\n…' : ''}
        </pre>
      )}
    </Dialog>
  )
}
