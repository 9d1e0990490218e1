// The draft of a collection's or folder's settings: read once, written when saved, never over a file that changed meanwhile.
import { useState } from 'react'
import { isAppError } from '#contract/errors.ts'
import type { Collection, CollectionId, Folder } from '#contract/requests/collection.ts'
import { useAction, useCall, useHost, useHostEvent } from '../../../host/host-provider.tsx'
import type { Inherited } from '../../requests/index.ts'

export type Settings = Collection | Folder

export interface SettingsDraft {
  /** Null until it is read. */
  readonly item: Settings | null
  readonly inherited: Inherited
  readonly isDirty: boolean
  readonly readError: unknown
  /** What is on disk since, when saving found another version. */
  readonly theirs: Settings | null
  readonly isSaving: boolean
  readonly saveError: unknown
  set(item: Settings): void
  /** Values of secrets that were typed: null forgets one. They go to the keychain when it is saved. */
  readonly secrets: Readonly<Record<string, string | null>>
  setSecret(name: string, value: string | null | undefined): void
  save(): void
  /** Ends a conflict. */
  settle(take: 'mine' | 'theirs'): void
}

interface Read {
  readonly item: Settings
  readonly revision: string
}

const NO_SECRETS: Readonly<Record<string, string | null>> = {}

/** `onSaved` is told when everything is written. */
export function useSettings(id: CollectionId, path: string, onSaved: () => void): SettingsDraft {
  const host = useHost()
  const reading = useCall(
    ['collections', 'settings', id, path],
    (one, options) => one.collections.read({ id, path }, options),
    { staleTime: 0 },
  )
  const [base, setBase] = useState<Read | null>(null)
  const [typed, setTyped] = useState<Settings | null>(null)
  const [secrets, setSecrets] = useState(NO_SECRETS)
  const [theirs, setTheirs] = useState<Read | null>(null)
  const found = reading.data === undefined ? null : asSettings(reading.data)
  const isDirty = typed !== null || Object.keys(secrets).length > 0
  // A change outside shows at once while nothing was typed; else saving finds it.
  // Only what is newly read counts: after a conflict what was read before it is the older one.
  const [seen, setSeen] = useState<string | null>(null)
  if (found !== null && !isDirty && found.revision !== seen) {
    setSeen(found.revision)
    setBase(found)
  }
  useHostEvent(
    (one) => one.collections.changed,
    (change) => {
      if (change.id === id) void reading.refetch()
    },
  )
  const item = typed ?? base?.item ?? null

  const saving = useAction(
    async (_, input: { item: Settings; revision: string }) => {
      if (typed !== null) await host.collections.write({ id, path, ...input })
      const names = new Set(
        input.item.defaults.variables.filter((one) => one.isSecret).map((one) => one.name),
      )
      for (const [name, value] of Object.entries(secrets))
        if (names.has(name) || value === null)
          await host.collections.setSecret({ id, scope: { type: 'item', path }, name, value })
    },
    ['collections'],
    {
      onSuccess: onSaved,
      onError: (error) => {
        if (!isAppError(error, 'CONFLICT')) return
        void host.collections.read({ id, path }).then(
          (now) => setTheirs(asSettings(now)),
          () => undefined,
        )
      },
    },
  )
  const write = (revision: string | undefined): void => {
    if (item !== null && revision !== undefined) saving.mutate({ item, revision })
  }
  return {
    item,
    inherited: reading.data?.inherited ?? NONE,
    isDirty,
    readError: reading.error,
    theirs: theirs?.item ?? null,
    isSaving: saving.isPending,
    saveError: theirs === null ? saving.error : null,
    set: setTyped,
    secrets,
    setSecret: (name, value) =>
      setSecrets((before) => {
        const { [name]: _, ...rest } = before
        return value === undefined ? rest : { ...rest, [name]: value }
      }),
    save: () => write(base?.revision),
    settle(take) {
      if (theirs === null) return
      setTheirs(null)
      setBase(theirs)
      setSeen(reading.data?.revision ?? null)
      saving.reset()
      if (take === 'theirs') setTyped(null)
      else write(theirs.revision)
    },
  }
}

const NONE: Inherited = []

function asSettings(read: {
  readonly item: Settings | { readonly kind: 'http' | 'graphql' | 'websocket' }
  readonly revision: string
}): Read | null {
  return isSettings(read.item) ? { item: read.item, revision: read.revision } : null
}

function isSettings(item: { readonly kind: string }): item is Settings {
  return item.kind === 'collection' || item.kind === 'folder'
}
