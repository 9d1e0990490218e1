// What the settings of a data API do, and its description.
import { describe, expect, test } from 'vitest'
import { useFilmsApi } from '#testing/films-api.ts'

const films = useFilmsApi()
const { get, send, withSettings } = films

describe('settings', () => {
  // REST-H6
  test('they take effect with the next request', async () => {
    const rows = async () => (await get('/films?select=id', { apikey: films.api.secret })).json
    expect(await rows()).toHaveLength(30)
    await withSettings({ maxRows: 4 }, async () => expect(await rows()).toHaveLength(4))
    expect(await rows()).toHaveLength(30)
  })

  test('a body that is too large is refused', async () => {
    await withSettings({ maxBodyBytes: 100 }, async () => {
      const body = JSON.stringify({ id: 2000, title: 'x'.repeat(200) })
      const headers = { apikey: films.api.secret, 'content-type': 'application/json' }
      expect((await send('POST', '/films', { headers, body })).status).toBe(413)
      expect((await get('/films?id=eq.2000', { apikey: films.api.secret })).json).toEqual([])
    })
  })

  test('a statement that takes too long is ended', async () => {
    await withSettings({ statementTimeoutMs: 100 }, async () => {
      const answer = await send('POST', '/rpc/nap', {
        headers: { apikey: films.api.secret, 'content-type': 'application/json' },
        body: '{"seconds": 20}',
      })
      expect(answer.json).toMatchObject({ code: '57014' })
    })
  })

  test('a plan that costs too much is not run', async () => {
    await withSettings({ maxPlanCost: 0.1 }, async () => {
      expect((await get('/films', { apikey: films.api.secret })).status).toBeGreaterThanOrEqual(400)
    })
  })

  test('only listed origins are told that they may read', async () => {
    const origins = ['https://app.example']
    await withSettings({ corsAllowedOrigins: origins }, async () => {
      const allowedFor = async (origin: string) =>
        (await get('/films', { apikey: films.api.secret, origin })).headers['access-control-allow-origin']
      expect(await allowedFor('https://app.example')).toBe('https://app.example')
      expect(await allowedFor('https://evil.example')).toBeUndefined()
    })
  })

  test('a bound above what the service can bear is refused', async () => {
    const { projectId } = films.api
    const update = (maxBodyBytes: number) =>
      films.person.api.api.update({ projectId, settings: { maxBodyBytes } })
    await expect(update(50_000_001)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('50,000,000 bytes'),
    })
  })

  test('the exposure says which schemas they serve', async () => {
    const { projectId } = films.api
    const served = async () => {
      const { schemas } = await films.person.api.access.exposure({ projectId })
      return schemas.filter((schema) => schema.served).map(({ name }) => name)
    }
    expect(await served()).toEqual(['public'])
    await withSettings({ schemas: ['public', 'other'] }, async () =>
      expect(await served()).toEqual(['other', 'public']),
    )
  })

  test('a change leaves its trace, and what is not allowed changes nothing', async () => {
    const { projectId } = films.api
    await expect(
      films.person.api.api.update({ projectId, settings: { schemas: ['pg_catalog'] } }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await withSettings({ aggregatesEnabled: true }, async () => undefined)
    const entries = await films.service.control.pool.query<{ details: unknown }>({
      text: `select details from audit_entry where action = 'api.update' and subject_id = $1 order by id desc limit 2`,
      values: [projectId],
    })
    expect(entries.rows[1]?.details).toEqual({
      from: { aggregatesEnabled: false },
      to: { aggregatesEnabled: true },
    })
  })
})

describe('the description', () => {
  const documentAs = async (as: 'anon' | 'service_role' | 'all') =>
    films.person.api.api.document({ projectId: films.api.projectId, as })
  const pathsOf = (document: object): string[] => Object.keys(Object(Reflect.get(document, 'paths'))).sort()

  test('shows what a role may see, and to the people of the project everything that is exposed', async () => {
    await films.api.sql(
      'create table private_notes (id int primary key)',
      'comment on table films is $$Films that were shown.\n\nOne row for each.$$',
    )
    await expect
      .poll(async () => pathsOf(await documentAs('all')), { timeout: 3000 })
      .toContain('/private_notes')
    expect(pathsOf(await documentAs('all'))).toEqual(expect.arrayContaining(['/films', '/rpc/whoami']))
    expect(pathsOf(await documentAs('anon'))).toContain('/films')
    expect(pathsOf(await documentAs('anon'))).not.toContain('/private_notes')
    expect(pathsOf(await documentAs('service_role'))).toContain('/private_notes')
    await films.api.sql('drop table private_notes')
  })

  test('the root describes what the key may see', async () => {
    const document = await get('/', { apikey: films.api.publishable })
    expect(document).toMatchObject({ status: 200, json: { swagger: '2.0' } })
    expect(document.text).toContain('/films')
  })

  test('is of the format and schema that is asked for', async () => {
    const { projectId } = films.api
    const swagger = await films.person.api.api.document({ projectId, format: 'swagger-2.0' })
    expect(swagger).toMatchObject({ swagger: '2.0', basePath: `/${films.api.ref}/rest/v1` })
    expect(await documentAs('all')).toMatchObject({ openapi: '3.1.0', servers: [{ url: films.api.restUrl }] })
    await withSettings({ schemas: ['public', 'other'] }, async () =>
      expect(pathsOf(await films.person.api.api.document({ projectId, schema: 'other' }))).toEqual([
        '/things',
      ]),
    )
    await expect(films.person.api.api.document({ projectId, schema: 'other' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })
})

test('the state says where the API is', async () => {
  const state = await films.person.api.api.get({ projectId: films.api.projectId })
  expect(state).toMatchObject({
    url: `${films.service.url}/${films.api.ref}`,
    restUrl: `${films.service.url}/${films.api.ref}/rest/v1`,
    availableSchemas: ['other', 'public'],
  })
})
