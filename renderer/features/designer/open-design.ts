// Opens a design: the database's schema, the journalled draft over it, the diagram; and keeps them together while it is open.
import type { DesignId, designs, Diagram } from '#contract/capabilities/designs.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { schema } from '#contract/capabilities/schema.ts'
import type { Client } from '#contract/rpc/definition.ts'
import { describeError } from '../../host/error-text.ts'
import { createStore, type Store } from '../../host/store.ts'
import { baseOf, createDraft, type Draft, type DraftJournal } from './draft.ts'
import { createHistory } from './history.ts'
import { applyPatch } from '#postgres/common/catalog/patch.ts'
import { loadModel } from '../schema/index.ts'
import { isMergeNeeded, mineOnTop } from './merge/merge-draft.ts'
import { NOTHING_SELECTED, type DesignSession, type LiveSchema, type Reveal } from './session.ts'

/** The part of the host that the designer needs. */
export type DesignerHost = Client<{ readonly schema: typeof schema; readonly designs: typeof designs }>

export interface OpenDesign extends DesignSession {
  /** Why the diagram could not be kept, until it can; null when all is on disk. */
  readonly problem: Store<string | null>
  /** Takes what another window has written, and puts what was staged here meanwhile on top of it. Rejects as `designs.open` does. */
  reload(): Promise<void>
  /** Asks the database itself for its schema. Rejects as `schema.load` does. */
  refresh(): Promise<void>
  /** Writes what is left and stops following. */
  close(): Promise<void>
}

const SAVE_AFTER_MS = 400

/** Opens it. Rejects with CONNECTION_FAILED when the schema was never read and the database is away, NOT_FOUND for a design that is gone. */
export async function openDesign(
  host: DesignerHost,
  connectionId: ConnectionId,
  designId: DesignId,
): Promise<OpenDesign> {
  const source = { kind: 'connection' as const, connectionId }
  // What is told while the schema is being read counts too: that the database is out of reach, most of all.
  const news = gatherNews(host, connectionId)
  const [opened, loaded] = await Promise.all([
    host.designs.open({ designId }),
    loadModel(host, source),
  ]).catch((error: unknown) => {
    news.stop()
    throw error
  })
  const { diagram: kept, base: keptBase, steps, head, revision, ...design } = opened
  const journal = journalOf(host, designId, revision)
  const live = createStore<LiveSchema>({ model: loaded.model, asOf: loaded.asOf, isStale: loaded.isStale })
  const describe = (error: unknown): string => describeError(error)?.message ?? 'It could not be written.'
  const draft = createDraft({
    base: baseOf(loaded.model, keptBase, steps),
    steps,
    head,
    journal,
    describe,
  })
  const diagram = createStore<Diagram>(kept)
  const designStore = createStore({ ...design })
  const history = createHistory(draft, diagram)
  const problem = createStore<string | null>(null)
  const saving = keepDiagram({
    save: (value) => host.designs.saveDiagram({ designId, diagram: value }).then(() => undefined),
    read: diagram.get,
    tell: (error) => problem.set(error === null ? null : describe(error)),
  })

  const read = async (refresh: boolean): Promise<void> => {
    const next = await loadModel(host, source, { refresh })
    live.set({ model: next.model, asOf: next.asOf, isStale: next.isStale })
    follow(draft, live.get())
  }
  /** Takes what another window has written; false where that would put something of this window on top, and nobody has asked for it. */
  const takeOther = async (isAsked: boolean): Promise<boolean> => {
    const theirs = await host.designs.open({ designId })
    await draft.settled()
    const base = baseOf(live.get().model, theirs.base, theirs.steps)
    const model = theirs.steps.slice(0, theirs.head).reduce(applyPatch, base)
    const [written, now] = [draft.written(), draft.state.get()]
    const mine = now.model === written ? null : mineOnTop(written, now, model)
    if (mine !== null && !isAsked) return false
    journal.setRevision(theirs.revision)
    draft.adopt({ ...theirs, base }, mine)
    return true
  }
  /** Another window may have written: that is shown here at once. Where this one has changes that are not on disk, the person is told instead. */
  const followOther = async (revision: number): Promise<void> => {
    // What is on its way from here may be what was told.
    await draft.settled()
    if (revision > journal.revision() && !(await takeOther(false).catch(() => false)))
      draft.isOutdated.set(true)
  }
  const stops = [
    diagram.subscribe(saving.later),
    history.stop,
    draft.state.subscribe(() =>
      designStore.update((now) => {
        const staged = draft.state.get().head
        return now.stagedSteps === staged ? now : { ...now, stagedSteps: staged }
      }),
    ),
    news.stop,
    host.designs.changed((news) => {
      if (news.connectionId !== connectionId) return
      if (news.written?.designId === designId) void followOther(news.written.revision)
      void host.designs.list({ connectionId }).then(
        (all) => {
          const found = all.find((one) => one.designId === designId)
          if (found !== undefined && found.name !== designStore.get().name)
            designStore.update((now) => ({ ...now, name: found.name }))
        },
        // A name that is old for a moment disturbs nobody.
        () => undefined,
      )
    }),
  ]
  news.follow(({ asOf, isStale }) => {
    // The next news tries again; until then what was read last is shown with its age.
    if (asOf !== live.get().asOf)
      void read(false).catch(() => live.update((now) => ({ ...now, isStale: true })))
    else if (isStale !== live.get().isStale) live.update((now) => ({ ...now, isStale }))
  })
  return {
    connectionId,
    design: designStore,
    draft,
    live,
    selection: createStore(NOTHING_SELECTED),
    diagram,
    history,
    reveal: createStore<Reveal | null>(null),
    problem,
    async reload() {
      await takeOther(true)
    },
    refresh: () => read(true),
    async close() {
      for (const stop of stops) stop()
      await Promise.all([saving.flush(), draft.settled()])
    },
  }
}

