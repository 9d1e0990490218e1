// `npm run api` as CI meets it: the real command against a real server, its lines, its reports and its exit codes.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCollection, newDefaults, newFolder, newHttpRequest } from '#api-client/common/new-request.ts'
import { writeTree } from '#api-client/node/collection/tree.ts'
import { RunReport } from '#api-client/node/run/reports/json.ts'
import type { Assertion, Variable } from '#contract/requests/parts.ts'
import { startHttp, type TestServer } from '#testing/http-servers.ts'
import { ROOT } from './run.ts'

const SECRET = 'top-s3cret'
let directory = ''
let server: TestServer
let onStall: () => void = () => undefined

const variable = (name: string, value: string, isSecret = false): Variable => ({
  name,
  value,
  type: 'string',
  isSecret,
  isEnabled: true,
  description: '',
})
const assertion = (expression: string, value: string): Assertion => ({
  expression,
  operator: 'eq',
  value,
  isEnabled: true,
  description: '',
})

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nebuladb api '))
  server = await startHttp((request, response) => {
    if (request.url === '/stall') return onStall()
    response.statusCode = request.headers.authorization === `Bearer ${SECRET}` ? 200 : 401
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ url: request.url, token: request.headers.authorization }))
  })
  await writeTree(join(directory, 'films'), {
    collection: newCollection('Films', {
      defaults: newDefaults({
        auth: { type: 'bearer', token: '{{token}}' },
        variables: [variable('token', '', true)],
      }),
    }),
    environments: [
      { name: 'Local', color: '', description: '', extends: null, variables: [variable('base', server.url)] },
    ],
    items: [
      {
        type: 'folder',
        folder: newFolder('Good'),
        items: [
          {
            type: 'request',
            request: newHttpRequest('One', {
              url: '{{base}}/films/{{id}}',
              assertions: [assertion('res.status', '200')],
              scripts: {
                beforeRequest: '',
                afterResponse: '',
                tests:
                  'pm.test("url", () => pm.expect(pm.response.json().url).to.equal("/films/" + pm.iterationData.get("id")))',
              },
            }),
          },
        ],
      },
      {
        type: 'request',
        request: newHttpRequest('Bad', {
          url: '{{base}}/bad',
          assertions: [assertion('res.status', '500'), assertion('res.body.token', 'x')],
        }),
      },
      { type: 'request', request: newHttpRequest('Stall', { url: '{{base}}/stall' }) },
    ],
  })
  writeFileSync(join(directory, 'rows.csv'), 'id\n1\n2\n')
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
})

function api(...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/api.ts'), ...args], {
    cwd: ROOT,
    env: { ...process.env, INIT_CWD: directory, API_TOKEN: SECRET, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let error = ''
  child.stdout.on('data', (part) => (out += String(part)))
  child.stderr.on('data', (part) => (error += String(part)))
  const ended = new Promise<{ code: number | null; out: string; error: string }>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, out, error })
    })
  })
  return { child, ended }
}
const GIVEN = ['--environment', 'Local', '--secret', 'token=API_TOKEN']

test('a run that passes ends with 0, has an iteration per row, and writes its reports', async () => {
  const reports = [
    '--report',
    'junit=out/junit.xml',
    '--report',
    'json=out/run.json',
    '--report',
    'html=out/run.html',
  ]
  const { code, out, error } = await api('run', 'films', 'Good', ...GIVEN, '--data', 'rows.csv', ...reports)
    .ended
  expect(error).toBe('')
  expect(out).toContain('✓ Good/One (200')
  expect(out).toContain('2 requests, 0 failed; 4 tests, 0 failed')
  expect(code).toBe(0)
  const report = RunReport.parse(JSON.parse(readFileSync(join(directory, 'out/run.json'), 'utf8')))
  expect(report.results.map((one) => one.url)).toEqual([`${server.url}/films/1`, `${server.url}/films/2`])
  expect(readFileSync(join(directory, 'out/junit.xml'), 'utf8')).toContain(
    '<testsuite name="Good (iteration 2)"',
  )
  expect(readFileSync(join(directory, 'out/run.html'), 'utf8')).toContain('<h1>Films</h1>')
})

test('a failed test ends with 1, and no secret is told anywhere', async () => {
  const { code, out } = await api(
    'run',
    'films',
    'Bad.yml',
    ...GIVEN,
    '--verbose',
    '--report',
    'html=bad.html',
  ).ended
  expect(code).toBe(1)
  expect(out).toContain('✗ Bad (200')
  expect(out).toContain('1 request, 1 failed; 2 tests, 2 failed')
  expect(out).not.toContain('\u001b')
  expect(`${out}${readFileSync(join(directory, 'bad.html'), 'utf8')}`).not.toContain(SECRET)
})

test('wrong use and folders that cannot be read end with 2, and say what is wrong', async () => {
  const cases = [
    [['run'], 'Say which folder'],
    [['run', 'nowhere'], ''],
    [
      ['run', 'films', '--environment', 'Nope'],
      'There is no environment “Nope”. The collection has “Local”.',
    ],
    [['run', 'films', '--secret', 'token=NOT_SET_ANYWHERE'], 'NOT_SET_ANYWHERE is not set'],
  ] as const
  for (const [args, words] of cases) {
    const { code, error } = await api(...args).ended
    expect([args, code]).toEqual([args, 2])
    expect(error).toContain(words)
    expect(error).not.toContain('    at ')
  }
})

test.each([
  ['Ctrl+C', ['SIGINT']],
  ['Ctrl+C that npm hands on as well', ['SIGINT', 'SIGINT']],
  ['the end of a CI job', ['SIGTERM']],
] as const)('%s ends with 3 and tells what was done', async (_, signals) => {
  const { child, ended } = api('run', 'films', 'Good', 'Stall.yml', ...GIVEN, '--variable', 'id=7')
  onStall = () => {
    for (const signal of signals) child.kill(signal)
  }
  const { code, out } = await ended
  expect(out).toContain('Interrupted. What was done: 1 request')
  expect(code).toBe(3)
})
