// Who may see what the database did.
import { isAppError } from '#contract/errors.ts'
import type { Queryable } from '../db/database.ts'
import { requireProject } from '../projects/index.ts'
import type { TicketOwner } from './tickets.ts'

/** Whether a member may see what the database did for requests to a project. Throws what the database throws. */
export async function mayWatch(db: Queryable, { projectId, actor }: TicketOwner): Promise<boolean> {
  try {
    const project = await requireProject(db, actor, projectId, 'insight.read')
    return project.desiredState !== 'deleted'
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND') || isAppError(error, 'FORBIDDEN')) return false
    throw error
  }
}
