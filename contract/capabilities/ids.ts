// Branded ids: a project's id is not an organisation's, and the compiler knows.
import { z } from 'zod'

export const AccountId = z.uuid().brand<'AccountId'>()
export type AccountId = z.infer<typeof AccountId>
export const OrganisationId = z.uuid().brand<'OrganisationId'>()
export type OrganisationId = z.infer<typeof OrganisationId>
export const ProjectId = z.uuid().brand<'ProjectId'>()
export type ProjectId = z.infer<typeof ProjectId>
/** A saved way to reach a Postgres. A project's own connection has the project's id. */
export const ConnectionId = z.uuid().brand<'ConnectionId'>()
export type ConnectionId = z.infer<typeof ConnectionId>
export const SavedQueryId = z.uuid().brand<'SavedQueryId'>()
export type SavedQueryId = z.infer<typeof SavedQueryId>
/** A collection as its team has it; on each machine it has an id of its own. */
export const TeamCollectionId = z.uuid().brand<'TeamCollectionId'>()
export type TeamCollectionId = z.infer<typeof TeamCollectionId>
/** A statement that runs or has run, chosen by the page so that it can cancel before the first item came. */
export const RunId = z.uuid().brand<'RunId'>()
export type RunId = z.infer<typeof RunId>
/** A result kept by the host. */
export const ResultId = z.uuid().brand<'ResultId'>()
export type ResultId = z.infer<typeof ResultId>
/** A moment, ISO 8601 with zone. */
export const Timestamp = z.iso.datetime({ offset: true })
export type Timestamp = z.infer<typeof Timestamp>
