// What is edited in the environments dialog: one draft for each environment that was touched, kept while others are looked at.
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import { isAppError } from '#contract/errors.ts'
import { useAction, type Host } from '../../host/host-provider.tsx'
import {
  draftOf,
  environmentOf,
  isDirty,
  keyOf,
  rebased,
  secretWork,
  type EnvironmentDraft,
  type StoredEnvironment,
} from './draft.ts'
import { environmentsKey } from './use-environments.ts'

export interface Drafts {
  /** Those that are not as their files are. */
  readonly dirty: readonly EnvironmentDraft[]
  /** The draft of an environment that was read; an untouched one where nothing was typed. */
  of(collectionId: CollectionId | null, stored: StoredEnvironment): EnvironmentDraft
  get(key: string): EnvironmentDraft | undefined
  /** New ones of a collection. */
  added(collectionId: CollectionId | null): readonly EnvironmentDraft[]
  put(draft: EnvironmentDraft): void
  drop(key: string): void
  readonly saving: boolean
  readonly error: unknown
  clearError(): void
  save(draft: EnvironmentDraft): void
}

/** `onSaved` is told the key under which a saved one is found from then on. */
export function useDrafts(onSaved: (key: string, before: string) => void): Drafts {
  const queries = useQueryClient()
  const [all, setAll] = useState<ReadonlyMap<string, EnvironmentDraft>>(new Map())
  const replace = (before: string, draft: EnvironmentDraft | null): void =>
    setAll((drafts) => {
      const next = new Map(drafts)
      next.delete(before)
      if (draft !== null) next.set(draft.key, draft)
      return next
    })
  const saving = useAction(saveDraft, [], {
    onSuccess: async ({ draft, left, error }, before) => {
      // What is shown until it is read again is what was typed.
      await queries.refetchQueries({ queryKey: environmentsKey(before.collectionId) })
      void queries.invalidateQueries({ queryKey: ['collections'] })
      replace(before.key, left ? draft : null)
      onSaved(draft.key, before.key)
      if (left) throw error
    },
    onError: (error, { collectionId }) => {
      // The file is another one now: it is read, so that both can be seen.
      if (isAppError(error, 'CONFLICT'))
        void queries.refetchQueries({ queryKey: environmentsKey(collectionId) })
    },
  })
  const drafts = [...all.values()]
  return {
    dirty: drafts.filter(isDirty),
    of: (collectionId, stored) => {
      const kept = all.get(keyOf(collectionId, stored.name))
      return kept !== undefined && isDirty(kept) ? kept : draftOf(collectionId, stored)
    },
    get: (key) => all.get(key),
    added: (collectionId) => drafts.filter((one) => one.base === null && one.collectionId === collectionId),
    put: (draft) => replace(draft.key, draft),
    drop: (key) => replace(key, null),
    saving: saving.isPending,
    error: saving.error,
    clearError: saving.reset,
    save: (draft) => saving.mutate(draft),
  }
}

interface Saved {
  /** As it stands after the file was written. */
  readonly draft: EnvironmentDraft
  /** Values of secrets that could not be kept, and why. */
  readonly left: boolean
  readonly error: unknown
}

/** The file first, for only then it is sure which environment it is; then the values of its secrets. */
async function saveDraft(host: Host, draft: EnvironmentDraft): Promise<Saved> {
  const environment = environmentOf(draft)
  const { renamed, writes } = secretWork(draft)
  const { collectionId: id, base } = draft
  const { revision } = await host.collections.saveEnvironment({
    id,
    oldName: base?.name ?? null,
    environment,
    revision: base?.revision ?? null,
    renamedSecrets: [...renamed],
  })
  const done = new Set<string>()
  const after = (): EnvironmentDraft => rebased(draft, { revision, done })
  try {
    const scope = { type: 'environment' as const, name: environment.name }
    for (const { name, value } of writes) {
      await host.collections.setSecret({ id, scope, name, value })
      done.add(name)
    }
  } catch (error) {
    return { draft: after(), left: true, error }
  }
  return { draft: after(), left: false, error: null }
}
