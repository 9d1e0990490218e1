// The secret of a key that was just made. It lives in this dialog and is gone with it.
import type { ReactNode } from 'react'
import type { CreatedApiKey } from '#contract/capabilities/api-keys.ts'
import { SecretDialog } from '../../components/secret-dialog.tsx'

/** Open while it is rendered. */
export function CreatedKeyDialog(props: {
  readonly created: CreatedApiKey
  readonly title: string
  readonly children?: ReactNode
  readonly onClose: () => void
}): ReactNode {
  const { key, secret } = props.created
  return (
    <SecretDialog
      title={props.title}
      noun="API key"
      secret={secret}
      isShownOnce
      warning={
        <>
          <span className="font-semibold">This key is shown once.</span> Store it now: NebulaDB keeps only a
          hash of it.{' '}
          {key.kind === 'secret'
            ? 'It passes every policy, so it belongs on servers that you control and never in a page or an app.'
            : 'What it sees is decided by grants and policies.'}
        </>
      }
      onClose={props.onClose}
    >
      {props.children}
    </SecretDialog>
  )
}
