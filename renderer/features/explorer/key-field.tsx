// The value of a key that a request names as a variable: it goes to the keychain, as a secret of the globals, and is never shown again.
import { useState, type ReactNode } from 'react'
import { Button, TextButton } from '../../components/button.tsx'
import { Form } from '../../components/form.tsx'
import { TextField } from '../../components/text-field.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { useVariables } from '../requests/index.ts'

/** A line that says where the value is from, or asks for it. */
export function KeyField({ name }: { readonly name: string }): ReactNode {
  const [value, setValue] = useState('')
  const [isReplacing, setIsReplacing] = useState(false)
  const found = useVariables()
    .all()
    .find(({ variable }) => variable.name === name)
  const { data } = useCall(['collections', 'variables', null, '', null], (host, options) =>
    host.collections.variables({ id: null, path: '', environment: null }, options),
  )
  const global = data?.find((variable) => variable.name === name)
  const isSet =
    found !== undefined && (found.variable.value !== '' || global === undefined || global.hasValue === true)
  const saving = useAction(
    async (host) => {
      const environments = await host.collections.environments({ id: null })
      const globals = environments[0]
      if (globals === undefined) throw new Error('There is no place for globals.')
      const { revision, ...environment } = globals
      if (!environment.variables.some((variable) => variable.name === name))
        await host.collections.saveEnvironment({
          id: null,
          oldName: environment.name,
          environment: {
            ...environment,
            variables: [
              ...environment.variables,
              { name, value: '', type: 'string', isSecret: true, isEnabled: true, description: '' },
            ],
          },
          revision,
        })
      await host.collections.setSecret({
        id: null,
        scope: { type: 'environment', name: environment.name },
        name,
        value,
      })
    },
    ['collections'],
    {
      onSuccess: () => {
        setValue('')
        setIsReplacing(false)
      },
    },
  )
  if (isSet && !isReplacing)
    return (
      <p className="flex h-28 items-center gap-6 text-small text-2">
        <code className="font-mono text-data">{`{{${name}}}`}</code> has a value.
        <TextButton onPress={() => setIsReplacing(true)}>Replace it</TextButton>
      </p>
    )
  return (
    <Form
      className="min-w-160 flex-1 flex-row items-end gap-6"
      onSubmit={() => {
        if (value !== '') saving.mutate(undefined)
      }}
    >
      <div className="min-w-0 flex-1">
        <TextField
          label={`Value of ${name}`}
          type="password"
          autoComplete="off"
          value={value}
          onChange={setValue}
          error={describeError(saving.error)?.message}
        />
      </div>
      <Button type="submit" isBusy={saving.isPending} isDisabled={value === ''}>
        Keep
      </Button>
    </Form>
  )
}
