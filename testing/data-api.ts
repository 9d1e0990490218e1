// A project with a data API over HTTP, for tests that call it as an application does.
import { request, type IncomingHttpHeaders } from 'node:http'
import { SignJWT } from 'jose'
import type { ProjectId } from '../contract/capabilities/ids.ts'
import type { TestPerson, TestService } from './service.ts'

export interface DataApi {
  readonly projectId: ProjectId
  readonly ref: string
  readonly url: string
  readonly restUrl: string
  readonly publishable: string
  readonly secret: string
  /** Runs statements as the owner. */
  sql(...statements: readonly string[]): Promise<void>
  /** A token signed with the project's current secret, valid for an hour. */
  token(claims: Readonly<Record<string, unknown>>): Promise<string>
}

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: unknown
}

/** Makes a project with one key of each kind, and runs statements in it. */
export async function createDataApi(person: TestPerson, ...statements: readonly string[]): Promise<DataApi> {
  const organisation = await person.api.organisations.create({ name: 'data api' })
  const project = await person.api.projects.create({ organisationId: organisation.id, name: 'data api' })
  const projectId = project.id
  const [publishable, secret] = await Promise.all([
    person.api.apiKeys.create({ projectId, name: 'page', kind: 'publishable' }),
    person.api.apiKeys.create({ projectId, name: 'worker', kind: 'secret' }),
  ])
  const { url, restUrl } = await person.api.api.get({ projectId })
  const sql: DataApi['sql'] = async (...all) => {
    for (const one of all) await person.api.database.execute({ projectId, sql: one })
  }
  await sql(...statements)
  return {
    projectId,
    ref: project.ref,
    url,
    restUrl,
    publishable: publishable.secret,
    secret: secret.secret,
    sql,
    async token(claims) {
      const { secret: key } = await person.api.api.revealJwtSecret({ projectId })
      return new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(key))
    },
  }
}

/** A request with exactly these headers (`host` too) and exactly this path, which fetch would tidy up. */
export function rawRequest(
  service: Pick<TestService, 'url'>,
  path: string,
  options: {
    readonly method?: string
    readonly headers?: Record<string, string>
    readonly body?: string
  } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(service.url)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        path,
        method: options.method ?? 'GET',
        headers: {
          ...options.headers,
          ...(options.body === undefined ? {} : { 'content-length': Buffer.byteLength(options.body) }),
        },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: parseJson(text),
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(options.body)
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
