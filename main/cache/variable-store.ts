// Values of variables that are this machine's alone: those that scripts set, and sealed ones (secrets, cookies, tokens), which are never read without the keychain.
import { z } from 'zod'
import { VariableType } from '#contract/requests/parts.ts'
import type { Cache } from './database.ts'

/** `environment` has the environment's name; `collectionId` is null for globals. */
export interface ValueScope {
  readonly collectionId: string | null
  readonly scope: 'global' | 'collection' | 'environment'
  readonly scopeName: string
}

/** A value that a script set. */
export interface SetValue {
  readonly value: string
  readonly type: VariableType
}

/** Whose a sealed value is. */
export interface SecretOwner {
  readonly collectionId: string | null
  readonly kind: 'environment' | 'item' | 'cookies' | 'token'
  /** Name of the environment, path of the item, fingerprint of a token; empty for cookies. */
  readonly owner: string
}

export interface VariableStore {
  values(scope: ValueScope): ReadonlyMap<string, SetValue>
  /** Null takes it away, so that the file's value counts again. */
  setValue(scope: ValueScope, name: string, value: SetValue | null): void
  /** Name → sealed value. */
  secrets(owner: SecretOwner): ReadonlyMap<string, Uint8Array>
  /** Names that have a value, of all owners of a kind. */
  secretNames(
    collectionId: string | null,
    kind: SecretOwner['kind'],
  ): ReadonlyMap<string, ReadonlySet<string>>
  setSecret(owner: SecretOwner, name: string, sealed: Uint8Array | null): void
  /** Forgets all of an owner, or (owner null) of a kind. */
  forget(collectionId: string | null, kind: SecretOwner['kind'], owner: string | null): void
  /** Follows an item that was moved, with everything below it. */
  moveItem(collectionId: string, from: string, to: string): void
  renameEnvironment(collectionId: string, from: string, to: string): void
  forgetEnvironment(collectionId: string, name: string): void
}

const ValueRow = z.object({ name: z.string(), value: z.string(), type: VariableType })
const SecretRow = z.object({ name: z.string(), sealed: z.instanceof(Uint8Array) })
const NameRow = z.object({ owner: z.string(), name: z.string() })

/** The store over an open cache. */
export function createVariableStore({ sqlite }: Cache): VariableStore {
  const selectValues = sqlite.prepare(
    'select name, value, type from variable_value where collection_id = ? and scope = ? and scope_name = ?',
  )
  const upsertValue = sqlite.prepare(
    `insert into variable_value (collection_id, scope, scope_name, name, value, type) values (?, ?, ?, ?, ?, ?)
     on conflict (collection_id, scope, scope_name, name) do update set value = excluded.value, type = excluded.type`,
  )
  const dropValue = sqlite.prepare(
    'delete from variable_value where collection_id = ? and scope = ? and scope_name = ? and name = ?',
  )
  const selectSecrets = sqlite.prepare(
    'select name, sealed from api_secret where collection_id = ? and kind = ? and owner = ?',
  )
  const selectNames = sqlite.prepare(
    'select owner, name from api_secret where collection_id = ? and kind = ?',
  )
  const upsertSecret = sqlite.prepare(
    `insert into api_secret (collection_id, kind, owner, name, sealed) values (?, ?, ?, ?, ?)
     on conflict (collection_id, kind, owner, name) do update set sealed = excluded.sealed`,
  )
  const dropSecret = sqlite.prepare(
    'delete from api_secret where collection_id = ? and kind = ? and owner = ? and name = ?',
  )
  const dropKind = sqlite.prepare(
    'delete from api_secret where collection_id = :id and kind = :kind and (:owner is null or owner = :owner)',
  )
  const followItem = sqlite.prepare(
    `update or replace api_secret set owner = :to || substr(owner, length(:from) + 1)
     where collection_id = :id and kind = 'item' and (owner = :from or substr(owner, 1, length(:from) + 1) = :from || '/')`,
  )
  const renames = [
    `update or replace api_secret set owner = :to where collection_id = :id and kind = 'environment' and owner = :from`,
    `update or replace variable_value set scope_name = :to where collection_id = :id and scope = 'environment' and scope_name = :from`,
    `update collection set active_environment = :to where id = :id and active_environment = :from`,
  ].map((sql) => sqlite.prepare(sql))
  const forgets = [
    `delete from api_secret where collection_id = :id and kind = 'environment' and owner = :name`,
    `delete from variable_value where collection_id = :id and scope = 'environment' and scope_name = :name`,
    `update collection set active_environment = null where id = :id and active_environment = :name`,
  ].map((sql) => sqlite.prepare(sql))

  return {
    values: ({ collectionId, scope, scopeName }) =>
      new Map(
        selectValues.all(collectionId ?? '', scope, scopeName).map((row) => {
          const { name, ...value } = ValueRow.parse(row)
          return [name, value]
        }),
      ),
    setValue({ collectionId, scope, scopeName }, name, value) {
      if (value === null) dropValue.run(collectionId ?? '', scope, scopeName, name)
      else upsertValue.run(collectionId ?? '', scope, scopeName, name, value.value, value.type)
    },
    secrets: ({ collectionId, kind, owner }) =>
      new Map(
        selectSecrets.all(collectionId ?? '', kind, owner).map((row) => {
          const { name, sealed } = SecretRow.parse(row)
          return [name, sealed]
        }),
      ),
    secretNames(collectionId, kind) {
      const found = new Map<string, Set<string>>()
      for (const row of selectNames.all(collectionId ?? '', kind)) {
        const { owner, name } = NameRow.parse(row)
        found.set(owner, (found.get(owner) ?? new Set()).add(name))
      }
      return found
    },
    setSecret({ collectionId, kind, owner }, name, sealed) {
      if (sealed === null) dropSecret.run(collectionId ?? '', kind, owner, name)
      else upsertSecret.run(collectionId ?? '', kind, owner, name, sealed)
    },
    forget: (collectionId, kind, owner) => void dropKind.run({ id: collectionId ?? '', kind, owner }),
    moveItem: (id, from, to) => void followItem.run({ id, from, to }),
    renameEnvironment: (id, from, to) =>
      sqlite.transaction(() => renames.forEach((rename) => rename.run({ id, from, to }))).immediate(),
    forgetEnvironment: (id, name) =>
      sqlite.transaction(() => forgets.forEach((forget) => forget.run({ id, name }))).immediate(),
  }
}
