// No text of a request becomes SQL, wherever it stands.
import { expect, test } from 'vitest'
import { isRestError } from '../backend/rest/errors.ts'
import { parseRequest } from '../backend/rest/parse/index.ts'
import { plan } from '../backend/rest/plan/index.ts'
import { toTransaction } from '../backend/rest/sql/index.ts'
import { filmsCache } from './rest-films.ts'
import { hostileRequests, injectionIn, MARK, type HostileRequest } from './rest-injection-corpus.ts'
import { sampleConfig, sampleIdentity, sampleRoutine } from './rest-sample.ts'

const films = filmsCache()
const routines = [
  sampleRoutine('echo', ['words text'], { returns: { kind: 'scalar', type: 'text', isSetOf: false } }),
  sampleRoutine('found', ['words text'], {
    returns: { kind: 'composite', type: { schema: 'api', name: 'films' }, isAlias: false, isSetOf: true },
  }),
]
const cache = {
  ...films,
  routines: new Map(routines.map((routine) => [`${routine.schema}\u0000${routine.name}`, [routine]])),
}

/** The statements of a request, or the status that it is refused with. */
function compile({ method, url, headers, body }: HostileRequest): readonly string[] | number {
  const [path = '', query = ''] = url.split('?')
  const config = sampleConfig()
  const context = { cache, config, identity: sampleIdentity }
  try {
    const request = parseRequest(
      { method, path, query, headers, body: new TextEncoder().encode(body) },
      config,
    )
    const planned = plan(request, context)
    if (planned.kind === 'info') return []
    const { settings, preRequest, main, planned: guess } = toTransaction(planned, { ...context, request })
    return [settings, preRequest, main, guess].flatMap((one) => one?.text ?? [])
  } catch (error) {
    if (isRestError(error)) return error.status
    throw error
  }
}

test('the corpus gives SQL that holds no text of the request outside quoted names', () => {
  const requests = hostileRequests()
  const wrong: unknown[] = []
  let compiled = 0
  for (const request of requests) {
    const result = compile(request)
    if (typeof result === 'number') {
      if (result < 300 || result >= 500) wrong.push({ request, status: result })
      continue
    }
    compiled += 1
    for (const text of result) {
      const problem = injectionIn(text)
      if (problem !== null) wrong.push({ request, problem, text })
    }
  }
  expect(wrong).toEqual([])
  // Most of it must get as far as SQL, or it would prove nothing.
  expect(compiled).toBeGreaterThan(requests.length / 2)
})

test.each([
  [`select ${MARK}`, 'text of the request'],
  [`select '${MARK}'`, 'text of the request'],
  ['select 1 -- x', 'a comment'],
  ['select /* x */ 1', 'a comment'],
  ['select 1; select 2', 'a semicolon'],
  [`select "${MARK}`, 'does not end'],
])('%s is told as an injection', (text, problem) => {
  expect(injectionIn(text)).toContain(problem)
})

test('quoted names and parameters are none', () => {
  expect(injectionIn(`select "${MARK}""; drop" from "t" where "a" = $1`)).toBeNull()
})
