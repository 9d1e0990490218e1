// The one way from an actor and a project's id to the project: whoever may not see it learns nothing of it.
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import type { Queryable, Tx } from '../db/database.ts'
import { requireRole } from '../organisations/index.ts'
import { MINIMUM_ROLE, type ProjectAction } from './permissions.ts'
import { findProject, lockProject, type ProjectRow } from './store.ts'

/**
 * The project, if the actor may do `action` with it. Throws NOT_FOUND when there is none, when it is gone for good, and when the
 * actor does not belong to its organisation; FORBIDDEN when the role is too low.
 */
export async function requireProject(
  db: Queryable,
  actor: Actor,
  projectId: ProjectId,
  action: ProjectAction,
): Promise<ProjectRow> {
  return assertMay(db, actor, await findProject(db, projectId), action)
}

/** The same, holding the project's row so that nobody else changes it before the transaction ends. */
export async function requireProjectLocked(
  tx: Tx,
  actor: Actor,
  projectId: ProjectId,
  action: ProjectAction,
): Promise<ProjectRow> {
  return assertMay(tx, actor, await lockProject(tx, projectId), action)
}

/** What everybody is told of a project that is not theirs. */
export function noSuchProject(): AppError {
  return new AppError('NOT_FOUND', 'There is no such project.')
}

async function assertMay(
  db: Queryable,
  actor: Actor,
  project: ProjectRow | undefined,
  action: ProjectAction,
): Promise<ProjectRow> {
  if (project === undefined) throw noSuchProject()
  try {
    await requireRole(db, actor, project.organisationId, MINIMUM_ROLE[action])
  } catch (error) {
    throw isAppError(error, 'NOT_FOUND') ? noSuchProject() : error
  }
  return project
}
