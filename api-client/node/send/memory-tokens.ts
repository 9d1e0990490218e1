// Tokens for as long as a process lives: the command line's.
import type { StoredToken, TokenStore } from './types.ts'

export function createMemoryTokenStore(): TokenStore {
  const tokens = new Map<string, StoredToken>()
  return {
    get: (key) => Promise.resolve(tokens.get(key) ?? null),
    set: (key, token) => {
      tokens.set(key, token)
      return Promise.resolve()
    },
    remove: (key) => {
      tokens.delete(key)
      return Promise.resolve()
    },
  }
}
