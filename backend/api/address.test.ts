import { expect, test } from 'vitest'
import { apiUrl, parseApiAddress, restUrl } from './address.ts'

const REF = 'abcdefgh2345'

test.each([
  [`/${REF}/rest/v1`, '/'],
  [`/${REF}/rest/v1/`, '/'],
  [`/${REF}/rest/v1/films`, '/films'],
  [`/${REF}/rest/v1/films?select=title&x=/a`, '/films?select=title&x=/a'],
  [`/${REF}/rest/v1?select=title`, '/?select=title'],
  [`/${REF}/rest/v1/rpc/f%20g`, '/rpc/f%20g'],
])('%s is the path %s of the project', (url, path) =>
  expect(parseApiAddress(url, 'localhost:7400', undefined)).toEqual({ ref: REF, path }),
)

test.each([
  '/',
  '/healthz',
  '/v1/projects',
  `/${REF}`,
  `/${REF}/rest`,
  `/${REF}/rest/v2/films`,
  `/${REF}/rest/v10`,
  `/${REF}/rest/v1films`,
  `/x/${REF}/rest/v1/films`,
  `//${REF}/rest/v1/films`,
  '/short/rest/v1/films',
  '/ABCDEFGH2345/rest/v1/films',
  `/${REF}%2Frest/v1/films`,
  '/rest/v1/films',
])('%s is no data API’s', (url) => expect(parseApiAddress(url, 'localhost', undefined)).toBeUndefined())

test.each([
  [`${REF}.api.example.com`, 'api.example.com'],
  [`${REF.toUpperCase()}.API.example.com:8443`, 'api.example.com'],
  [`${REF}.localhost:7400`, 'localhost:7400'],
])('the host %s names the project below %s', (host, domain) => {
  expect(parseApiAddress('/rest/v1/films?a=b', host, domain)).toEqual({ ref: REF, path: '/films?a=b' })
  expect(parseApiAddress('/v1/projects', host, domain)).toBeUndefined()
})

test.each([
  [`${REF}.api.example.com`, undefined],
  [`${REF}.evil-api.example.com`, 'api.example.com'],
  [`${REF}.api.example.com.evil.com`, 'api.example.com'],
  [`x.${REF}.api.example.com`, 'api.example.com'],
  ['api.example.com', 'api.example.com'],
  [`${REF}.localhost:7401`, 'localhost:7400'],
  [undefined, 'api.example.com'],
])('the host %s names none below %s', (host, domain) =>
  expect(parseApiAddress('/rest/v1/films', host, domain)).toBeUndefined(),
)

test('the host decides over the path', () =>
  expect(
    parseApiAddress(`/otherref22/rest/v1/films`, `${REF}.api.example.com`, 'api.example.com'),
  ).toBeUndefined())

test('a project’s address is below the service’s, or a host of its own', () => {
  expect(apiUrl(REF, 'https://nebula.example/', undefined)).toBe(`https://nebula.example/${REF}`)
  expect(apiUrl(REF, 'https://nebula.example', 'api.example.com')).toBe(`https://${REF}.api.example.com`)
  expect(apiUrl(REF, 'http://127.0.0.1:7400', 'localhost:7400')).toBe(`http://${REF}.localhost:7400`)
  expect(restUrl('https://nebula.example/x')).toBe('https://nebula.example/x/rest/v1')
})
