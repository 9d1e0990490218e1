// The environments of a collection, and the globals: a list at the left, the chosen one at the right. What is typed is kept until it is saved or discarded.
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import { Button } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { FormError } from '../../components/form-error.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useCollections } from '../requests/index.ts'
import { copyOf, freeName, isDirty, newDraft, type EnvironmentDraft } from './draft.ts'
import { draftErrors } from './draft-errors.ts'
import { EnvironmentForm } from './environment-form.tsx'
import { EnvironmentList, type ListedEnvironment } from './environment-list.tsx'
import { useDrafts } from './use-drafts.ts'
import { useEnvironments } from './use-environments.ts'
import { emptyVariable } from './variable-table.tsx'

export interface EnvironmentsDialogProps {
  /** Whose are shown first; null for the globals alone. */
  readonly collectionId: CollectionId | null
  /** Name of the environment that is shown first; empty for the globals, null for the one that counts. */
  readonly focus: string | null
  /** A variable that is added to it. */
  readonly variable: string | null
  readonly onClose: () => void
}

type Question = { readonly kind: 'close' } | { readonly kind: 'remove'; readonly draft: EnvironmentDraft }

/** Rendered only while it is open. */
export function EnvironmentsDialog(props: EnvironmentsDialogProps): ReactNode {
  const { collections } = useCollections()
  const [chosenCollection, setChosenCollection] = useState<CollectionId | null>(props.collectionId)
  const collection = collections.find((one) => one.id === (chosenCollection ?? collections[0]?.id))
  const collectionId = collection?.id ?? null
  const globals = useEnvironments(null)
  const own = useEnvironments(collectionId)
  const [chosen, setChosen] = useState<string | null>(null)
  const [search, setSearch] = useState('')
  const [triedToSave, setTriedToSave] = useState<string | null>(null)
  const [question, setQuestion] = useState<Question | null>(null)
  /** Added once, when the environment it belongs to was read. */
  const [toAdd, setToAdd] = useState(props.variable)
  const drafts = useDrafts((key, before) => {
    setTriedToSave(null)
    setChosen((current) => (current === null || current === before ? key : current))
  })
  const removing = useAction(
    (host, draft: EnvironmentDraft) =>
      draft.base === null || draft.collectionId === null
        ? Promise.resolve()
        : host.collections.removeEnvironment({ id: draft.collectionId, name: draft.base.name }),
    ['collections'],
    {
      onSuccess: (_, draft) => {
        drafts.drop(draft.key)
        setChosen(null)
        setQuestion(null)
      },
    },
  )

  const storedGlobals = globals.data ?? []
  const storedOwn = collectionId === null ? [] : (own.data ?? [])
  const storedNames = storedOwn.map((one) => one.name)
  // Drafts of those whose file is gone stay: they are the only copies.
  const orphans = drafts.dirty.filter(
    (one) =>
      one.collectionId === collectionId &&
      collectionId !== null &&
      one.base !== null &&
      !storedNames.includes(one.base.name),
  )
  const ownDrafts =
    collectionId === null
      ? []
      : [...storedOwn.map((one) => drafts.of(collectionId, one)), ...orphans, ...drafts.added(collectionId)]
  const globalDrafts = storedGlobals.map((one) => drafts.of(null, one))
  const all = [...globalDrafts, ...ownDrafts]
  const shown =
    all.find((one) => one.key === chosen) ??
    firstShown(
      all,
      globalDrafts,
      props.collectionId === null ? '' : (props.focus ?? collection?.activeEnvironment ?? null),
    )
  const stored = (shown?.collectionId === null ? storedGlobals : storedOwn).find(
    (one) => one.name === shown?.base?.name,
  )
  const others = ownDrafts
    .filter((one) => one.key !== shown?.key)
    .map((one) => ({ name: one.base?.name ?? one.name, extends: one.extends }))
  const isReady = globals.data !== undefined && (collectionId === null || own.data !== undefined)
  if (isReady && toAdd !== null && shown !== undefined) {
    setToAdd(null)
    drafts.put({ ...shown, variables: [...shown.variables, { ...emptyVariable('typed 1'), name: toAdd }] })
  }

  const save = (): void => {
    if (shown === undefined || drafts.saving || !isDirty(shown)) return
    setTriedToSave(shown.key)
    if (!draftErrors(shown, others).isEmpty) return
    drafts.save(shown)
  }
  const add = (draft: EnvironmentDraft): void => {
    drafts.put(draft)
    setChosen(draft.key)
  }
  const create = (): void => {
    const name = freeName(
      'New environment',
      ownDrafts.map((one) => one.name),
    )
    add(newDraft({ key: `new ${crypto.randomUUID()}`, collectionId, name }))
  }
  const remove = (draft: EnvironmentDraft): void => {
    if (draft.base === null) {
      drafts.drop(draft.key)
      setChosen(null)
    } else setQuestion({ kind: 'remove', draft })
  }
  const close = (): void => {
    if (drafts.dirty.length === 0) props.onClose()
    else setQuestion({ kind: 'close' })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || (event.key !== 'Enter' && event.key !== 's')) return
    event.preventDefault()
    event.stopPropagation()
    save()
  }
  const failed = globals.isError ? globals : own
  const isOwnDirty = shown !== undefined && isDirty(shown)
  return (
    <>
      <Dialog
        title="Environments"
        width="wide"
        isOpen
        isHeld={drafts.saving}
        onClose={close}
        hint={
          drafts.dirty.length === 0
            ? 'Values of secrets stay on this machine: they are in no file and never shown.'
            : `Not saved: ${drafts.dirty.map((one) => one.name).join(', ')}`
        }
        actions={
          <>
            <Button
              isDisabled={!isOwnDirty || shown.base === null || drafts.saving}
              onPress={() => {
                if (shown !== undefined) drafts.drop(shown.key)
                drafts.clearError()
              }}
            >
              Take back changes
            </Button>
            <Button onPress={close}>Close</Button>
            <Button variant="primary" isBusy={drafts.saving} isDisabled={!isOwnDirty} onPress={save}>
              {shown?.collectionId === null ? 'Save globals' : 'Save environment'}
            </Button>
          </>
        }
      >
        <div className="flex min-h-[46vh] gap-20" onKeyDown={onKeyDown}>
          <EnvironmentList
            collections={collections}
            collectionId={collectionId}
            globals={globalDrafts.map(listed)}
            environments={ownDrafts.map(listed)}
            active={collection?.activeEnvironment ?? null}
            chosen={shown?.key ?? null}
            search={search}
            onSearch={setSearch}
            onChooseCollection={(id) => {
              setChosenCollection(id)
              setChosen(null)
            }}
            onChoose={(key) => {
              drafts.clearError()
              setChosen(key)
            }}
            onCreate={create}
          />
          {!isReady ? (
            failed.isError ? (
              <div className="flex-1">
                <FormError
                  message={`The environments could not be read. ${describeError(failed.error)?.message ?? ''}`}
                  hint={describeError(failed.error)?.hint}
                  action={<Button onPress={() => void failed.refetch()}>Try again</Button>}
                />
              </div>
            ) : (
              <div className="flex-1">
                <SkeletonRows count={6} label="Reading environments" />
              </div>
            )
          ) : shown === undefined ? null : (
            <EnvironmentForm
              key={shown.key}
              draft={shown}
              stored={stored}
              others={others}
              search={search}
              showsAll={triedToSave === shown.key}
              error={drafts.error}
              isSaving={drafts.saving}
              onChange={drafts.put}
              onTakeTheirs={() => {
                drafts.drop(shown.key)
                drafts.clearError()
              }}
              onDuplicate={() =>
                add(
                  copyOf(
                    shown,
                    `new ${crypto.randomUUID()}`,
                    freeName(
                      shown.name,
                      all.map((one) => one.name),
                    ),
                  ),
                )
              }
              onRemove={() => remove(shown)}
            />
          )}
        </div>
      </Dialog>
      <Ask
        question={question}
        dirty={drafts.dirty.map((one) => one.name)}
        isBusy={removing.isPending}
        error={describeError(removing.error)?.message}
        onClose={() => setQuestion(null)}
        onDiscard={props.onClose}
        onRemove={(draft) => removing.mutate(draft)}
      />
    </>
  )
}

