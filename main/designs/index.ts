// The designer's drafts and diagrams, on this machine. Each call is durable when it is answered.
import { EventEmitter } from 'node:events'
import { DesignId, type designs, type DesignsChanged } from '#contract/capabilities/designs.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { DesignStore } from '../cache/index.ts'
import type { ConnectionsService } from '../connections/index.ts'

export interface DesignsDependencies {
  readonly store: DesignStore
  readonly connections: Pick<ConnectionsService, 'get'>
  readonly clock: { now(): Date }
  readonly newId: () => string
}

/** Makes the handlers over their store. */
export function createDesignsCapability(
  dependencies: DesignsDependencies,
): CapabilityHandlers<typeof designs> {
  const { store, connections, clock, newId } = dependencies
  const emitter = new EventEmitter<{ changed: [DesignsChanged] }>()
  emitter.setMaxListeners(0)
  const now = (): string => clock.now().toISOString()
  /** `from`: the revision that a write to the journal was made over; it is one more now. */
  const notify = (designId: DesignId, from?: number): void => {
    const design = store.get(designId)
    if (design === undefined) return
    const written = from === undefined ? {} : { written: { designId, revision: from + 1 } }
    emitter.emit('changed', { connectionId: design.connectionId, ...written })
  }

  /** Throws NOT_FOUND for a design of a connection that is not this person's any more: a project's, once its account has logged out. */
  const own = async (designId: DesignId): Promise<void> => {
    const design = store.get(designId)
    // One that is not there is told of by the store.
    if (design !== undefined) await connections.get(design.connectionId)
  }

  return {
    async list({ connectionId }) {
      await connections.get(connectionId)
      return store.list(connectionId)
    },
    async create({ connectionId, name }) {
      // Throws for a connection that is not there.
      await connections.get(connectionId)
      const design = store.create({ designId: DesignId.parse(newId()), connectionId, name, updatedAt: now() })
      notify(design.designId)
      return design
    },
    async rename({ designId, name }) {
      await own(designId)
      const design = store.rename(designId, name, now())
      notify(designId)
      return design
    },
    async remove({ designId }) {
      await own(designId)
      const connectionId = store.get(designId)?.connectionId
      store.remove(designId)
      if (connectionId !== undefined) emitter.emit('changed', { connectionId })
      return {}
    },
    async open({ designId }) {
      await own(designId)
      const { steps, base, ...design } = store.open(designId)
      return { ...design, steps, base }
    },
    async journal({ designId, at, steps, base, revision }) {
      await own(designId)
      const head = store.append(designId, at, { steps, base, revision }, now())
      notify(designId, revision)
      return { head }
    },
    async moveHead({ designId, head, revision }) {
      await own(designId)
      store.moveHead(designId, { head, revision }, now())
      notify(designId, revision)
      return {}
    },
    async rebase({ designId, base, steps, revision }) {
      await own(designId)
      store.replace(designId, { base, steps, revision }, now())
      notify(designId, revision)
      return {}
    },
    async saveDiagram({ designId, diagram }) {
      await own(designId)
      store.saveDiagram(designId, diagram, now())
      return {}
    },
    async readReview({ designId }) {
      await own(designId)
      return { review: store.review(designId) }
    },
    async saveReview({ designId, review }) {
      await own(designId)
      store.saveReview(designId, review)
      return {}
    },
    changed(emit) {
      emitter.on('changed', emit)
      return () => void emitter.off('changed', emit)
    },
  }
}
