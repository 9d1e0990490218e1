import { afterAll, describe, expect, it } from 'vitest'
import { FILM, runScript, scriptVariable, told, type ScriptCase } from '#testing/scripts.ts'
import { createSandbox } from './sandbox.ts'

const sandbox = createSandbox({ processes: 1 })
afterAll(() => sandbox.close())
const run = (code: string | readonly string[], given?: ScriptCase) => runScript(sandbox, code, given)

/** Each line is a test; those that begin with ! must fail. */
async function holds(lines: readonly string[], given?: ScriptCase) {
  const outcome = await run(
    lines.map((line, index) => `pm.test(${index}, () => { ${line.replace(/^!/, '')} })`).join('\n'),
    given,
  )
  expect(outcome.error).toBeNull()
  expect(
    lines.filter((line, index) => (outcome.tests[index]?.outcome === 'failed') !== line.startsWith('!')),
  ).toEqual([])
}

describe('pm.test', () => {
  it('tells passed, failed and skipped ones, sync, async and by done', async () => {
    const outcome = await run(`
      pm.test('passes', () => {})
      pm.test('fails', () => pm.expect(1).to.equal(2))
      pm.test('throws', () => undefined.x)
      pm.test('waits', async () => { await new Promise((next) => setTimeout(next, 5)); pm.expect(3).to.equal(4) })
      pm.test('is done', (done) => setTimeout(done, 1))
      pm.test('is done with an error', (done) => setTimeout(() => done(new Error('late')), 1))
      pm.test('is never done', (done) => {})
      pm.test.skip('is skipped', () => { throw new Error('it ran') })
      pm.test('throws no error', () => { throw 'text' })
    `)
    expect(told(outcome)).toEqual({
      passes: 'passed',
      fails: 'expected 1 to equal 2',
      throws: "TypeError: cannot read property 'x' of undefined",
      waits: 'expected 3 to equal 4',
      'is done': 'passed',
      'is done with an error': 'late',
      'is never done': 'The test did not end: its promise or done() never came.',
      'is skipped': 'skipped',
      'throws no error': 'text',
    })
  })

  it('counts what was written before there was pm', async () => {
    const outcome = await run(`
      tests['is OK'] = responseCode.code === 200
      tests['is empty'] = responseBody === ''
      tests['has a header'] = postman.getResponseHeader('x-total') === '3' && responseHeaders['X-Total'] === '3'
      tests['knows the request'] = request.method === 'GET' && request.url.includes('/films/7') && iteration === 0
      postman.setEnvironmentVariable('a', 1); postman.setGlobalVariable('b', 'c'); postman.setNextRequest('Next')
    `)
    expect(told(outcome)).toEqual({
      'is OK': 'passed',
      'is empty': 'The test is false.',
      'has a header': 'passed',
      'knows the request': 'passed',
    })
    expect(outcome.nextRequest).toBe('Next')
    expect(outcome.changes.map(({ scope, name, value }) => [scope, name, value])).toEqual([
      ['environment', 'a', '1'],
      ['global', 'b', 'c'],
    ])
  })
})