interface SchemaNews {
  readonly asOf: string
  readonly isStale: boolean
}

/** Listens at once and keeps the latest news until somebody follows. */
function gatherNews(
  host: DesignerHost,
  connectionId: ConnectionId,
): { follow(tell: (news: SchemaNews) => void): void; readonly stop: () => void } {
  let latest: SchemaNews | undefined
  let tell = (news: SchemaNews): void => void (latest = news)
  const stop = host.schema.changed((news) => {
    if (news.connectionId === connectionId) tell(news)
  })
  return {
    follow(next) {
      tell = next
      if (latest !== undefined) next(latest)
    },
    stop,
  }
}

/**
 * Takes a newer schema as the base where the draft does not touch what changed. Where it does, the base stays: merging is the person's, object by object.
 */
function follow(draft: Draft, { model }: LiveSchema): void {
  const now = draft.state.get()
  if (now.base !== model && !isMergeNeeded(now, model)) draft.rebase(model, now.steps.slice(0, now.head))
}

/** Each write is one more revision; the host refuses it where another window has written meanwhile. */
function journalOf(
  host: DesignerHost,
  designId: DesignId,
  start: number,
): DraftJournal & { readonly revision: () => number; setRevision(revision: number): void } {
  let revision = start
  const write = async (work: () => Promise<unknown>): Promise<void> => {
    await work()
    revision += 1
  }
  return {
    append: (entry) => write(() => host.designs.journal({ designId, ...entry, revision })),
    moveHead: (head) => write(() => host.designs.moveHead({ designId, head, revision })),
    rebase: (entry) => write(() => host.designs.rebase({ designId, ...entry, revision })),
    revision: () => revision,
    setRevision: (next) => void (revision = next),
  }
}

interface Keeping {
  readonly save: (diagram: Diagram) => Promise<void>
  readonly read: () => Diagram
  readonly tell: (error: unknown) => void
}

/** Saves the diagram once changes pause, one save at a time. */
function keepDiagram({ save, read, tell }: Keeping): { later: () => void; flush: () => Promise<void> } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let saved = read()
  let writing: Promise<void> = Promise.resolve()
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(async () => {
      const next = read()
      if (next === saved) return
      try {
        await save(next)
        saved = next
        tell(null)
      } catch (error) {
        tell(error)
      }
    })
    return writing
  }
  return {
    later() {
      clearTimeout(timer)
      timer = setTimeout(() => void flush(), SAVE_AFTER_MS)
    },
    flush,
  }
}
