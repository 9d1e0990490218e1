// Which variables a request sees: what counts and where it comes from, and what a nearer one overrides.
import { Lock } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import { DataList } from '../../components/data-list.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormError } from '../../components/form-error.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useStore } from '../../host/store.ts'
import { useRequestWorkbench } from '../requests/index.ts'
import { useActiveEnvironment } from './use-environments.ts'

export interface VariablesDialogProps {
  readonly collectionId: CollectionId | null
  /** Where the request stands. */
  readonly path: string
  /** The one to look at; empty for all. */
  readonly name: string
  readonly onClose: () => void
}

interface SeenVariable extends Variable {
  readonly scope: 'request' | 'folder' | 'environment' | 'collection' | 'global' | 'script'
  readonly from: string
  readonly hasValue: boolean
  readonly isOverridden: boolean
}

const SCOPES: Readonly<Record<SeenVariable['scope'], string>> = {
  request: 'this request',
  folder: 'folder',
  environment: 'environment',
  collection: 'collection',
  global: 'globals',
  script: 'set by a script',
}

/** Rendered only while it is open. */
export function VariablesDialog({ collectionId, path, name, onClose }: VariablesDialogProps): ReactNode {
  const { ask } = useRequestWorkbench()
  const environment = useActiveEnvironment(collectionId)
  const reading = useCall(
    ['collections', 'variables', collectionId, path, environment, 'all'],
    (host, options) =>
      host.collections.variables({ id: collectionId, path, environment, withOverridden: true }, options),
  )
  const own = useOwnVariables(collectionId, path)
  const [text, setText] = useState(name)
  const seen = useMemo(() => seenFrom(own, reading.data ?? []), [own, reading.data])
  const wanted = text.trim().toLowerCase()
  const shown = seen.filter(
    (one) =>
      one.name.toLowerCase().includes(wanted) ||
      (!one.isSecret && one.value.toLowerCase().includes(wanted)) ||
      one.from.toLowerCase().includes(wanted),
  )
  const edit = (focus: string | null, variable: string | null): void =>
    ask.set({
      kind: 'environments',
      collectionId,
      path: '',
      ...(focus === null ? {} : { focus }),
      ...(variable === null ? {} : { variable }),
    })
  const isUnknown = name !== '' && reading.data !== undefined && !seen.some((one) => one.name === name)
  const home = environment ?? 'globals'
  return (
    <Dialog
      title="Variables that count here"
      width="large"
      isOpen
      onClose={onClose}
      hint={environment === null ? 'No environment is chosen.' : `Environment: ${environment}`}
      actions={
        <>
          <Button onPress={() => edit(environment, null)}>Edit environments</Button>
          <Button onPress={onClose}>Close</Button>
        </>
      }
    >
      <div className="flex flex-col gap-12">
        {isUnknown ? (
          <div
            role="status"
            className="flex items-center gap-8 rounded-control bg-warning-soft px-10 py-8 text-small text-warning"
          >
            <span className="min-w-0 flex-1">
              Nothing gives <span className="font-mono text-data">{name}</span> a value. The request would be
              sent with the braces in it.
            </span>
            <Button size="compact" onPress={() => edit(environment, name)}>
              Add it to {home}
            </Button>
          </div>
        ) : null}
        <SearchField label="Filter variables" value={text} onChange={setText} />
        {reading.data === undefined ? (
          reading.isError ? (
            <FormError
              message={`The variables could not be read. ${describeError(reading.error)?.message ?? ''}`}
              hint={describeError(reading.error)?.hint}
              action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
            />
          ) : (
            <SkeletonRows count={6} label="Reading variables" />
          )
        ) : seen.length === 0 ? (
          <EmptyState title="No variables">
            Neither the request nor its folders, its collection, the environment or the globals have any.
          </EmptyState>
        ) : shown.length === 0 ? (
          <EmptyState
            title="No variable matches"
            action={<Button onPress={() => setText('')}>Show all</Button>}
          >
            None has “{text.trim()}” in its name, value or place.
          </EmptyState>
        ) : (
          <DataList
            label="Variables"
            columns={[
              { id: 'name', title: 'Name' },
              { id: 'value', title: 'Value', isFluid: true },
              { id: 'from', title: 'From' },
              { id: 'state', title: 'State', isTitleHidden: true },
            ]}
            rows={shown.map((one, at) => ({
              id: `${one.name} ${one.scope} ${one.from} ${at}`,
              isMuted: one.isOverridden,
              cells: [
                <span
                  key="name"
                  className={classNames('font-mono text-data', one.isOverridden && 'line-through')}
                >
                  {one.name}
                </span>,
                <Value key="value" variable={one} />,
                <From key="from" variable={one} onEdit={(focus) => edit(focus, null)} />,
                one.isOverridden ? (
                  'overridden'
                ) : one.isSecret && !one.hasValue ? (
                  <Badge tone="warning">No value on this machine</Badge>
                ) : null,
              ],
            }))}
          />
        )}
      </div>
    </Dialog>
  )
}

function Value({ variable }: { readonly variable: SeenVariable }): ReactNode {
  if (variable.isSecret)
    return (
      <span className="inline-flex items-center gap-6 text-3">
        <Lock aria-hidden="true" size={12} strokeWidth={1.75} />
        secret
      </span>
    )
  return (
    <span
      title={variable.value}
      className={classNames(
        'block truncate font-mono text-data select-text',
        variable.isOverridden ? 'line-through' : 'text-2',
      )}
    >
      {variable.value === '' ? '(empty)' : variable.value}
    </span>
  )
}

function From(props: {
  readonly variable: SeenVariable
  readonly onEdit: (focus: string) => void
}): ReactNode {
  const { scope, from } = props.variable
  const words = from === '' ? SCOPES[scope] : `${SCOPES[scope]} ${from}`
  if (scope !== 'environment' && scope !== 'global') return words
  return (
    <button
      type="button"
      onClick={() => props.onEdit(scope === 'global' ? '' : from)}
      className="rounded-badge text-accent-text hover:underline"
    >
      {words}
    </button>
  )
}

/** The request's own as they stand in its tab, saved or not; null where it is not open. */
function useOwnVariables(collectionId: CollectionId | null, path: string): readonly Variable[] | null {
  const { tabs } = useRequestWorkbench()
  const all = useStore(tabs.tabs)
  const activeId = useStore(tabs.activeId)
  const tab = all.find((one) => one.id === activeId)
  return tab?.kind === 'request' && tab.collectionId === collectionId && (tab.path ?? '') === path
    ? (tab.request?.variables ?? null)
    : null
}

function seenFrom(own: readonly Variable[] | null, read: readonly SeenVariable[]): readonly SeenVariable[] {
  if (own === null) return read
  const kept = new Set(read.flatMap((one) => (one.scope === 'request' && one.hasValue ? [one.name] : [])))
  const mine = own
    .filter((one) => one.isEnabled && one.name !== '')
    .map((one): SeenVariable => ({
      ...one,
      scope: 'request',
      from: '',
      hasValue: !one.isSecret || kept.has(one.name),
      isOverridden: false,
    }))
  const taken = new Set(mine.map((one) => one.name))
  const others = read.filter((one) => one.scope !== 'request')
  const nearer = new Set<string>(taken)
  return [
    ...mine,
    // What a request's own variable overrode in the file need not be overridden by what is typed now.
    ...others.map((one) => {
      const isOverridden = nearer.has(one.name)
      nearer.add(one.name)
      return { ...one, isOverridden }
    }),
  ]
}
