// Variables of a collection or folder: names, values with a type, and secrets whose values only the keychain has.
import { Lock, LockOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { VariableType, type Variable } from '#contract/requests/parts.ts'
import { IconButton, TextButton } from '../../../components/button.tsx'
import { MenuButton } from '../../../components/menu.tsx'
import { Button } from '../../../components/button.tsx'
import { PairTable, VariableField } from '../../requests/index.ts'

export interface VariablesPartProps {
  readonly variables: readonly Variable[]
  readonly onChange: (variables: Variable[]) => void
  /** Names of secrets that have a value in the keychain. */
  readonly kept: ReadonlySet<string>
  readonly secrets: Readonly<Record<string, string | null>>
  /** Undefined takes back what was typed. */
  readonly onSecret: (name: string, value: string | null | undefined) => void
}

const TYPE_WORDS: Readonly<Record<VariableType, string>> = {
  string: 'Text',
  number: 'Number',
  boolean: 'True or false',
  null: 'Null',
  object: 'JSON',
}

/** The table. */
export function VariablesPart(props: VariablesPartProps): ReactNode {
  const { variables, onChange } = props
  return (
    <PairTable<Variable>
      label="Variables"
      noun="variable"
      pairs={variables}
      make={(pair) => ({ type: 'string', isSecret: false, ...pair })}
      onChange={(next) => onChange([...next])}
      renderValue={(variable, change) => (
        <>
          {variable.isSecret ? (
            <Secret {...props} name={variable.name} />
          ) : (
            <VariableField
              label={`Value of ${variable.name}`}
              value={variable.value}
              isMuted={!variable.isEnabled}
              onChange={(value) => change({ ...variable, value })}
            />
          )}
          {variable.isSecret ? null : (
            <MenuButton
              label={`Type of ${variable.name}`}
              placement="bottom end"
              entries={VariableType.options.map((type) => ({
                id: type,
                label: TYPE_WORDS[type],
                isCurrent: type === variable.type,
                onAction: () => change({ ...variable, type }),
              }))}
            >
              <Button
                variant="ghost"
                size="compact"
                label={`${TYPE_WORDS[variable.type]}, type of ${variable.name}`}
              >
                {TYPE_WORDS[variable.type]}
              </Button>
            </MenuButton>
          )}
          <IconButton
            icon={variable.isSecret ? Lock : LockOpen}
            size="small"
            isActive={variable.isSecret}
            label={variable.isSecret ? 'Make it no secret' : 'Make it a secret'}
            onPress={() => {
              // What was typed in the open moves to the keychain; out of it nothing comes back.
              if (!variable.isSecret && variable.value !== '') props.onSecret(variable.name, variable.value)
              if (variable.isSecret) props.onSecret(variable.name, null)
              change({ ...variable, isSecret: !variable.isSecret, value: '', type: 'string' })
            }}
          />
        </>
      )}
    />
  )
}

function Secret(props: VariablesPartProps & { readonly name: string }): ReactNode {
  const { name, kept, secrets, onSecret } = props
  const typed = secrets[name]
  if (typed === undefined && kept.has(name))
    return (
      <span className="flex min-w-0 flex-1 items-center gap-10 text-small text-3">
        In the keychain
        <TextButton onPress={() => onSecret(name, '')}>Replace</TextButton>
        <TextButton onPress={() => onSecret(name, null)}>Forget</TextButton>
      </span>
    )
  if (typed === null && kept.has(name))
    return (
      <span className="flex min-w-0 flex-1 items-center gap-10 text-small text-warning">
        Forgotten when saved
        <TextButton onPress={() => onSecret(name, undefined)}>Keep it</TextButton>
      </span>
    )
  return (
    <input
      type="password"
      aria-label={`Secret value of ${name}`}
      placeholder="No value yet: it is kept by this machine’s keychain"
      autoComplete="off"
      spellCheck={false}
      value={typed ?? ''}
      onChange={(event) => onSecret(name, event.target.value === '' ? undefined : event.target.value)}
      className="h-full min-w-0 flex-1 bg-transparent font-mono text-data outline-none"
    />
  )
}
