import { afterAll, expect, it } from 'vitest'
import { FILM, runScript, scriptVariable, told } from '#testing/scripts.ts'
import { createSandbox } from './sandbox.ts'

const sandbox = createSandbox({ processes: 1 })
afterAll(() => sandbox.close())

it('runs what Bruno’s scripts mostly say after a response', async () => {
  const outcome = await runScript(
    sandbox,
    `test('response', () => {
      expect(res.status).to.equal(200)
      expect(res.getStatus()).to.equal(200)
      expect(res.body.title).to.equal('Alien')
      expect(res.getBody().tags).to.eql(['a', 'b'])
      expect(res('by.name')).to.equal('Scott')
      expect(res.getHeader('X-Total')).to.equal('3')
      expect(res.headers['x-total']).to.equal('3')
      expect(res.getResponseTime()).to.equal(12)
      expect(res.getSize().body).to.equal(63)
    })
    test('variables', () => {
      expect(bru.getEnvName()).to.equal('Local')
      expect(bru.getEnvVar('host')).to.equal('h')
      expect(bru.interpolate('{{host}}!')).to.equal('h!')
      expect(bru.getVar('none')).to.equal(undefined)
    })
    bru.setVar('token', 't'); bru.setEnvVar('seen', true); bru.setGlobalEnvVar('g', 1)
    const answer = await bru.sendRequest({ method: 'GET', url: 'https://a.test', headers: { A: 'b' } })
    await bru.sleep(1)
    test('sends', () => { expect(answer.code).to.equal(200); assert.equal(req.getMethod(), 'GET') })
    bru.setNextRequest('Other')`,
    { variables: { environment: [scriptVariable('host', 'h')] }, send: () => Promise.resolve(FILM) },
  )
  expect(outcome.error).toBeNull()
  expect(told(outcome)).toEqual({ response: 'passed', variables: 'passed', sends: 'passed' })
  expect(outcome.nextRequest).toBe('Other')
  expect(outcome.changes.map(({ scope, name }) => `${scope} ${name}`)).toEqual([
    'script token',
    'environment seen',
    'global g',
  ])
})

it('changes the request before it is sent', async () => {
  const outcome = await runScript(
    sandbox,
    `req.setUrl('https://b.test/x'); req.setMethod('PUT'); req.setHeader('A', 'b'); req.deleteHeader('Accept')
     req.setBody({ a: 1 }); req.setTimeout(5)`,
    { phase: 'beforeRequest', response: null },
  )
  expect(outcome.request).toMatchObject({
    url: 'https://b.test/x',
    method: 'PUT',
    headers: [{ name: 'A', value: 'b' }],
    body: { type: 'text', text: '{"a":1}', language: 'json' },
  })
  expect(outcome.console[0]?.text).toContain('req.setTimeout is not kept')
})
