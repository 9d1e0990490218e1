// Looks at all instances in turns and records what they held since the last look. An end that is told of is counted to its moment; one that is only seen
// (a server that ended by itself, a host that went down) to the look before.
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../db/database.ts'
import { hourOf } from './decide.ts'
import {
  computeEvents,
  levelEvents,
  readHoldings,
  readLevels,
  resumeLevel,
  type ComputeSize,
  type Holding,
  type Level,
} from './samplers.ts'
import type { UsageEvent } from './types.ts'

const SIZE: ComputeSize = 'standard'

export interface Holdings {
  /** Records what is held now. `ended` names projects that stop being awake at this moment: they are counted until now by what was known of them. */
  look(what: { readonly storage: boolean }): Promise<void>
  /** Records the compute time of a project until now, because it ends now. */
  end(projectId: ProjectId): void
}

interface Awake {
  readonly holding: Holding & { readonly awakeSince: Date }
  readonly until: Date
}

/** Makes it. Call `look` only when what earlier processes have spooled is ingested: storage goes on where that ended. */
export function createHoldings(deps: {
  readonly db: Queryable
  readonly clock: Clock
  readonly record: (event: UsageEvent) => void
}): Holdings {
  const { db, clock, record } = deps
  const awake = new Map<ProjectId, Awake>()
  /** Projects whose level is known and which are not there now. */
  const absent = new Set<ProjectId>()
  let levels: Map<ProjectId, Level> | undefined

  const countCompute = ({ holding, until }: Awake, now: Date): void => {
    for (const event of computeEvents({ ...holding, size: SIZE }, { from: until, until: now })) record(event)
  }

  const lookAtCompute = (holdings: readonly Holding[], now: Date): void => {
    const present = new Set(
      holdings.filter(({ awakeSince }) => awakeSince !== null).map(({ projectId }) => projectId),
    )
    for (const projectId of awake.keys()) if (!present.has(projectId)) awake.delete(projectId)
    for (const holding of holdings) {
      const { projectId, awakeSince } = holding
      if (awakeSince === null) continue
      const before = awake.get(projectId)
      const isSame = before?.holding.awakeSince.getTime() === awakeSince.getTime()
      // Seen for the first time by this process: from its start on, because another process may have counted it before.
      const known = { holding: { ...holding, awakeSince }, until: isSame ? before.until : awakeSince }
      countCompute(known, now)
      awake.set(projectId, { ...known, until: now })
    }
  }

  const lookAtStorage = (holdings: readonly Holding[], known: Map<ProjectId, Level>, now: Date): void => {
    const present = new Set(holdings.map(({ projectId }) => projectId))
    for (const [projectId, level] of known) {
      if (present.has(projectId)) continue
      // Deleted. It may be restored within the hour, whose key has a quantity already; later it begins anew.
      if (level.hour < hourOf(now)) known.delete(projectId)
      else absent.add(projectId)
    }
    for (const holding of holdings) {
      if (holding.sizeBytes === null) continue
      const before = known.get(holding.projectId)
      if (absent.delete(holding.projectId) && before !== undefined)
        known.set(holding.projectId, resumeLevel(before, now))
      const { events, level } = levelEvents(
        { ...holding, metric: 'storage', amount: holding.sizeBytes },
        known.get(holding.projectId),
        now,
      )
      for (const event of events) record(event)
      known.set(holding.projectId, level)
    }
  }

  return {
    async look({ storage }) {
      const holdings = await readHoldings(db)
      if (storage) levels ??= await readLevels(db)
      const now = clock.now()
      lookAtCompute(holdings, now)
      if (storage && levels !== undefined) lookAtStorage(holdings, levels, now)
    },
    end(projectId) {
      const known = awake.get(projectId)
      if (known === undefined) return
      countCompute(known, clock.now())
      awake.delete(projectId)
    },
  }
}
