// Hooks for single values of the layout.
import { useStore } from '../host/store.ts'
import { useShell } from './shell.tsx'

/** A number of the layout (a size, a ratio) and how to change it. */
export function useLayoutNumber(name: string, fallback: number): [number, (value: number) => void] {
  const { layout } = useShell()
  const value = useStore(layout.values)[name]
  return [typeof value === 'number' ? value : fallback, (next) => layout.set(name, next)]
}

/** A flag of the layout (folded, shown) and how to change it. */
export function useLayoutFlag(name: string, fallback: boolean): [boolean, (value: boolean) => void] {
  const { layout } = useShell()
  const value = useStore(layout.values)[name]
  return [typeof value === 'boolean' ? value : fallback, (next) => layout.set(name, next)]
}

/** A text of the layout (at most 1000 characters) and how to change it. */
export function useLayoutText(name: string, fallback: string): [string, (value: string) => void] {
  const { layout } = useShell()
  const value = useStore(layout.values)[name]
  return [typeof value === 'string' ? value : fallback, (next) => layout.set(name, next)]
}
