// The list of everything the product can do. A capability has the same noun here, in its folder in `main` or `backend`, and in `renderer/features`.
import { access } from './capabilities/access.ts'
import { account } from './capabilities/account.ts'
import { apiKeys } from './capabilities/api-keys.ts'
import { api } from './capabilities/api.ts'
import { auth } from './capabilities/auth.ts'
import { billing } from './capabilities/billing.ts'
import { catalog } from './capabilities/catalog.ts'
import { collections } from './capabilities/collections.ts'
import { connections } from './capabilities/connections.ts'
import { connectivity } from './capabilities/connectivity.ts'
import { credentials } from './capabilities/credentials.ts'
import { database } from './capabilities/database.ts'
import { designs } from './capabilities/designs.ts'
import { explorer } from './capabilities/explorer.ts'
import { files } from './capabilities/files.ts'
import { history } from './capabilities/history.ts'
import { insight } from './capabilities/insight.ts'
import { migrations } from './capabilities/migrations.ts'
import { mocks } from './capabilities/mocks.ts'
import { organisations } from './capabilities/organisations.ts'
import { projectMigrations } from './capabilities/project-migrations.ts'
import { projects } from './capabilities/projects.ts'
import { query } from './capabilities/query.ts'
import { requests } from './capabilities/requests.ts'
import { runs } from './capabilities/runs.ts'
import { savedQueries } from './capabilities/saved-queries.ts'
import { schema } from './capabilities/schema.ts'
import { settings } from './capabilities/settings.ts'
import { sync } from './capabilities/sync.ts'
import { teamCollections } from './capabilities/team-collections.ts'
import { testSessions } from './capabilities/test-sessions.ts'
import { usage } from './capabilities/usage.ts'
import { workspace } from './capabilities/workspace.ts'

/** What the service serves: to the desktop host over WebSocket, to everybody else over HTTP. */
export const serviceContract = {
  auth,
  organisations,
  projects,
  credentials,
  database,
  projectMigrations,
  sync,
  api,
  apiKeys,
  access,
  insight,
  testSessions,
  teamCollections,
  usage,
  billing,
}
export type ServiceContract = typeof serviceContract

/** What the desktop host serves to the page. `organisations` and `projects` are the service's, answered from the cache when it is away. */
export const hostContract = {
  access,
  account,
  api,
  apiKeys,
  billing,
  catalog,
  collections,
  connections,
  connectivity,
  designs,
  explorer,
  files,
  history,
  insight,
  migrations,
  mocks,
  organisations,
  projects,
  query,
  requests,
  runs,
  savedQueries,
  schema,
  settings,
  usage,
  workspace,
}
export type HostContract = typeof hostContract
