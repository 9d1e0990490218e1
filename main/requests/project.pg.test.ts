// Being somebody of a project: a real host asks a real service, and the database of a real project answers.
import { describe, expect, test } from 'vitest'
import type { Auth } from '#contract/requests/auth.ts'
import { get, startApiClientHost } from '#testing/api-client-host.ts'
import { useFilmsApi } from '#testing/films-api.ts'
import { startTestHost } from '#testing/host.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

const films = useFilmsApi()

const as = (role: 'anon' | 'authenticated', claims = ''): Auth => ({
  type: 'project',
  projectId: films.api.projectId,
  as: role,
  claims,
})

async function logIn(dataDirectory = tempDirectory()) {
  const host = await startApiClientHost({ serviceUrl: films.service.url, dataDirectory })
  const { email, password } = films.person
  await host.client.account.logIn({ email, password })
  return host
}

describe('as a user of a project', () => {
  test('claims decide what comes back, and the service tells what the database did', async () => {
    const host = await logIn()
    const request = get(`${films.api.restUrl}/films?select=id`, { auth: as('authenticated', '{"film": 7}') })
    const exchange = await host.send(request)
    expect(exchange.response?.status).toBe(200)
    const { lines } = await host.client.requests.lines({
      exchangeId: exchange.id,
      view: 'raw',
      from: 0,
      count: 10,
    })
    expect(JSON.parse(lines.join(''))).toEqual([{ id: 7 }])
    const { projectId, ticket } = exchange.insight!
    const watched = { projectId: films.api.projectId, ticket }
    expect(projectId).toBe(films.api.projectId)
    expect(await host.client.insight.trace(watched)).toMatchObject({ role: 'authenticated', rowsReturned: 1 })
    expect((await host.client.insight.plan(watched)).text).toContain('films')
    expect((await host.client.insight.policies(watched)).map(({ policy }) => policy)).toContain('own')
  })

  test('requests of one session are told apart', async () => {
    const host = await logIn()
    const one = await host.send(get(`${films.api.restUrl}/films?id=eq.1`, { auth: as('anon') }))
    const other = await host.send(get(`${films.api.restUrl}/films?id=eq.2`, { auth: as('anon') }))
    const pathOf = async (exchange: typeof one) =>
      (
        await host.client.insight.trace({
          projectId: films.api.projectId,
          ticket: exchange.insight!.ticket,
        })
      ).path
    expect([await pathOf(one), await pathOf(other)]).toEqual(['/films?id=eq.1', '/films?id=eq.2'])
    const opened = films.service.observations.length
    expect(opened).toBeGreaterThan(0)
    expect(one.insight!.ticket.split(':')[0]).toBe(other.insight!.ticket.split(':')[0])
  })

  test('the token reaches neither the page nor the disk', async () => {
    const host = await logIn()
    const exchange = await host.send(get(`${films.api.restUrl}/films`, { auth: as('anon') }))
    const shown = JSON.stringify(exchange)
    expect(shown).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}\./)
    const { code } = await host.client.requests.code({
      request: get(`${films.api.restUrl}/films`, { auth: as('anon') }),
      target: 'shell/curl',
      collectionId: null,
      path: null,
      environment: null,
    })
    expect(code).not.toMatch(/eyJ[\w-]{10,}/)
  })

  test('claims that are no JSON are refused with words, nothing is sent', async () => {
    const host = await logIn()
    const exchange = await host.send(get(`${films.api.restUrl}/films`, { auth: as('authenticated', 'film') }))
    expect(exchange.response).toBeNull()
    expect(exchange.failure?.message).toContain('JSON object')
  })
})

describe('without the service', () => {
  test('requests to others work; a project’s user and its traces say what is missing', async () => {
    const host = await startApiClientHost()
    const exchange = await host.send(get(`${films.api.restUrl}/films`, { auth: as('anon') }))
    expect(exchange.failure?.message).toContain('NebulaDB service')
    const plain = await host.send(
      get(`${films.api.restUrl}/films`, {
        auth: { type: 'apiKey', key: 'apikey', value: films.api.publishable, placement: 'header' },
      }),
    )
    expect(plain.response?.status).toBe(200)
    await expect(
      host.client.insight.trace({ projectId: films.api.projectId, ticket: 'x'.repeat(43) }),
    ).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
  })

  test('the explorer shows what the API said last, and says when', async () => {
    const dataDirectory = tempDirectory()
    const source = { type: 'project' as const, projectId: films.api.projectId }
    const online = await startTestHost({ serviceUrl: films.service.url, dataDirectory })
    const { email, password } = films.person
    await online.client.account.logIn({ email, password })
    const described = await online.client.explorer.describe({ source })
    expect(described).toMatchObject({ cachedAt: null, baseUrl: films.api.restUrl })
    expect(described.tables.map(({ name }) => name)).toContain('films')
    await online.close()
    const offline = await startApiClientHost({ dataDirectory })
    const kept = await offline.client.explorer.describe({ source })
    expect(kept.tables).toEqual(described.tables)
    expect(Date.parse(kept.cachedAt ?? '')).toBeGreaterThan(0)
    await expect(
      offline.client.explorer.describe({ source: { type: 'url', url: 'http://127.0.0.1:9', token: '' } }),
    ).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  })

  test('an API is described by its address, with a key', async () => {
    const host = await startApiClientHost()
    const source = {
      type: 'url' as const,
      url: `${films.api.restUrl}/`,
      token: films.api.publishable,
    }
    await expect(host.client.explorer.describe({ source: { ...source, token: '' } })).rejects.toMatchObject({
      code: expect.stringMatching(/FORBIDDEN|NOT_FOUND/),
    })
    const described = await host.client.explorer.describe({ source })
    expect(described.tables.map(({ name }) => name)).toContain('films')
  })
})
