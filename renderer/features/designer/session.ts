// One open design: what the canvas, the panels and the review share. Parts talk to each other through these stores only.
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Design, Diagram } from '#contract/capabilities/designs.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import type { Store } from '../../host/store.ts'
import type { Draft } from './draft.ts'
import type { DesignHistory } from './history.ts'

/** What is selected: whole objects (tables, views, enums, notes, groups by id), or one part of one table. */
export interface Selection {
  readonly objectIds: readonly string[]
  /** A column, constraint, index, trigger or policy of the one object that is selected. */
  readonly partId: string | null
}
export const NOTHING_SELECTED: Selection = { objectIds: [], partId: null }

/** Brings an object into view and selects it, or one part of it. */
export type Reveal = (objectId: string, partId?: string) => void

export interface LiveSchema {
  readonly model: SchemaModel
  /** ISO 8601. */
  readonly asOf: string
  /** The database is out of reach: this is what was last read. */
  readonly isStale: boolean
}

export interface DesignSession {
  readonly connectionId: ConnectionId
  readonly design: Store<Design>
  readonly draft: Draft
  /** The database's schema as last read. Newer than the draft's base after a change from outside. */
  readonly live: Store<LiveSchema>
  readonly selection: Store<Selection>
  /** Where things stand. A person's changes go through `history`, so that they can be undone; what is kept by the way (the viewport) is set here. */
  readonly diagram: Store<Diagram>
  /** One undo for steps of the draft and moves in the diagram, in the order in which they were made. */
  readonly history: DesignHistory
  /** Brings this object into view and selects it. Set by the canvas while it is shown. */
  readonly reveal: Store<Reveal | null>
}
