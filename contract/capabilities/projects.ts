// Projects: hosted databases. Served by the service, and by the desktop host from its cache with the service behind it.
import { z } from 'zod'
import { call, capability, stream } from '../rpc/definition.ts'
import { OrganisationId, ProjectId, Timestamp } from './ids.ts'

export const ProjectName = z
  .string()
  .trim()
  .min(1, 'Give it a name.')
  .max(60, 'Use at most 60 characters.')
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u,
    'Use letters, digits, spaces, dots, dashes and underscores, starting with a letter or digit.',
  )
export const Environment = z.enum(['production', 'staging', 'development', 'local'])
export type Environment = z.infer<typeof Environment>

/** What the database does now. `asleep` is a wanted state; `failed` carries its reason in `problem`. */
export const ProjectStatus = z.enum([
  'creating',
  'starting',
  'awake',
  'stopping',
  'asleep',
  'deleted',
  'failed',
])
export type ProjectStatus = z.infer<typeof ProjectStatus>

export const Project = z.object({
  id: ProjectId,
  organisationId: OrganisationId,
  name: z.string(),
  /** Short, unique, in the connection string: `owner.<ref>`. */
  ref: z.string(),
  environment: Environment,
  region: z.string(),
  postgresVersion: z.string(),
  status: ProjectStatus,
  problem: z.string().nullable(),
  /** When a deleted project will be gone for good; null while it is not deleted. */
  purgeAt: Timestamp.nullable(),
  sizeBytes: z.number().int().nonnegative().nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Project = z.infer<typeof Project>

/** One step of a transition with its real duration, for the live progress. */
export const ProjectStep = z.object({
  name: z.enum(['record', 'storage', 'start', 'roles', 'first-query', 'stop', 'remove']),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  durationMs: z.number().nonnegative().nullable(),
  reason: z.string().nullable(),
})
export type ProjectStep = z.infer<typeof ProjectStep>
export const ProjectProgress = z.object({ project: Project, steps: z.array(ProjectStep) })
export type ProjectProgress = z.infer<typeof ProjectProgress>

/** Projects with the moment they were read from the service: older than now when the desktop answers from its cache. */
export const ProjectList = z.object({ items: z.array(Project), asOf: Timestamp, isStale: z.boolean() })
export type ProjectList = z.infer<typeof ProjectList>

export const CreateProject = z.object({
  organisationId: OrganisationId,
  name: ProjectName,
  environment: Environment.default('development'),
  /** Chosen by the caller, so that a repeated call makes no second project. */
  projectId: ProjectId.optional(),
})

const ref = z.object({ projectId: ProjectId })
const one = '/projects/{projectId}'

export const projects = capability('projects', {
  list: call({
    input: z.object({
      organisationId: OrganisationId.optional(),
      includeDeleted: z.stringbool().or(z.boolean()).default(false),
    }),
    output: ProjectList,
    http: { method: 'GET', path: '/projects', summary: 'Projects that you can see' },
  }),
  get: call({ input: ref, output: Project, http: { method: 'GET', path: one, summary: 'One project' } }),
  /** Answers at once with status `creating`; follow it with `watch`. */
  create: call({
    input: CreateProject,
    output: Project,
    http: { method: 'POST', path: '/projects', summary: 'Create a project with its own Postgres' },
  }),
  rename: call({
    input: ref.extend({ name: ProjectName }),
    output: Project,
    http: { method: 'PATCH', path: one, summary: 'Rename a project' },
  }),
  /** Stops the database and keeps its data until `purgeAt`. */
  delete: call({
    input: ref,
    output: Project,
    http: { method: 'DELETE', path: one, summary: 'Delete a project; restorable until purgeAt' },
  }),
  restore: call({
    input: ref,
    output: Project,
    http: { method: 'POST', path: `${one}/restore`, summary: 'Restore a deleted project' },
  }),
  start: call({
    input: ref,
    output: Project,
    http: { method: 'POST', path: `${one}/start`, summary: 'Wake the database' },
  }),
  stop: call({
    input: ref,
    output: Project,
    http: { method: 'POST', path: `${one}/stop`, summary: 'Put the database to sleep' },
  }),
  /** Gives the state now and each time it changes, until cancelled. */
  watch: stream({
    input: ref,
    item: ProjectProgress,
    http: { method: 'GET', path: `${one}/progress`, summary: 'Live progress as server-sent events' },
  }),
})
