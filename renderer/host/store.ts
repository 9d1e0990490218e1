// The smallest observable value: what the shell's extension points and the host link are made of.
import { useSyncExternalStore } from 'react'

export interface Store<T> {
  get(): T
  /** Replaces the value; listeners are told only if it differs (Object.is). */
  set(next: T): void
  update(change: (current: T) => T): void
  /** Calls back after each change. Returns how to stop. */
  subscribe(listener: () => void): () => void
}

/** Makes a store holding `initial`. */
export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  const set = (next: T): void => {
    if (Object.is(value, next)) return
    value = next
    for (const listener of [...listeners]) listener()
  }
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The store's value; renders again when it changes. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get)
}
