// The data APIs of real projects over the service's HTTP server.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestService, type TestPerson, type TestService } from '#testing/service.ts'

let service: TestService
let person: TestPerson
beforeAll(async () => {
  service = await startTestService({ provisioning: 'local' })
  person = await service.signUp()
})
afterAll(() => service?.close())

test('x', async () => {
  const organisation = await person.api.organisations.create({ name: 'o' })
  const project = await person.api.projects.create({ organisationId: organisation.id, name: 'p' })
  const { secret } = await person.api.apiKeys.create({ projectId: project.id, name: 'k', kind: 'secret' })
  const t0 = performance.now()
  const execute = (sql: string) => person.api.database.execute({ projectId: project.id, sql })
  await execute('create table films (id int primary key, title text)')
  await execute("insert into films values (1, 'one')")
  const state = await person.api.api.get({ projectId: project.id })
  console.log(state, performance.now() - t0)
  const t1 = performance.now()
  const r = await fetch(`${state.restUrl}/films?select=title`, {
    headers: { apikey: secret, origin: 'https://x.example' },
  })
  console.log(r.status, Object.fromEntries(r.headers), await r.text(), performance.now() - t1)
  await execute('create table more (id int primary key, title text)')
  for (const apikey of [secret, '', 'nbl_secret_x']) {
    const r = await fetch(`${state.restUrl}/more?select=title`, { headers: { apikey } })
    console.log(r.status, Object.fromEntries(r.headers), await r.text())
  }
  console.log(
    service.observations.filter(
      (o) => o.type.startsWith('api') || o.type === 'bug' || o.type === 'provisioning.failed',
    ),
  )
  expect(1).toBe(1)
})