describe('pm.response', () => {
  it('is asserted as in Postman', () =>
    holds([
      'pm.response.to.have.status(200)',
      '!pm.response.to.have.status(404)',
      'pm.response.to.have.status("OK")',
      '!pm.response.to.have.status("Created")',
      'pm.response.to.not.have.status(404)',
      'pm.response.to.be.ok',
      'pm.response.to.be.success',
      '!pm.response.to.be.error',
      'pm.response.to.not.be.error',
      '!pm.response.to.be.clientError',
      '!pm.response.to.be.notFound',
      'pm.response.to.be.json',
      'pm.response.to.be.withBody',
      'pm.response.to.have.header("content-type")',
      'pm.response.to.have.header("X-Total", "3")',
      '!pm.response.to.have.header("X-Total", "4")',
      '!pm.response.to.have.header("X-None")',
      'pm.response.to.have.jsonBody()',
      'pm.response.to.have.jsonBody("by.name")',
      'pm.response.to.have.jsonBody("by.name", "Scott")',
      'pm.response.to.have.jsonBody("tags[1]", "b")',
      '!pm.response.to.have.jsonBody("by.name", "Cameron")',
      '!pm.response.to.have.jsonBody("by.age")',
      'pm.response.to.have.body(/Alien/)',
      '!pm.response.to.have.body("x")',
      'pm.expect(pm.response).to.have.status(200)',
      'pm.expect(pm.response.code).to.be.oneOf([200, 201])',
      'pm.expect(pm.response.responseTime).to.be.below(200)',
      'pm.expect(pm.response.text()).to.include("Alien")',
      'pm.expect(pm.response.json().tags).to.have.members(["b", "a"])',
      'pm.expect(pm.response.headers.get("content-TYPE")).to.eql("application/json")',
      'pm.expect(pm.response.headers.toObject()).to.have.property("X-Total", "3")',
      'pm.expect(pm.response.responseSize).to.equal(63)',
      'pm.expect(pm.response.status).to.equal("OK")',
      'pm.expect({ a: [1, { b: 2 }] }).to.deep.equal({ a: [1, { b: 2 }] })',
      'pm.expect(() => { throw new TypeError("no") }).to.throw(TypeError, "no")',
      'pm.expect([1]).to.be.an("array").that.is.not.empty',
    ]))

  it.each<[string, string, unknown, string | null]>([
    ['fits', '{"type":"object","required":["id"]}', null, null],
    ['lacks a property', '{"required":["year"]}', null, 'the value must have “year”'],
    [
      'has a wrong type',
      '{"properties":{"id":{"type":"string"}}}',
      null,
      '/id must be string, but is integer',
    ],
    [
      'has an unexpected one',
      '{"properties":{"id":{}},"additionalProperties":false}',
      null,
      '/title is not an expected property',
    ],
    [
      'refers',
      '{"$defs":{"t":{"maxLength":2}},"properties":{"title":{"$ref":"#/$defs/t"}}}',
      null,
      '/title must have at most 2 characters',
    ],
    [
      'chooses',
      '{"oneOf":[{"required":["id"]},{"required":["title"]}]}',
      null,
      'exactly one of oneOf, but fits 2',
    ],
    ['lists', '{"properties":{"tags":{"items":{"enum":["a"]}}}}', null, '/tags/1 must be one of ["a"]'],
    ['never ends', '{"$ref":"#"}', null, 'refers to itself without end'],
  ])('holds a schema against the body: %s', async (_, schema, __, message) => {
    const outcome = await run(`pm.test('schema', () => pm.response.to.have.jsonSchema(${schema}))`)
    if (message === null) expect(told(outcome)).toEqual({ schema: 'passed' })
    else expect(told(outcome)['schema']).toContain(message)
  })

  it('says that a body is no JSON, or too large', async () => {
    const code = 'pm.test("json", () => pm.response.json())'
    expect(told(await run(code, { response: { ...FILM, text: '<html>' } }))['json']).toContain(
      'The response is no JSON',
    )
    expect(told(await run(code, { response: { ...FILM, text: null } }))['json']).toContain(
      'too large for scripts',
    )
  })
})

