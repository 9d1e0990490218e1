// Tokens of OAuth 2, sealed by the keychain. Their keys are hashes that tell nothing of the client or the server.
import { z } from 'zod'
import type { StoredToken, TokenStore } from '#api-client/node/send/types.ts'
import type { VariableStore } from '../cache/index.ts'
import type { SecretStore } from '../secrets/index.ts'

const Token = z.object({
  accessToken: z.string(),
  tokenType: z.string(),
  refreshToken: z.string().nullable(),
  idToken: z.string().nullable(),
  scope: z.string(),
  expiresAtMs: z.number().nullable(),
})

/** The tokens of this machine. What cannot be opened any more counts as none: the person signs in again. */
export function createSealedTokens(store: VariableStore, secretStore: SecretStore): TokenStore {
  const opened = new Map<string, StoredToken>()
  const owner = (key: string) => ({ collectionId: null, kind: 'token' as const, owner: key })
  return {
    async get(key) {
      const known = opened.get(key)
      if (known !== undefined) return known
      const sealed = store.secrets(owner(key)).get('')
      if (sealed === undefined) return null
      try {
        const token = Token.parse(JSON.parse(await secretStore.open(sealed)))
        opened.set(key, token)
        return token
      } catch {
        return null
      }
    },
    async set(key, token) {
      store.setSecret(owner(key), '', await secretStore.seal(JSON.stringify(token)))
      opened.set(key, token)
    },
    async remove(key) {
      opened.delete(key)
      store.forget(null, 'token', key)
    },
  }
}
