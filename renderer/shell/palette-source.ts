// What "Go to anything" can find: each feature adds a source; the palette asks, ranks and shows.
import type { LucideIcon } from 'lucide-react'
import { createStore, type Store } from '../host/store.ts'

/** `#` tables and other objects of the database · `/` requests · `!` projects and connections · `@` in this tab · none: only found without a prefix. */
export type PalettePrefix = '#' | '/' | '!' | '@' | 'none'

export interface PaletteItem {
  /** Unique over all sources; what was used lately is remembered by it. */
  readonly id: string
  readonly title: string
  /** Beside the title: schema and rows, an address, when it ran. */
  readonly detail?: string
  /** At the right: "Table", "Query", "History". */
  readonly kind: string
  readonly icon: LucideIcon
  /** Shown in the preview line: SQL or the like. */
  readonly preview?: string
  /** Other words that find it. */
  readonly keywords?: readonly string[]
  run(options: { readonly inNewTab: boolean }): void
}

export interface PaletteSource {
  readonly id: string
  /** Heading above its items. */
  readonly title: string
  readonly prefix: PalettePrefix
  /** Called at each keystroke: answer from what is in memory, in well under 50 ms. */
  items(query: string): readonly PaletteItem[]
}

export interface PaletteSources {
  readonly all: Store<readonly PaletteSource[]>
  /** Adds a source; returns how to take it away. */
  add(source: PaletteSource): () => void
}

/** Makes an empty list of sources. */
export function createPaletteSources(): PaletteSources {
  const all = createStore<readonly PaletteSource[]>([])
  return {
    all,
    add(source) {
      all.update((before) => [...before.filter((one) => one.id !== source.id), source])
      return () => all.update((before) => before.filter((one) => one !== source))
    },
  }
}