describe('variables', () => {
  it('are read by their precedence and written to their scope', async () => {
    const outcome = await run(
      `pm.test('reads', () => {
        pm.expect(pm.variables.get('a')).to.equal('script')
        pm.expect(pm.variables.get('b')).to.equal('data')
        pm.expect(pm.variables.get('c')).to.equal('nearer')
        pm.expect(pm.variables.get('d')).to.equal(4)
        pm.expect(pm.variables.get('e')).to.eql({ x: 1 })
        pm.expect(pm.variables.get('f')).to.equal(true)
        pm.expect(pm.variables.get('none')).to.equal(undefined)
        pm.expect(pm.environment.get('a')).to.equal(undefined)
        pm.expect(pm.iterationData.get('b')).to.equal('data')
        pm.expect(pm.environment.name).to.equal('Local')
        pm.expect(pm.variables.replaceIn('{{d}}/{{ {{which}} }}/{{none}}')).to.equal('4/script/{{none}}')
        pm.expect(pm.variables.replaceIn('{{$guid}}')).to.match(/^[0-9a-f-]{36}$/)
        pm.expect(() => pm.iterationData.set('b', 1)).to.throw('cannot be changed')
      })
      pm.environment.set('n', 5); pm.collectionVariables.set('o', { y: [1] }); pm.globals.set('t', true)
      pm.variables.set('s', 'text'); pm.environment.unset('d'); pm.globals.unset('none')
      pm.test('has', () => pm.expect([pm.environment.has('n'), pm.environment.has('d')]).to.eql([true, false]))`,
      {
        variables: {
          script: [scriptVariable('a', 'script')],
          data: [scriptVariable('a', 'no'), scriptVariable('b', 'data')],
          nearer: [scriptVariable('b', 'no'), scriptVariable('c', 'nearer'), scriptVariable('which', 'a')],
          environment: [scriptVariable('c', 'no'), scriptVariable('d', '4', 'number')],
          collection: [scriptVariable('d', 'no'), scriptVariable('e', '{"x":1}', 'object')],
          global: [scriptVariable('e', 'no'), scriptVariable('f', 'true', 'boolean')],
        },
      },
    )
    expect(told(outcome)).toEqual({ reads: 'passed', has: 'passed' })
    expect(outcome.changes).toEqual([
      { scope: 'environment', name: 'n', value: '5', type: 'number' },
      { scope: 'collection', name: 'o', value: '{"y":[1]}', type: 'object' },
      { scope: 'global', name: 't', value: 'true', type: 'boolean' },
      { scope: 'script', name: 's', value: 'text', type: 'string' },
      { scope: 'environment', name: 'd', value: null, type: 'null' },
    ])
  })

  it('keep the digits of a number that a double cannot hold', async () => {
    const outcome = await run(`pm.test(String(pm.variables.get('big')), () => {})`, {
      variables: { environment: [scriptVariable('big', '9007199254740993', 'number')] },
    })
    expect(Object.keys(told(outcome))).toEqual(['9007199254740993'])
  })
})

describe('pm.request', () => {
  it('is changed before it is sent, and untouched when only read', async () => {
    const before = { phase: 'beforeRequest', response: null } as const
    expect(
      (await run('pm.request.url.toString(); pm.request.headers.get("accept")', before)).request,
    ).toBeNull()
    const outcome = await run(
      `pm.request.method = 'POST'
       pm.request.headers.upsert({ key: 'accept', value: 'text/csv' })
       pm.request.headers.add({ key: 'X-A', value: '1' })
       pm.request.url.query.add({ key: 'c', value: '{{d}}' })
       pm.request.url.query.remove('a')
       pm.request.body.update({ mode: 'raw', raw: JSON.stringify({ n: 1 }), options: { raw: { language: 'json' } } })`,
      before,
    )
    expect(outcome.request).toEqual({
      name: 'One film',
      method: 'POST',
      url: 'https://api.test/films/7?b=2&c={{d}}',
      headers: [
        { name: 'accept', value: 'text/csv' },
        { name: 'X-A', value: '1' },
      ],
      body: { type: 'text', text: '{"n":1}', language: 'json' },
    })
  })

  it.each([
    'https://a.test',
    'https://a.test/',
    '{{base}}/x?y={{z}}',
    'a.test:8080/b/c?flag&d=1',
    '{{scheme}}://h/x',
    '/only/path',
  ])('keeps %s as it is written', async (url) => {
    const outcome = await run('console.log(pm.request.url.toString())', {
      request: { name: 'R', method: 'GET', url, headers: [], body: { type: 'none' } },
    })
    expect(outcome.console.map((line) => line.text)).toEqual([url])
  })

  it('may be skipped, and then the rest does not run', async () => {
    const outcome = await run(['pm.execution.skipRequest(); console.log("after")', 'console.log("second")'], {
      phase: 'beforeRequest',
      response: null,
    })
    expect([outcome.isSkipped, outcome.error, outcome.console]).toEqual([true, null, []])
  })
})