function listed(draft: EnvironmentDraft): ListedEnvironment {
  return {
    key: draft.key,
    name: draft.name.trim() === '' ? 'Without a name' : draft.name,
    color: draft.color,
    isDirty: isDirty(draft),
    words: draft.variables.flatMap((one) => [one.name, one.isSecret ? '' : one.value]),
    count: draft.variables.length,
  }
}

function firstShown(
  all: readonly EnvironmentDraft[],
  globals: readonly EnvironmentDraft[],
  wanted: string | null,
): EnvironmentDraft | undefined {
  if (wanted === '') return globals[0]
  return all.find((one) => one.collectionId !== null && one.name === wanted) ?? all[1] ?? all[0]
}

interface AskProps {
  readonly question: Question | null
  readonly dirty: readonly string[]
  readonly isBusy: boolean
  readonly error: string | undefined
  readonly onClose: () => void
  readonly onDiscard: () => void
  readonly onRemove: (draft: EnvironmentDraft) => void
}

/** Before something that was typed, or an environment, is gone. */
function Ask(props: AskProps): ReactNode {
  const { question } = props
  if (question === null) return null
  if (question.kind === 'close')
    return (
      <ConfirmDialog
        isOpen
        title="Close without saving?"
        lost={`What was typed in ${props.dirty.join(', ')} is lost.`}
        confirmLabel="Discard changes"
        busyLabel="Discarding…"
        onConfirm={props.onDiscard}
        onClose={props.onClose}
      />
    )
  const { draft } = question
  const variables = draft.base?.variables.length ?? 0
  const secrets = draft.base?.secretsWithValue.length ?? 0
  return (
    <ConfirmDialog
      isOpen
      title={`Remove environment ${draft.base?.name ?? ''}?`}
      lost={`Its file with ${count(variables, 'variable')} is deleted${secrets === 0 ? '' : `, and the values of ${count(secrets, 'secret')} are forgotten by this machine`}.`}
      survives="Requests that use its variables stay. Where the collection is in git, so does the file’s history."
      confirmLabel="Remove environment"
      busyLabel="Removing…"
      isBusy={props.isBusy}
      error={props.error}
      onConfirm={() => props.onRemove(draft)}
      onClose={props.onClose}
    />
  )
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
