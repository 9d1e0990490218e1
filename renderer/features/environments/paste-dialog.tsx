// Many variables at once: a text is pasted, and before anything is taken it is said what would be.
import { useState, type ReactNode } from 'react'
import { FormDialog } from '../../components/form-dialog.tsx'
import { TextArea } from '../../components/text-field.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { looksSecret, readPasted, type Pasted } from './paste-variables.ts'

export interface PasteDialogProps {
  /** Names that are there already. */
  readonly existing: readonly string[]
  readonly onTake: (pasted: Pasted, keepsSecrets: boolean) => void
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function PasteDialog({ existing, onTake, onClose }: PasteDialogProps): ReactNode {
  const [text, setText] = useState('')
  const [keepsSecrets, setKeepsSecrets] = useState(true)
  const pasted = readPasted(text)
  const { variables, leftOut } = pasted
  const secret = variables.filter((one) => one.isSecret || looksSecret(one.name)).map((one) => one.name)
  const replaced = variables.filter((one) => existing.includes(one.name)).map((one) => one.name)
  return (
    <FormDialog
      title="Paste variables"
      width="medium"
      submitLabel={
        variables.length === 0
          ? 'Take variables'
          : `Take ${variables.length} ${variables.length === 1 ? 'variable' : 'variables'}`
      }
      busyLabel="Taking…"
      isBusy={false}
      isBlocked={variables.length === 0}
      onClose={onClose}
      onSubmit={() => onTake(pasted, keepsSecrets)}
    >
      <TextArea
        label="Lines of a .env file, or JSON"
        value={text}
        onChange={setText}
        rows={8}
        isMono
        autoFocus
        placeholder={'API_URL=https://api.example.com\nAPI_KEY="…"'}
      />
      <div role="status" className="flex flex-col gap-6 text-small text-2">
        {text.trim() === '' ? null : (
          <p>
            {variables.length === 0
              ? 'No variable is in it.'
              : `${variables.length} found: ${names(variables.map((one) => one.name))}.`}
            {replaced.length === 0 ? '' : ` Replaces ${names(replaced)}.`}
          </p>
        )}
        {leftOut.length === 0 ? null : (
          <ul aria-label="Left out" className="text-warning">
            {leftOut.slice(0, MOST_SHOWN).map((one, at) => (
              <li key={at}>
                Left out{one.line === 0 ? '' : `, line ${one.line}`}: {one.reason}
                {one.text === '' ? '.' : <span className="ml-6 font-mono text-data">{one.text}</span>}
              </li>
            ))}
            {leftOut.length > MOST_SHOWN ? <li>and {leftOut.length - MOST_SHOWN} more.</li> : null}
          </ul>
        )}
      </div>
      {secret.length === 0 ? null : (
        <Checkbox
          label={`Keep ${names(secret)} as ${secret.length === 1 ? 'a secret' : 'secrets'}: by this machine, in no file`}
          isSelected={keepsSecrets}
          onChange={setKeepsSecrets}
        />
      )}
    </FormDialog>
  )
}

const MOST_SHOWN = 5

function names(list: readonly string[]): string {
  const shown = list.slice(0, MOST_SHOWN).join(', ')
  return list.length > MOST_SHOWN ? `${shown} and ${list.length - MOST_SHOWN} more` : shown
}
