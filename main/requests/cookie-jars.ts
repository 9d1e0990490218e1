// A cookie jar for each collection, and one for requests of none: sealed by the keychain, for cookies are as good as passwords.
import type { CookieJar } from '#api-client/node/send/types.ts'
import type { VariableStore } from '../cache/index.ts'
import type { SecretStore } from '../secrets/index.ts'

export interface CookieJars {
  /** The jar of a collection; the same object until it is forgotten. */
  of(collectionId: string | null): Promise<CookieJar>
  /** Writes a jar if it changed. Seals one after the other, so that the last state is what stays. */
  save(collectionId: string | null): Promise<void>
}

export interface CookieJarDependencies {
  readonly store: VariableStore
  readonly secretStore: SecretStore
  /** Makes a jar from what it gave as text; null for an empty one. */
  readonly createJar: (text: string | null) => CookieJar
  readonly onProblem: (problem: { readonly during: string; readonly error: unknown }) => void
}

/** Makes them over the store and the keychain. A jar that cannot be opened any more is an empty one, and told. */
export function createCookieJars({
  store,
  secretStore,
  createJar,
  onProblem,
}: CookieJarDependencies): CookieJars {
  const jars = new Map<string, Promise<CookieJar>>()
  const saved = new Map<string, string>()
  let saving: Promise<void> = Promise.resolve()
  const owner = (collectionId: string | null) => ({ collectionId, kind: 'cookies' as const, owner: '' })

  async function load(collectionId: string | null): Promise<CookieJar> {
    const sealed = store.secrets(owner(collectionId)).get('')
    if (sealed === undefined) return createJar(null)
    try {
      const text = await secretStore.open(sealed)
      saved.set(collectionId ?? '', text)
      return createJar(text)
    } catch (error) {
      onProblem({ during: 'opening the cookies of a collection', error })
      return createJar(null)
    }
  }
  const of = (collectionId: string | null): Promise<CookieJar> => {
    const key = collectionId ?? ''
    const jar = jars.get(key) ?? load(collectionId)
    jars.set(key, jar)
    return jar
  }
  async function write(collectionId: string | null): Promise<void> {
    const text = (await of(collectionId)).serialise()
    if (saved.get(collectionId ?? '') === text) return
    store.setSecret(owner(collectionId), '', await secretStore.seal(text))
    saved.set(collectionId ?? '', text)
  }
  return {
    of,
    save(collectionId) {
      const written = saving.then(() => write(collectionId))
      saving = written.catch((error: unknown) => onProblem({ during: 'keeping cookies', error }))
      return written
    },
  }
}
