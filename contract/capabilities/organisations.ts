// Organisations, their members and roles.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { Email } from './auth.ts'
import { AccountId, OrganisationId, Timestamp } from './ids.ts'

/** From most to least: owner > admin > developer > viewer. */
export const Role = z.enum(['owner', 'admin', 'developer', 'viewer'])
export type Role = z.infer<typeof Role>
export const OrganisationName = z
  .string()
  .trim()
  .min(1, 'Give it a name.')
  .max(80, 'Use at most 80 characters.')

export const Organisation = z.object({
  id: OrganisationId,
  name: z.string(),
  /** Made on sign-up; cannot be deleted while its account lives. */
  isPersonal: z.boolean(),
  /** The caller's own role in it. */
  role: Role,
  /** Whether the caller sees and changes its billing. False in records that were kept before there was billing. */
  managesBilling: z.boolean().default(false),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Organisation = z.infer<typeof Organisation>

export const OrganisationMember = z.object({
  accountId: AccountId,
  email: z.string(),
  name: z.string(),
  role: Role,
  /** Owners always do. */
  managesBilling: z.boolean(),
  joinedAt: Timestamp,
})
export type OrganisationMember = z.infer<typeof OrganisationMember>

const ref = z.object({ organisationId: OrganisationId })
const one = '/organisations/{organisationId}'

export const organisations = capability('organisations', {
  list: call({
    input: z.object({}),
    output: z.array(Organisation),
    http: { method: 'GET', path: '/organisations', summary: 'Organisations that you belong to' },
  }),
  get: call({
    input: ref,
    output: Organisation,
    http: { method: 'GET', path: one, summary: 'One organisation' },
  }),
  create: call({
    input: z.object({ name: OrganisationName }),
    output: Organisation,
    http: { method: 'POST', path: '/organisations', summary: 'Create an organisation; you become its owner' },
  }),
  rename: call({
    input: ref.extend({ name: OrganisationName }),
    output: Organisation,
    http: { method: 'PATCH', path: one, summary: 'Rename an organisation' },
  }),
  /** Answers CONFLICT while it still has projects that are not deleted. */
  delete: call({
    input: ref,
    output: z.void(),
    http: { method: 'DELETE', path: one, summary: 'Delete an organisation without projects' },
  }),
  members: call({
    input: ref,
    output: z.array(OrganisationMember),
    http: { method: 'GET', path: `${one}/members`, summary: 'Members and their roles' },
  }),
  /** Mails a link with a token; the answer is the same whether the address has an account or not. */
  invite: call({
    input: ref.extend({ email: Email, role: Role }),
    output: z.void(),
    http: { method: 'POST', path: `${one}/invitations`, summary: 'Invite somebody by e-mail' },
  }),
  acceptInvitation: call({
    input: z.object({ token: z.string().min(1).max(500) }),
    output: Organisation,
    http: { method: 'POST', path: '/invitations/accept', summary: 'Join with a mailed token' },
  }),
  setRole: call({
    input: ref.extend({ accountId: AccountId, role: Role }),
    output: OrganisationMember,
    http: { method: 'PATCH', path: `${one}/members/{accountId}`, summary: 'Change the role of a member' },
  }),
  /** For owners: whether a member who is none manages billing. */
  setBillingAdmin: call({
    input: ref.extend({ accountId: AccountId, managesBilling: z.boolean() }),
    output: OrganisationMember,
    http: {
      method: 'PUT',
      path: `${one}/members/{accountId}/billing`,
      summary: 'Let a member manage billing, or no longer',
    },
  }),
  removeMember: call({
    input: ref.extend({ accountId: AccountId }),
    output: z.void(),
    http: { method: 'DELETE', path: `${one}/members/{accountId}`, summary: 'Remove a member, or leave' },
  }),
})
