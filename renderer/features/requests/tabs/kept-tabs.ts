// The open tabs as the workspace keeps them: one text of the layout, read again at the next start.
import { z } from 'zod'
import { CollectionId } from '#contract/requests/collection.ts'
import { newRequestTab, type OpenTab } from './open-tab.ts'

/** A text of the layout is no longer than this; what does not fit is left out, the tabs opened last first. */
const MOST_LETTERS = 1000
/** So many texts of the layout are used. */
const MOST_PARTS = 60

const Kept = z.array(
  z.union([
    z.object({ i: z.uuid(), c: CollectionId.nullable(), p: z.string().nullable() }),
    z.object({ i: z.uuid(), v: z.string(), a: z.string(), t: z.string() }),
  ]),
)

type LayoutValues = Readonly<Record<string, unknown>>

const NAME = 'requests.tabs'

/** The texts that keep the tabs, by their names in the layout. */
export function keepTabs(
  tabs: readonly OpenTab[],
  activeId: string | null,
): Readonly<Record<string, string>> {
  let kept = tabs.map((tab) =>
    tab.kind === 'view'
      ? { i: tab.id, v: tab.view, a: tab.params, t: tab.title }
      : { i: tab.id, c: tab.collectionId, p: tab.path },
  )
  let text = JSON.stringify(kept)
  while (text.length > MOST_LETTERS * MOST_PARTS) {
    kept = kept.slice(0, -1)
    text = JSON.stringify(kept)
  }
  const parts = Math.ceil(text.length / MOST_LETTERS)
  return {
    [`${NAME}.active`]: activeId ?? '',
    [`${NAME}.parts`]: String(parts),
    ...Object.fromEntries(
      Array.from({ length: parts }, (_, at) => [
        `${NAME}.${at}`,
        text.slice(at * MOST_LETTERS, (at + 1) * MOST_LETTERS),
      ]),
    ),
  }
}

/** The tabs and the active one, as they were kept; none when nothing was, or from another version. */
export function readKeptTabs(layout: LayoutValues): {
  readonly tabs: readonly OpenTab[]
  readonly activeId: string | null
} {
  const parts = Number(layout[`${NAME}.parts`] ?? 0)
  const text = Array.from({ length: Math.min(MOST_PARTS, Number.isNaN(parts) ? 0 : parts) }, (_, at) =>
    String(layout[`${NAME}.${at}`] ?? ''),
  ).join('')
  const active = layout[`${NAME}.active`]
  const activeId = typeof active === 'string' && active !== '' ? active : null
  try {
    return {
      activeId,
      tabs: Kept.parse(JSON.parse(text)).map((kept): OpenTab =>
        'v' in kept
          ? { kind: 'view', id: kept.i, view: kept.v, params: kept.a, title: kept.t }
          : newRequestTab(kept.i, { collectionId: kept.c, path: kept.p }, null),
      ),
    }
  } catch {
    return { tabs: [], activeId: null }
  }
}
