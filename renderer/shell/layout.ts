// Pane sizes and folded nodes by name, kept by the host's workspace so that the next start looks the same.
import { createStore, type Store } from '../host/store.ts'

export type LayoutValue = number | string | boolean
export type Layout = Readonly<Record<string, LayoutValue>>

export interface LayoutKeeper {
  readonly values: Store<Layout>
  set(name: string, value: LayoutValue): void
}

const SAVE_AFTER_MS = 400

/** Keeps `initial` and what changes, and gives it to `save` once changes pause. */
export function createLayoutKeeper(initial: Layout, save: (layout: Layout) => void): LayoutKeeper {
  const values = createStore(initial)
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    values,
    set(name, value) {
      if (values.get()[name] === value) return
      values.update((before) => ({ ...before, [name]: value }))
      clearTimeout(timer)
      timer = setTimeout(() => save(values.get()), SAVE_AFTER_MS)
    },
  }
}
