// Designs in SQLite: the journal of each draft, what its steps start from, and the diagram. Every call is one committed transaction: a killed process loses
// nothing that was answered.
import { z } from 'zod'
import { Design, Diagram, ModelPatch, ReviewText } from '#contract/capabilities/designs.ts'
import { AppError } from '#contract/errors.ts'
import { ModelObject } from '#contract/schema/model.ts'
import { unusable, type Cache } from './database.ts'

/** A design with its draft. */
export interface OpenedDesign extends Design {
  readonly diagram: Diagram
  readonly base: readonly ModelObject[]
  readonly steps: readonly ModelPatch[]
  readonly head: number
  /** How often its journal was written. */
  readonly revision: number
}

/** CONFLICT when the journal was written since; not asked for when it is left out. */
interface Expected {
  readonly revision?: number | undefined
}

/** Steps to write, with the objects that they are the first to touch. */
export interface JournalEntry extends Expected {
  readonly steps: readonly ModelPatch[]
  readonly base: readonly ModelObject[]
}

/** All but `list` and `get` throw NOT_FOUND for a design that is not there. Times are ISO 8601. */
export interface DesignStore {
  /** The designs of a connection, the latest first. */
  list(connectionId: string): Design[]
  get(designId: string): Design | undefined
  create(design: Omit<Design, 'stagedSteps'>): Design
  rename(designId: string, name: string, at: string): Design
  remove(designId: string): void
  /** Throws LOCAL_DATA_UNUSABLE when what is stored does not fit this version. */
  open(designId: string): OpenedDesign
  /**
   * Adds steps at the head, cutting off those that are undone. `from` must be the head: CONFLICT means that another page has written to the journal.
   * Returns the new head.
   */
  append(designId: string, from: number, entry: JournalEntry, at: string): number
  /** Throws INVALID_INPUT for a head behind the last step, CONFLICT. */
  moveHead(designId: string, to: Expected & { readonly head: number }, at: string): void
  /** Puts another draft in the place of what is there. Throws CONFLICT. */
  replace(designId: string, entry: JournalEntry, at: string): void
  saveDiagram(designId: string, diagram: Diagram, at: string): void
  /** Null while nothing was edited, and for what another version has written. */
  review(designId: string): ReviewText | null
  saveReview(designId: string, review: ReviewText | null): void
}

const Row = z
  .object({
    id: z.string(),
    connection_id: z.string(),
    name: z.string(),
    updated_at: z.string(),
    head: z.number().int(),
  })
  .transform((row) => ({
    designId: row.id,
    connectionId: row.connection_id,
    name: row.name,
    updatedAt: row.updated_at,
    stagedSteps: row.head,
  }))
  .pipe(Design)
const parsedJson = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema)
const DiagramRow = z.object({ diagram: parsedJson(Diagram) })
const ReviewRow = z.object({ review: parsedJson(ReviewText) })
const StepRow = z.object({ patch: parsedJson(ModelPatch) })
const BaseRow = z.object({ object: parsedJson(ModelObject) })
const CountRow = z.object({ count: z.number().int() })
const RevisionRow = z.object({ revision: z.number().int() })

const EMPTY_DIAGRAM: Diagram = {
  positions: {},
  names: {},
  groups: [],
  notes: [],
  schemas: null,
  viewport: null,
}

