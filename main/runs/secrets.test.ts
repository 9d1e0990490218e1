// A secret that goes everywhere a request can take it: nothing that is shown, kept or handed on has it, in whatever form.
import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CollectionRunId } from '#contract/capabilities/runs.ts'
import { Environment } from '#contract/requests/collection.ts'
import { RunOptions } from '#contract/requests/run.ts'
import { get, startApiClientHost } from '#testing/api-client-host.ts'
import { startEchoServer } from '#testing/echo-server.ts'

/** With signs that each place encodes in its own way, and a word that none changes. */
const SECRET = 'open sesame/&"é7'
const FORMS = [
  SECRET,
  'sesame',
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(`mara:${SECRET}`).toString('base64'),
]

const named = (name: string, value: string) => ({ name, value, isEnabled: true, description: '' })
const variable = (name: string, value: string, isSecret: boolean) => ({
  ...named(name, value),
  type: 'string' as const,
  isSecret,
})
const asserts = (expression: string) => ({
  ...{ expression, operator: 'eq' as const, value: '{{key}}' },
  isEnabled: true,
  description: '',
})
const KEY = 'pm.environment.get("key")'

test('a secret stays in the keychain: not in results, reports, exports, code, nor any file of the host', async () => {
  const [host, server] = await Promise.all([startApiClientHost(), startEchoServer()])
  const { collections, runs, requests } = host.client
  const { id } = await collections.create({ name: 'Shop', parent: null })
  const environment = Environment.parse({
    name: 'dev',
    variables: [variable('host', server.url, false), variable('key', '', true)],
  })
  await collections.saveEnvironment({ id, oldName: null, environment, revision: null })
  const scope = { type: 'environment' as const, name: 'dev' }
  await collections.setSecret({ id, scope, name: 'key', value: SECRET })
  const request = get('{{host}}/status/418?k={{key}}', {
    method: 'POST',
    headers: [named('X-Key', '{{key}}'), named('Referer', 'http://a.test/?x={{key}}')],
    body: { type: 'json', text: '{"a": "{{key}}"}' },
    auth: { type: 'basic', username: 'mara', password: '{{key}}' },
    assertions: [asserts('res.status'), asserts('res.headers.x')],
    scripts: {
      beforeRequest: `console.log(${KEY}, encodeURI(${KEY}), JSON.stringify(${KEY}))`,
      afterResponse: `throw new Error("bad " + ${KEY})`,
      tests: `pm.test("named " + ${KEY}, () => pm.expect("a").to.equal(${KEY}))`,
    },
  })
  await collections.createRequest({ id, folder: '', request })

  const place = { collectionId: id, environment: 'dev' }
  const shown = new Map<string, unknown>([['exchange', await host.send(request, place)]])
  expect(decodeURI(server.received[0]?.url ?? '')).toContain('sesame')
  const runId = CollectionRunId.parse(randomUUID())
  const started = { runId, collectionId: id, options: RunOptions.parse({ environment: 'dev' }) }
  for await (const event of runs.start(started)) shown.set(`event ${event.type}`, event)
  for (const format of ['junit', 'html', 'json'] as const)
    shown.set(format, await runs.report({ runId, format, file: null, replaces: false }))
  for (const format of ['postman-2.1', 'openapi-3.1', 'har', 'curl'] as const)
    shown.set(format, await collections.export({ id, path: '', format, file: null }))
  for (const target of await requests.codeTargets({}))
    // Some languages have no words for it.
    shown.set(
      target.id,
      await requests.code({ request, target: target.id, path: null, ...place }).catch(String),
    )
  for (const entry of readdirSync(host.dataDirectory, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      shown.set(entry.name, readFileSync(join(entry.parentPath, entry.name)).toString('utf8'))

  expect(shown.size).toBeGreaterThan(30)
  const leaks = [...shown].filter(([, what]) => {
    const text = typeof what === 'string' ? what : JSON.stringify(what)
    return FORMS.some((form) => text.includes(form) || text.includes(JSON.stringify(form).slice(1, -1)))
  })
  expect(leaks.map(([name]) => name)).toEqual([])
})
