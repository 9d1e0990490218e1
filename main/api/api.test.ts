// What the host passes on: each call as it is, with the token of the account; and words of its own when the service is away.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { access } from '#contract/capabilities/access.ts'
import { ApiKeyId, apiKeys } from '#contract/capabilities/api-keys.ts'
import { api } from '#contract/capabilities/api.ts'
import { auth } from '#contract/capabilities/auth.ts'
import { AccountId, ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { capability, type CallContext, type Handlers } from '#contract/rpc/definition.ts'
import { CONTEXT, openTestCloud } from '#testing/host-cloud.ts'
import { startServiceDouble } from '#testing/service-double.ts'
import { createAccessCapability } from '../access/index.ts'
import { createApiKeysCapability } from '../api-keys/index.ts'
import { createApiCapability } from './index.ts'

const PROJECT = ProjectId.parse('018f0000-0000-7000-8000-000000000002')
const KEY = ApiKeyId.parse('018f0000-0000-7000-8000-000000000003')
const AT = '2026-11-22T12:00:00.000Z'
const SECRET = 'nbl_secret_that_nobody_keeps'

const contract = {
  auth: capability('auth', { logIn: auth.members.logIn, refresh: auth.members.refresh }),
  access: capability('access', { change: access.members.change, lint: access.members.lint }),
  api: capability('api', {
    jwtSecrets: api.members.jwtSecrets,
    revealJwtSecret: api.members.revealJwtSecret,
  }),
  apiKeys: capability('apiKeys', { create: apiKeys.members.create, revoke: apiKeys.members.revoke }),
}

const key = {
  id: KEY,
  projectId: PROJECT,
  name: 'Web shop',
  kind: 'secret' as const,
  prefix: 'nbl_secret_that',
  scope: { access: 'read-write' as const, schemas: null },
  createdAt: AT,
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
  replacedBy: null,
}

async function setUp() {
  const calls: { readonly name: string; readonly input: unknown; readonly token: string | undefined }[] = []
  const called = (name: string, input: unknown, { metadata }: CallContext): void =>
    void calls.push({ name, input, token: metadata['authorization'] })
  const tokens = {
    accessToken: 'good',
    refreshToken: 'refresh',
    accessTokenExpiresAt: new Date(Date.now() + 300_000).toISOString(),
  }
  const account = {
    id: AccountId.parse('018f0000-0000-7000-8000-000000000009'),
    email: 'mara@example.com',
    name: 'Mara',
    createdAt: AT,
  }
  const handlers: Handlers<typeof contract> = {
    auth: { logIn: async () => ({ account, tokens }), refresh: async () => ({ account, tokens }) },
    access: {
      change: async (input, context) => {
        called('access.change', input, context)
        return { sql: ['grant select on table public.film to anon'] }
      },
      lint: async () => {
        throw new AppError('FORBIDDEN', 'Your role does not allow it.')
      },
    },
    api: {
      jwtSecrets: async () => [{ id: 'k1', createdAt: AT, acceptedUntil: null }],
      revealJwtSecret: async (input, context) => {
        called('api.revealJwtSecret', input, context)
        return { id: 'k1', secret: SECRET }
      },
    },
    apiKeys: {
      create: async (input, context) => {
        called('apiKeys.create', input, context)
        return { key, secret: SECRET }
      },
      revoke: async (input, context) => {
        called('apiKeys.revoke', input, context)
        return { ...key, revokedAt: AT }
      },
    },
  }
  const service = await startServiceDouble(contract, handlers)
  onTestFinished(() => service.close().catch(() => undefined))
  const host = openTestCloud(service.url)
  await host.logIn()
  const { cloud } = host
  return {
    ...host,
    service,
    calls,
    access: createAccessCapability({ cloud }),
    api: createApiCapability({ cloud }),
    apiKeys: createApiKeysCapability({ cloud }),
  }
}

test('calls go to the service as they are, with the account’s token, and its answers come back', async () => {
  const host = await setUp()
  const change = {
    type: 'setTableGrants' as const,
    schema: 'public',
    table: 'film',
    role: 'anon' as const,
    privileges: ['select' as const],
  }
  expect(await host.access.change({ projectId: PROJECT, change }, CONTEXT)).toEqual({
    sql: ['grant select on table public.film to anon'],
  })
  expect(await host.apiKeys.revoke({ projectId: PROJECT, keyId: KEY }, CONTEXT)).toMatchObject({
    revokedAt: AT,
  })
  expect(host.calls).toEqual([
    { name: 'access.change', input: { projectId: PROJECT, change }, token: 'Bearer good' },
    { name: 'apiKeys.revoke', input: { projectId: PROJECT, keyId: KEY }, token: 'Bearer good' },
  ])
})

test('the service’s refusal is the answer', async () => {
  const host = await setUp()
  await expect(host.access.lint({ projectId: PROJECT }, CONTEXT)).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('secrets pass through to the page and are in no file of the host', async () => {
  const host = await setUp()
  const made = await host.apiKeys.create(
    {
      projectId: PROJECT,
      name: 'Web shop',
      kind: 'secret',
      scope: { access: 'read-write', schemas: null },
      expiresAt: null,
    },
    CONTEXT,
  )
  expect(made.secret).toBe(SECRET)
  expect((await host.api.revealJwtSecret({ projectId: PROJECT }, CONTEXT)).secret).toBe(SECRET)
  const files = readdirSync(host.directory, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  )
  expect(files.length).toBeGreaterThan(0)
  for (const file of files)
    expect(readFileSync(join(file.parentPath, file.name)).includes(SECRET)).toBe(false)
})

test('without the service each call says what needs it', async () => {
  const host = await setUp()
  expect(await host.api.jwtSecrets({ projectId: PROJECT }, CONTEXT)).toHaveLength(1)
  await host.service.crash()
  await vi.waitFor(() => expect(host.cloud.isOnline()).toBe(false))
  const failure = { code: 'SERVICE_UNREACHABLE' }
  await expect(host.api.revealJwtSecret({ projectId: PROJECT }, CONTEXT)).rejects.toMatchObject({
    ...failure,
    message: 'Revealing the signing secret needs the NebulaDB service, which cannot be reached now.',
  })
  await expect(host.apiKeys.revoke({ projectId: PROJECT, keyId: KEY }, CONTEXT)).rejects.toMatchObject(
    failure,
  )
  await expect(host.access.lint({ projectId: PROJECT }, CONTEXT)).rejects.toMatchObject(failure)
})