/** The store over an open cache. */
export function createDesignStore(cache: Cache): DesignStore {
  const { sqlite } = cache
  const columns = 'id, connection_id, name, updated_at, head'
  const selectAll = sqlite.prepare(
    `select ${columns} from design where connection_id = ? order by updated_at desc, rowid desc`,
  )
  const selectOne = sqlite.prepare(`select ${columns} from design where id = ?`)
  const insert = sqlite.prepare(
    'insert into design (id, connection_id, name, updated_at, diagram) values (?, ?, ?, ?, ?)',
  )
  const setName = sqlite.prepare('update design set name = ?, updated_at = ? where id = ?')
  const drop = sqlite.prepare('delete from design where id = ?')
  const setHead = sqlite.prepare('update design set head = ?, updated_at = ? where id = ?')
  const selectRevision = sqlite.prepare('select revision from design where id = ?')
  const countRevision = sqlite.prepare('update design set revision = revision + 1 where id = ?')
  const selectDiagram = sqlite.prepare('select diagram from design where id = ?')
  const setDiagram = sqlite.prepare('update design set diagram = ?, updated_at = ? where id = ?')
  const selectReview = sqlite.prepare('select review from design where id = ?')
  const setReview = sqlite.prepare('update design set review = ? where id = ?')
  const selectSteps = sqlite.prepare('select patch from design_step where design_id = ? order by position')
  const countSteps = sqlite.prepare('select count(*) as count from design_step where design_id = ?')
  const insertStep = sqlite.prepare('insert into design_step (design_id, position, patch) values (?, ?, ?)')
  const cutSteps = sqlite.prepare('delete from design_step where design_id = ? and position >= ?')
  const selectBase = sqlite.prepare('select object from design_base where design_id = ? order by rowid')
  const insertBase = sqlite.prepare(
    `insert into design_base (design_id, object_id, first_step, object) values (?, ?, ?, ?)
     on conflict (design_id, object_id) do nothing`,
  )
  const cutBase = sqlite.prepare('delete from design_base where design_id = ? and first_step >= ?')

  const get = (designId: string): Design | undefined => {
    const row = selectOne.get(designId)
    return row === undefined ? undefined : Row.parse(row)
  }
  const find = (designId: string): Design => {
    const design = get(designId)
    if (design === undefined) throw new AppError('NOT_FOUND', 'There is no such design on this machine.')
    return design
  }
  /** Everything from step `from` on becomes `entry`. */
  const write = (designId: string, from: number, entry: JournalEntry, at: string): number => {
    cutSteps.run(designId, from)
    cutBase.run(designId, from)
    entry.steps.forEach((step, index) => insertStep.run(designId, from + index, JSON.stringify(step)))
    const firstStep = firstTouches(entry.steps)
    for (const object of entry.base) {
      const index = firstStep.get(object.id)
      if (index === undefined)
        throw new AppError('INVALID_INPUT', `No step touches ${object.id}, which is given as a base of them.`)
      insertBase.run(designId, object.id, from + index, JSON.stringify(object))
    }
    const head = from + entry.steps.length
    setHead.run(head, at, designId)
    return head
  }
  const revisionOf = (designId: string): number => RevisionRow.parse(selectRevision.get(designId)).revision
  /** Runs what writes. Throws LOCAL_DATA_UNUSABLE when the disk is full or the file is damaged: nothing of it is written then. */
  const written = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw unusable(error, cache.path)
    }
  }
  /** Writes to the journal in one transaction that no other process can slip into. */
  const writeJournal = <T>(designId: string, { revision }: Expected, work: (design: Design) => T): T =>
    written(() =>
      sqlite
        .transaction(() => {
          const design = find(designId)
          if (revision !== undefined && revision !== revisionOf(designId)) throw changedElsewhere()
          countRevision.run(designId)
          return work(design)
        })
        .immediate(),
    )

  return {
    // One that cannot be read keeps nobody from the others.
    list: (connectionId) => selectAll.all(connectionId).flatMap((row) => Row.safeParse(row).data ?? []),
    get,
    create({ designId, connectionId, name, updatedAt }) {
      written(() => insert.run(designId, connectionId, name, updatedAt, JSON.stringify(EMPTY_DIAGRAM)))
      return find(designId)
    },
    rename(designId, name, at) {
      written(() => setName.run(name, at, designId))
      return find(designId)
    },
    remove(designId) {
      find(designId)
      written(() => drop.run(designId))
    },
    open: (designId) =>
      sqlite.transaction((): OpenedDesign => {
        const design = find(designId)
        try {
          return {
            ...design,
            diagram: DiagramRow.parse(selectDiagram.get(designId)).diagram,
            base: selectBase.all(designId).map((row) => BaseRow.parse(row).object),
            steps: selectSteps.all(designId).map((row) => StepRow.parse(row).patch),
            head: design.stagedSteps,
            revision: revisionOf(designId),
          }
        } catch (cause) {
          throw new AppError(
            'LOCAL_DATA_UNUSABLE',
            `The design "${design.name}" was written by another version of NebulaDB and cannot be read. It was left as it is.`,
            { hint: 'Open it with that version, or remove it.', cause },
          )
        }
      })(),
    append: (designId, from, entry, at) =>
      writeJournal(designId, entry, ({ stagedSteps }) => {
        if (stagedSteps !== from) throw changedElsewhere()
        return write(designId, from, entry, at)
      }),
    moveHead: (designId, to, at) =>
      writeJournal(designId, to, () => {
        const { count } = CountRow.parse(countSteps.get(designId))
        if (to.head < 0 || to.head > count)
          throw new AppError('INVALID_INPUT', `The draft has ${count} steps, step ${to.head} is not there.`)
        setHead.run(to.head, at, designId)
      }),
    replace: (designId, entry, at) => writeJournal(designId, entry, () => void write(designId, 0, entry, at)),
    saveDiagram(designId, diagram, at) {
      find(designId)
      written(() => setDiagram.run(JSON.stringify(diagram), at, designId))
    },
    review(designId) {
      find(designId)
      const row = ReviewRow.safeParse(selectReview.get(designId))
      return row.success ? row.data.review : null
    },
    saveReview(designId, review) {
      find(designId)
      written(() => setReview.run(review === null ? null : JSON.stringify(review), designId))
    },
  }
}

function changedElsewhere(): AppError {
  return new AppError('CONFLICT', 'This design was changed in another window.', {
    hint: 'Reload it: your changes are put on top of what is there.',
  })
}

/** The first of the steps that touches each id. */
function firstTouches(steps: readonly ModelPatch[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>()
  steps.forEach((step, index) => {
    for (const id of [...step.put.map((object) => object.id), ...step.remove])
      if (!first.has(id)) first.set(id, index)
  })
  return first
}
