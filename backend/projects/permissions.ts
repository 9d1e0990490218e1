// Which role may do what with a project: the whole table.
import type { Role } from '#contract/capabilities/organisations.ts'

/** The least role for each action on a project, its credentials and its databases. */
export const MINIMUM_ROLE = {
  'project.read': 'viewer',
  'project.start': 'developer',
  'project.stop': 'developer',
  'project.create': 'admin',
  'project.rename': 'admin',
  'project.delete': 'admin',
  'project.restore': 'admin',
  'credentials.read': 'developer',
  'credentials.rotate': 'admin',
  'database.inspect': 'viewer',
  'database.execute': 'developer',
  'database.change': 'developer',
  'access.read': 'viewer',
  'access.change': 'developer',
  // It shows rows, which needs what running SQL needs.
  'access.preview': 'developer',
  'api.read': 'viewer',
  'api.change': 'developer',
  'api.revealSecret': 'developer',
  'api.changeTrust': 'admin',
  'apiKeys.read': 'viewer',
  'apiKeys.change': 'developer',
  'testSessions.open': 'developer',
  // Row-level security does not hold it.
  'testSessions.openAsService': 'admin',
  // It shows rows and claims, which needs what running SQL needs.
  'insight.read': 'developer',
} as const satisfies Record<string, Role>

export type ProjectAction = keyof typeof MINIMUM_ROLE
