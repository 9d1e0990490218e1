// Where the person is: an area and, inside it, a page. In memory, without addresses; kept in the workspace layout.
import { z } from 'zod'
import { createStore, type Store } from '../host/store.ts'

export const Location = z.object({
  /** Id of an Area: `home`, `sql`, `connections`, `settings`. */
  area: z.string(),
  /** Page of the area and what it is about: `project`, an id. Empty for the area's first page. */
  page: z.string().default(''),
  id: z.string().default(''),
})
export type Location = z.infer<typeof Location>

export interface Navigation {
  readonly location: Store<Location>
  go(to: { readonly area: string; readonly page?: string; readonly id?: string }): void
  /** Goes to an area as the person left it; to its first page when they are in it already. */
  enter(area: string): void
  back(): boolean
}

const MAX_BACK = 50

/** Makes a navigation that starts at `start`. */
export function createNavigation(start: Location): Navigation {
  const location = createStore(start)
  const past: Location[] = []
  const lastOf = new Map<string, Location>([[start.area, start]])
  const go: Navigation['go'] = ({ area, page = '', id = '' }) => {
    const now = location.get()
    if (now.area === area && now.page === page && now.id === id) return
    past.push(now)
    if (past.length > MAX_BACK) past.shift()
    lastOf.set(area, { area, page, id })
    location.set({ area, page, id })
  }
  return {
    location,
    go,
    enter: (area) => go(location.get().area === area ? { area } : (lastOf.get(area) ?? { area })),
    back() {
      const before = past.pop()
      if (before !== undefined) location.set(before)
      return before !== undefined
    },
  }
}
