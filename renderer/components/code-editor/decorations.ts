// What is drawn over the text: the bar beside the statement that would run, squiggles, and the strip with the server's message under its line.
import { editor, MarkerSeverity, Range } from './monaco.ts'
import type { EditorProblem, TextRange } from './types.ts'

type StandaloneEditor = editor.IStandaloneCodeEditor
const MARKER_OWNER = 'postgres'

/** Draws the accent bar in the gutter beside `range`. Returns how to take it away. */
export function showActiveRange(
  instance: StandaloneEditor,
  range: TextRange | null,
): (() => void) | undefined {
  const model = instance.getModel()
  if (model === null || range === null) return undefined
  const from = model.getPositionAt(range.start)
  const to = model.getPositionAt(range.end)
  const collection = instance.createDecorationsCollection([
    {
      range: new Range(from.lineNumber, 1, to.lineNumber, 1),
      options: { isWholeLine: true, marginClassName: 'nebula-active-statement' },
    },
  ])
  return () => collection.clear()
}

/** Marks problems and shows the first one's message under its line. An edit takes the strip away; the squiggle stays until the next run. */
export function showProblems(instance: StandaloneEditor, problems: readonly EditorProblem[]): () => void {
  const model = instance.getModel()
  if (model === null) return () => undefined
  editor.setModelMarkers(
    model,
    MARKER_OWNER,
    problems.map((problem) => {
      const from = model.getPositionAt(problem.range.start)
      const to = model.getPositionAt(problem.range.end)
      return {
        severity: MarkerSeverity.Error,
        message: problem.hint === undefined ? problem.message : `${problem.message}\n${problem.hint}`,
        ...(problem.code === undefined ? {} : { code: problem.code }),
        source: 'Postgres',
        startLineNumber: from.lineNumber,
        startColumn: from.column,
        endLineNumber: to.lineNumber,
        endColumn: to.column,
      }
    }),
  )
  const removeStrips = problems.map((problem) => addStrip(instance, model, problem))
  const listener = model.onDidChangeContent(() => removeStrips.forEach((remove) => remove()))
  return () => {
    listener.dispose()
    removeStrips.forEach((remove) => remove())
    if (!model.isDisposed()) editor.setModelMarkers(model, MARKER_OWNER, [])
  }
}

/** A strip under the line of a problem: what the server said, its code, its hint. */
function addStrip(instance: StandaloneEditor, model: editor.ITextModel, problem: EditorProblem): () => void {
  const position = model.getPositionAt(problem.range.start)
  // Monaco sets the display of a zone's own element.
  const zoneElement = document.createElement('div')
  zoneElement.className = 'nebula-problem-zone'
  const strip = document.createElement('div')
  strip.className = 'nebula-problem'
  zoneElement.append(strip)
  const message = document.createElement('span')
  message.className = 'nebula-problem-message'
  message.textContent = problem.message
  strip.append(message)
  if (problem.hint !== undefined) {
    const hint = document.createElement('span')
    hint.className = 'nebula-problem-hint'
    hint.textContent = problem.hint
    strip.append(hint)
  }
  if (problem.code !== undefined) {
    const code = document.createElement('span')
    code.className = 'nebula-problem-code'
    code.textContent = problem.code
    strip.append(code)
  }
  let zone: string | undefined
  instance.changeViewZones((zones) => {
    zone = zones.addZone({
      afterLineNumber: position.lineNumber,
      heightInPx: 26,
      domNode: zoneElement,
    })
  })
  return () => {
    const id = zone
    if (id === undefined) return
    zone = undefined
    instance.changeViewZones((zones) => zones.removeZone(id))
  }
}
