// Where a new collection goes: into a folder, for git, or among this machine's own data.
import type { ReactNode } from 'react'
import { Segmented } from '../../components/toggles.tsx'
import { LABEL } from '../../components/field.tsx'
import { PathField } from '../files/index.ts'

export interface TargetFieldsProps {
  /** The folder that the collection's own folder is made in; null for this machine's own data. */
  readonly parent: string | null
  readonly onChange: (parent: string | null) => void
  readonly error?: string | undefined
}

/** The choice, and the folder. */
export function TargetFields({ parent, onChange, error }: TargetFieldsProps): ReactNode {
  return (
    <div className="flex flex-col gap-12">
      <div>
        <span className={LABEL}>Kept</span>
        <Segmented
          label="Kept"
          options={[
            { id: 'folder', label: 'In a folder, for git' },
            { id: 'machine', label: 'On this machine only' },
          ]}
          value={parent === null ? 'machine' : 'folder'}
          onChange={(where) => onChange(where === 'machine' ? null : '')}
        />
      </div>
      {parent === null ? (
        <p className="text-small text-2">
          Its files stay with the app’s own data. Export it, or share it with a team, to have it elsewhere.
        </p>
      ) : (
        <PathField
          label="Folder"
          choosing="folder"
          value={parent}
          onChange={onChange}
          help="The collection gets a folder of its own in it, one text file per request."
          error={error}
        />
      )}
    </div>
  )
}

/** What is wrong with a chosen place; undefined for nothing. */
export function parentProblem(parent: string | null): string | undefined {
  return parent?.trim() === '' ? 'Choose a folder.' : undefined
}
