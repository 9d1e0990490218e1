// Designs: the drafts and diagrams of the designer, journalled on this machine so that a crash loses nothing.
import { z } from 'zod'
import { call, capability, event } from '../rpc/definition.ts'
import { ModelObject } from '../schema/model.ts'
import { ConnectionId, Timestamp } from './ids.ts'

export const DesignId = z.uuid().brand<'DesignId'>()
export type DesignId = z.infer<typeof DesignId>

const ColumnFill = z.object({ columnId: z.string(), expression: z.string() })

/** One step of a draft: objects put in (new, or in the place of the one with their id) and ids taken out. */
export const ModelPatch = z.object({
  /** For the undo menu: "Rename film to movie". */
  label: z.string(),
  put: z.array(ModelObject).readonly(),
  remove: z.array(z.string()).readonly(),
  /** Rows that are there: where this column is null, the migration sets it to this expression, before it says NOT NULL or drops what the expression reads. */
  fills: z.array(ColumnFill).readonly().optional(),
})
export type ModelPatch = Readonly<z.infer<typeof ModelPatch>>

const Point = { x: z.number(), y: z.number() }

/** Where things stand and how they look. Keys are ids of objects; `names` keep them findable in another database and through a drop and create. */
export const Diagram = z.object({
  positions: z.record(z.string(), z.object(Point)),
  names: z.record(z.string(), z.string()),
  groups: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      colour: z.number().int().min(0).max(7),
      members: z.array(z.string()),
    }),
  ),
  notes: z.array(
    z.object({
      id: z.string(),
      ...Point,
      width: z.number(),
      height: z.number(),
      text: z.string(),
      colour: z.number().int().min(0).max(7),
    }),
  ),
  /** Schemas shown; null is all. */
  schemas: z.array(z.string()).nullable(),
  viewport: z.object({ ...Point, zoom: z.number() }).nullable(),
})
export type Diagram = z.infer<typeof Diagram>

export const Design = z.object({
  designId: DesignId,
  connectionId: ConnectionId,
  name: z.string().min(1).max(100),
  updatedAt: Timestamp,
  /** Steps staged and not undone. */
  stagedSteps: z.number().int(),
})
export type Design = z.infer<typeof Design>

/** What a person made of the migration under review. Kept with the draft, so that a crash loses no edit of its SQL. */
export const ReviewText = z.object({
  /** Edited SQL; null while it is what was generated. */
  up: z.string().max(5_000_000).nullable(),
  down: z.string().max(5_000_000).nullable(),
  /** What had been generated when it was first edited: the draft may have moved on since. */
  editedFrom: z.string().max(5_000_000).nullable(),
  /** Chosen by the person; null while it is the proposed one. */
  name: z.string().max(100).nullable(),
  /** The file that an attempt has written and that no database has had yet: the next attempt writes over it. */
  version: z.string().nullable(),
})
export type ReviewText = Readonly<z.infer<typeof ReviewText>>

/** Writes to the journal: CONFLICT when another page has written since this revision. Each that succeeds makes it one more. Left out: not asked for. */
const revision = z.number().int().optional()

/** A design was made, renamed, removed or written to. */
export const DesignsChanged = z.object({
  connectionId: ConnectionId,
  /** A journal was written, and how often by now: a window that has written less often has been overtaken. */
  written: z.object({ designId: DesignId, revision: z.number().int() }).optional(),
})
export type DesignsChanged = z.infer<typeof DesignsChanged>

export const designs = capability('designs', {
  list: call({ input: z.object({ connectionId: ConnectionId }), output: z.array(Design) }),
  create: call({ input: z.object({ connectionId: ConnectionId, name: Design.shape.name }), output: Design }),
  rename: call({ input: z.object({ designId: DesignId, name: Design.shape.name }), output: Design }),
  remove: call({ input: z.object({ designId: DesignId }), output: z.object({}) }),
  /** The diagram, and the draft: its steps with the base they start from (only the objects that the steps touch, as they were). */
  open: call({
    input: z.object({ designId: DesignId }),
    output: Design.extend({
      diagram: Diagram,
      base: z.array(ModelObject).readonly(),
      steps: z.array(ModelPatch).readonly(),
      /** Steps from here on are undone and can be done again. */
      head: z.number().int(),
      /** How often the journal was written. */
      revision: z.number().int(),
    }),
  }),
  /** Appends: cuts off the steps from `at` on, adds these. On disk when it resolves. `base`: touched objects that no earlier step touched. */
  journal: call({
    input: z.object({
      designId: DesignId,
      at: z.number().int(),
      steps: z.array(ModelPatch).readonly(),
      base: z.array(ModelObject).readonly(),
      revision,
    }),
    output: z.object({ head: z.number().int() }),
  }),
  /** Undo and redo. */
  moveHead: call({
    input: z.object({ designId: DesignId, head: z.number().int(), revision }),
    output: z.object({}),
  }),
  /** After an apply or a merge: another base, another list of steps. */
  rebase: call({
    input: z.object({
      designId: DesignId,
      base: z.array(ModelObject).readonly(),
      steps: z.array(ModelPatch).readonly(),
      revision,
    }),
    output: z.object({}),
  }),
  saveDiagram: call({ input: z.object({ designId: DesignId, diagram: Diagram }), output: z.object({}) }),
  /** Null while nothing was edited. */
  readReview: call({
    input: z.object({ designId: DesignId }),
    output: z.object({ review: ReviewText.nullable() }),
  }),
  /** On disk when it resolves. */
  saveReview: call({
    input: z.object({ designId: DesignId, review: ReviewText.nullable() }),
    output: z.object({}),
  }),
  changed: event(DesignsChanged),
})
