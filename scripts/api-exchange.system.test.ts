// `npm run api` with import, export and mock: the real command, and a pipe that closes early.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCollection, newHttpRequest } from '#api-client/common/new-request.ts'
import { openCollectionFolder } from '#api-client/node/collection/folder.ts'
import { writeTree } from '#api-client/node/collection/tree.ts'
import { startHttp } from '#testing/http-servers.ts'
import { ROOT } from './run.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'nebuladb api '))
  const request = (name: string, path: string) => ({
    name,
    request: { method: 'GET', url: `{{base}}${path}`, header: [{ key: 'X-Kind', value: 'film' }] },
    response: [
      {
        name: 'One film',
        originalRequest: { method: 'GET', url: `{{base}}${path}` },
        code: 200,
        status: 'OK',
        header: [{ key: 'Content-Type', value: 'application/json' }],
        body: '{"film_id":1}',
      },
    ],
  })
  writeFileSync(
    join(directory, 'films.postman_collection.json'),
    JSON.stringify({
      info: {
        name: 'Films',
        schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
      },
      item: [{ name: 'Read', item: [request('Film', '/films/1')] }, request('All', '/films')],
    }),
  )
})
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

function api(...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/api.ts'), ...args], {
    cwd: ROOT,
    env: { ...process.env, INIT_CWD: directory, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', error: '' }
  child.stdout.on('data', (part) => (said.out += String(part)))
  child.stderr.on('data', (part) => (said.error += String(part)))
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...said }))
  return { child, said, ended }
}

test('a file of Postman becomes a folder, is mocked, and is exported as what it was', async () => {
  const made = await api('import', 'films.postman_collection.json', 'films').ended
  expect(made).toMatchObject({ code: 0, out: 'Films: 2 requests of postman-2.1 in films\n' })
  const again = await api('import', 'films.postman_collection.json', 'films').ended
  expect(again.code).toBe(2)
  expect(again.error).toContain('is not empty. It was left as it is.')

  const mock = api('mock', 'films')
  await expect.poll(() => mock.said.out, { timeout: 20_000 }).toContain('is mocked at http://127.0.0.1:')
  const [, url = ''] = /mocked at (\S+)/.exec(mock.said.out) ?? []
  expect(await (await fetch(`${url}/films/1`)).json()).toEqual({ film_id: 1 })
  expect((await fetch(`${url}/nothing`)).status).toBe(404)
  mock.child.kill('SIGINT')
  const stopped = await mock.ended
  expect(stopped.code).toBe(0)
  expect(stopped.out).toContain('GET /films/1 200 One film\nGET /nothing 404 no example\n')

  const [file, out] = await Promise.all([
    api('export', 'films', 'postman', 'out.json').ended,
    api('export', 'films', 'curl').ended,
  ])
  expect([file.code, out.code]).toEqual([0, 0])
  expect(out.out).toContain('curl')
  const text = readFileSync(join(directory, 'out.json'), 'utf8')
  expect(JSON.parse(text)).toMatchObject({
    info: { name: 'Films' },
    item: [{ name: 'Read', item: [{ name: 'Film' }] }, { name: 'All' }],
  })
  const refused = await api('export', 'films', 'har', 'out.json').ended
  expect(refused).toMatchObject({ code: 2 })
  expect(readFileSync(join(directory, 'out.json'), 'utf8')).toBe(text)
  expect((await api('export', 'films', 'har', 'out.json', '--replace').ended).code).toBe(0)
  expect(readFileSync(join(directory, 'out.json'), 'utf8')).not.toBe(text)
}, 60_000)

test.each([
  ['nothing.json', 'cannot be read'],
  ['broken.json', 'The format is not known'],
])('%s is no collection, and no folder is left', async (file, words) => {
  writeFileSync(join(directory, 'broken.json'), '{"a":')
  const { code, error } = await api('import', file, 'never').ended
  expect([code, existsSync(join(directory, 'never'))]).toEqual([2, false])
  expect(error).toContain(words)
})

test('an environment of a mock that is not there is told', async () => {
  await writeTree(join(directory, 'empty'), {
    collection: newCollection('Empty'),
    environments: [],
    items: [{ type: 'request', request: newHttpRequest('One', { url: '/x' }) }],
  })
  const { code, error } = await api('mock', 'empty', '--environment', 'Nope').ended
  expect([code, error]).toEqual([2, 'There is no environment “Nope”.\n'])
  const folder = await openCollectionFolder({
    directory: join(directory, 'empty'),
    trash: join(directory, 'trash'),
    isWatched: false,
  })
  expect(folder.items()).toHaveLength(1)
  await folder.close()
})

test('a reader that goes away ends a run, without a stack trace', async () => {
  let asked = 0
  await using server = await startHttp((_, response) => {
    asked++
    response.end('{}')
  })
  await writeTree(join(directory, 'many'), {
    collection: newCollection('Many'),
    environments: [],
    items: [{ type: 'request', request: newHttpRequest('One', { url: `${server.url}/x` }) }],
  })
  const { child, said, ended } = api('run', 'many', '--iterations', '100000')
  child.stdout.once('data', () => child.stdout.destroy())
  expect((await ended).code).toBe(3)
  expect(said.error).toBe('')
  expect(asked).toBeLessThan(100_000)
}, 60_000)
