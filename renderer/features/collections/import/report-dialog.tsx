// What an import came to: what is there now, and what could not be kept. It stays under the bell, and can be copied.
import type { ReactNode } from 'react'
import { Button } from '../../../components/button.tsx'
import { CopyButton } from '../../../components/copy-button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { ProblemList, problemCounts, problemText } from '../problem-list.tsx'
import type { ImportOutcome } from './run-import.ts'

export interface ImportReport {
  readonly outcomes: readonly ImportOutcome[]
}

/** In a sentence: "Films is imported. 2 not kept, 1 changed." */
export function reportSentence({ outcomes }: ImportReport): string {
  const names = outcomes.filter((one) => one.failure === null).map((one) => one.name)
  const failed = outcomes.filter((one) => one.failure !== null).map((one) => one.name)
  const counts = problemCounts(outcomes.flatMap((one) => one.problems))
  return [
    names.length === 0 ? '' : `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} imported.`,
    failed.length === 0 ? '' : `Not imported: ${failed.join(', ')}.`,
    counts === '' ? '' : `${counts}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

/** The whole report, for the clipboard. */
export function reportText({ outcomes }: ImportReport): string {
  return outcomes
    .map(({ name, failure, problems }) =>
      [
        `${name}: ${failure ?? 'imported'}`,
        problems.length === 0 && failure === null ? 'Everything is kept.' : problemText(problems),
      ]
        .filter(Boolean)
        .join('\n'),
    )
    .join('\n\n')
}

/** Rendered only while it is open. */
export function ReportDialog(props: {
  readonly report: ImportReport
  readonly onClose: () => void
}): ReactNode {
  const { report, onClose } = props
  const isWhole = report.outcomes.every((one) => one.failure === null)
  return (
    <Dialog
      title={isWhole ? 'Imported' : 'Imported in part'}
      width="large"
      isOpen
      onClose={onClose}
      hint="The report stays under the bell until the app is closed."
      actions={
        <>
          <CopyButton label="Copy report" text={reportText(report)} />
          <Button variant="primary" autoFocus onPress={onClose}>
            Done
          </Button>
        </>
      }
    >
      <ul aria-label="What was imported" className="flex flex-col gap-14">
        {report.outcomes.map((one, at) => (
          <li key={at} className="flex flex-col gap-8">
            <h3 className="text-heading">{one.name}</h3>
            <p className={one.failure === null ? 'text-body text-2' : 'text-body text-danger'}>
              {one.failure ??
                (one.problems.length === 0
                  ? 'Everything in it is kept.'
                  : `It is there. Of it: ${problemCounts(one.problems)}.`)}
            </p>
            <ProblemList label={`What changed of ${one.name}`} problems={one.problems} />
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
