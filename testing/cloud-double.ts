// A small service in memory, over a real WebSocket, for tests of the desktop host's own rules: accounts with tokens that rotate, projects, credentials,
// sync. Its state is open to the test, and it can crash and come back.
import { randomUUID } from 'node:crypto'
import { auth, type SignedIn } from '#contract/capabilities/auth.ts'
import { credentials, type Credentials } from '#contract/capabilities/credentials.ts'
import { AccountId, OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { organisations, type Organisation } from '#contract/capabilities/organisations.ts'
import { projects, type Project, type ProjectProgress } from '#contract/capabilities/projects.ts'
import { sync } from '#contract/capabilities/sync.ts'
import { AppError } from '#contract/errors.ts'
import { capability, type CallContext, type Handlers } from '#contract/rpc/definition.ts'
import { createMemorySyncService, type MemorySyncService } from './memory-sync-service.ts'
import { startServiceDouble, type ServiceDouble } from './service-double.ts'

const contract = {
  auth: capability('auth', {
    signUp: auth.members.signUp,
    logIn: auth.members.logIn,
    refresh: auth.members.refresh,
    logOut: auth.members.logOut,
    changePassword: auth.members.changePassword,
    deleteAccount: auth.members.deleteAccount,
  }),
  projects: capability('projects', {
    list: projects.members.list,
    get: projects.members.get,
    create: projects.members.create,
    rename: projects.members.rename,
    watch: projects.members.watch,
  }),
  organisations: capability('organisations', {
    list: organisations.members.list,
    get: organisations.members.get,
    create: organisations.members.create,
    rename: organisations.members.rename,
    delete: organisations.members.delete,
  }),
  credentials: capability('credentials', { get: credentials.members.get }),
  sync,
}

export interface CloudDouble {
  readonly url: string
  /** `capability.member` of each call, in order. */
  readonly calls: string[]
  readonly projects: Map<string, Project>
  readonly organisations: Map<string, Organisation>
  readonly credentials: Map<string, Credentials>
  readonly sync: MemorySyncService
  /** Access tokens that are good now. */
  readonly accessTokens: Set<string>
  readonly refreshTokens: Set<string>
  /** What `projects.watch` gives next; 'end' ends it. */
  progress: (item: ProjectProgress | 'end') => void
  /** Makes every pull from now on fail with this. */
  failSync(error: AppError): void
  crash(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

export const MARA = { email: 'mara@example.com', password: 'a long password' }
export const ORGANISATION_ID = OrganisationId.parse('0194d1f0-0000-7000-8000-0000000000a1')
const AT = '2026-11-22T10:00:00.000Z'

/** A project as the service gives it. */
export function makeProject(name: string, fields: Partial<Project> = {}): Project {
  return {
    id: ProjectId.parse(randomUUID()),
    organisationId: ORGANISATION_ID,
    name,
    ref: `ref${name.toLowerCase()}`,
    environment: 'development',
    region: 'local',
    postgresVersion: '18.4',
    status: 'awake',
    problem: null,
    purgeAt: null,
    sizeBytes: null,
    createdAt: AT,
    updatedAt: AT,
    ...fields,
  }
}

/** Starts with one account (MARA) and her organisation. */
export async function startCloudDouble(): Promise<CloudDouble> {
  const accountId = AccountId.parse(randomUUID())
  const calls: string[] = []
  const state = {
    projects: new Map<string, Project>(),
    organisations: new Map<string, Organisation>(),
    credentials: new Map<string, Credentials>(),
    accessTokens: new Set<string>(),
    refreshTokens: new Set<string>(),
    sync: createMemorySyncService({ accountId }),
  }
  state.organisations.set(ORGANISATION_ID, {
    id: ORGANISATION_ID,
    name: 'Mara',
    isPersonal: true,
    role: 'owner',
    managesBilling: true,
    createdAt: AT,
    updatedAt: AT,
  })
  let queue: (ProjectProgress | 'end')[] = []
  let wake = (): void => undefined
  let syncError: AppError | undefined

  const signIn = (): SignedIn => {
    const accessToken = `access-${randomUUID()}`
    const refreshToken = `refresh-${randomUUID()}`
    state.accessTokens.add(accessToken)
    state.refreshTokens.add(refreshToken)
    return {
      account: { id: accountId, email: MARA.email, name: 'Mara', createdAt: AT },
      tokens: {
        accessToken,
        refreshToken,
        accessTokenExpiresAt: new Date(Date.now() + 300_000).toISOString(),
      },
    }
  }
  const called = (name: string, context?: CallContext): void => {
    calls.push(name)
    if (context === undefined) return
    const token = (context.metadata['authorization'] ?? '').replace('Bearer ', '')
    if (!state.accessTokens.has(token)) throw new AppError('UNAUTHENTICATED', 'No valid token.')
  }
  const checked = (password: string): void => {
    if (password !== MARA.password) throw new AppError('CREDENTIALS_REJECTED', 'They do not match.')
  }
  const find = <T>(map: Map<string, T>, id: string): T => {
    const found = map.get(id)
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such thing.')
    return found
  }

  const handlers: Handlers<typeof contract> = {
    auth: {
      signUp: async () => (called('auth.signUp'), signIn()),
      logIn: async ({ password }) => (called('auth.logIn'), checked(password), signIn()),
      async refresh({ refreshToken }) {
        called('auth.refresh')
        if (!state.refreshTokens.delete(refreshToken)) throw new AppError('TOKEN_REUSED', 'Used twice.')
        return signIn()
      },
      async logOut({ refreshToken }) {
        called('auth.logOut')
        state.refreshTokens.delete(refreshToken)
      },
      changePassword: async ({ currentPassword }, context) => {
        called('auth.changePassword', context)
        checked(currentPassword)
        return signIn()
      },
      deleteAccount: async ({ password }, context) => {
        called('auth.deleteAccount', context)
        checked(password)
      },
    },
    projects: {
      list: async (_, context) => {
        called('projects.list', context)
        return { items: [...state.projects.values()], asOf: new Date().toISOString(), isStale: false }
      },
      get: async ({ projectId }, context) => (
        called('projects.get', context),
        find(state.projects, projectId)
      ),
      create: async ({ name, organisationId, environment, projectId }, context) => {
        called('projects.create', context)
        const project = makeProject(name, {
          id: projectId ?? ProjectId.parse(randomUUID()),
          organisationId,
          environment,
          status: 'creating',
        })
        state.projects.set(project.id, project)
        return project
      },
      rename: async ({ projectId, name }, context) => {
        called('projects.rename', context)
        const project = { ...find(state.projects, projectId), name }
        state.projects.set(project.id, project)
        return project
      },
      async *watch(_, context) {
        called('projects.watch', context)
        context.signal.addEventListener('abort', () => wake(), { once: true })
        while (!context.signal.aborted) {
          const next = queue.shift()
          if (next === 'end') return
          if (next === undefined) await new Promise<void>((resolve) => (wake = resolve))
          else yield next
        }
      },
    },
    organisations: {
      list: async (_, context) => (called('organisations.list', context), [...state.organisations.values()]),
      get: async ({ organisationId }, context) => (
        called('organisations.get', context),
        find(state.organisations, organisationId)
      ),
      create: async ({ name }, context) => {
        called('organisations.create', context)
        const made = {
          ...find(state.organisations, ORGANISATION_ID),
          id: OrganisationId.parse(randomUUID()),
          name,
          isPersonal: false,
        }
        state.organisations.set(made.id, made)
        return made
      },
      rename: async ({ organisationId, name }, context) => {
        called('organisations.rename', context)
        const renamed = { ...find(state.organisations, organisationId), name }
        state.organisations.set(organisationId, renamed)
        return renamed
      },
      delete: async ({ organisationId }, context) => {
        called('organisations.delete', context)
        state.organisations.delete(organisationId)
      },
    },
    credentials: {
      get: async ({ projectId }, context) => (
        called('credentials.get', context),
        find(state.credentials, projectId)
      ),
    },
    sync: {
      pull: async (input, context) => {
        called('sync.pull', context)
        if (syncError !== undefined) throw syncError
        return state.sync.pull(input)
      },
      push: async (input, context) => (called('sync.push', context), state.sync.push(input)),
    },
  }

  let double: ServiceDouble = await startServiceDouble(contract, handlers)
  const { url, port } = double
  return {
    ...state,
    url,
    calls,
    progress(item) {
      queue.push(item)
      wake()
    },
    failSync: (error) => (syncError = error),
    crash: () => {
      queue = []
      return double.crash()
    },
    async comeBack() {
      double = await startServiceDouble(contract, handlers, { port })
    },
    close: () => double.close(),
  }
}
