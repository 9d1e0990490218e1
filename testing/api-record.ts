// What is stored of a project's data API, for tests that need no database.
import { ProjectId } from '../contract/capabilities/ids.ts'
import type { ApiRecord } from '../backend/api/project-apis.ts'
import { DEFAULT_SETTINGS, toRestConfig } from '../backend/api/settings.ts'

const ref = 'abcdefgh2345'

/** A project that never changed a setting, and trusts nobody's tokens. */
export const sampleApiRecord: ApiRecord = {
  projectId: ProjectId.parse('6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a11'),
  ref,
  settings: DEFAULT_SETTINGS,
  config: toRestConfig(DEFAULT_SETTINGS, `https://host/${ref}/rest/v1`),
  jwtSecrets: [],
  issuers: [],
}