describe('pm.sendRequest', () => {
  it('sends by callback and by promise, and counts', async () => {
    const seen: unknown[] = []
    const send: ScriptCase['send'] = (request) => {
      seen.push(request)
      return request.url.includes('broken') ? Promise.reject(new Error('refused')) : Promise.resolve(FILM)
    }
    const outcome = await run(
      `pm.sendRequest({ url: 'https://a.test', method: 'POST', header: { A: 'b' }, body: { mode: 'urlencoded', urlencoded: [{ key: 'x', value: 1 }] } },
         (error, response) => pm.test('callback', () => pm.expect(response.json().id).to.equal(7)))
       pm.sendRequest('https://broken.test', (error) => pm.test('error', () => pm.expect(error.message).to.equal('refused')))
       const response = await pm.sendRequest('https://c.test')
       pm.test('promise', () => pm.expect(response).to.have.status(200))
       pm.test('too many', async () => { await pm.sendRequest('https://d.test') })`,
      { send, mostRequests: 3 },
    )
    expect(told(outcome)).toEqual({
      callback: 'passed',
      error: 'passed',
      promise: 'passed',
      'too many': 'Scripts of one request may send 3 requests, and these are more.',
    })
    expect(seen[0]).toEqual({
      method: 'POST',
      url: 'https://a.test',
      headers: [{ name: 'A', value: 'b' }],
      body: { type: 'form', fields: [{ name: 'x', value: '1' }] },
    })
    expect(seen).toHaveLength(3)
  })
})

describe('require and globals', () => {
  it('has what is cheap, with known answers', () =>
    holds([
      "pm.expect(CryptoJS.MD5('abc').toString()).to.equal('900150983cd24fb0d6963f7d28e17f72')",
      "pm.expect(CryptoJS.SHA256('abc').toString(CryptoJS.enc.Base64)).to.equal('ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=')",
      "pm.expect(require('crypto-js').HmacSHA1('The quick brown fox jumps over the lazy dog', 'key').toString()).to.equal('de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9')",
      "pm.expect(CryptoJS.enc.Utf8.stringify(CryptoJS.enc.Base64.parse('w7xi'))).to.equal('üb')",
      "pm.expect(require('uuid').v4()).to.match(/^[0-9a-f]{8}-/)",
      "pm.expect(atob(btoa('Hi ÿ'))).to.equal('Hi ÿ')",
      "pm.expect(new TextDecoder().decode(new TextEncoder().encode('ü€😀'))).to.equal('ü€😀')",
      "const Ajv = require('ajv'); const ajv = new Ajv(); pm.expect(ajv.validate({ type: 'string' }, 1)).to.equal(false); pm.expect(ajv.errorsText()).to.include('must be string')",
      "pm.expect(tv4.validate(1, { type: 'number' })).to.equal(true)",
      "!cheerio.load('')",
    ]))

  it('says in words what it lacks', async () => {
    const outcome = await run("require('postman-collection')")
    expect(outcome.error?.message).toMatch(
      /“postman-collection” is not part of this sandbox\. There are chai, lodash/,
    )
    const visual = await run('pm.visualizer.set("<b>"); pm.visualizer.set("<b>")')
    expect(visual.console.map((line) => [line.level, line.text])).toEqual([
      ['warn', 'pm.visualizer is not kept: nothing is drawn here.'],
    ])
  })

  it('gives each run other random numbers', async () => {
    const random = async () => (await run('console.log(Math.random())')).console[0]?.text
    expect(await random()).not.toBe(await random())
  })
})
