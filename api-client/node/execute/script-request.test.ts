import { describe, expect, it } from 'vitest'
import { newDefaults, newGraphqlRequest, newHttpRequest } from '#api-client/common/new-request.ts'
import { DEFAULT_SETTINGS } from '#api-client/common/resolve/effective.ts'
import type { ResolvedBody, ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type { Body, Pair } from '#contract/requests/parts.ts'
import type { ScriptBody } from '../sandbox/types.ts'
import {
  requestOfScript,
  scriptRequestOf,
  scriptRequestOfResolved,
  withScriptChanges,
} from './script-request.ts'

const pair = (name: string, value: string, isEnabled = true): Pair => ({
  name,
  value,
  isEnabled,
  description: '',
})
const inherited = [{ path: '', name: 'C', defaults: newDefaults({ headers: [pair('A', 'c')] }) }]
const text = (name: string, value: string) => ({
  type: 'text' as const,
  ...pair(name, value),
  contentType: null,
})
const file = {
  type: 'file' as const,
  name: 'f',
  paths: ['a.png', 'b.png'],
  contentType: null,
  isEnabled: true,
  description: '',
}

describe('a request for scripts', () => {
  it.each<[Body, ScriptBody]>([
    [{ type: 'none' }, { type: 'none' }],
    [
      { type: 'xml', text: '<a/>' },
      { type: 'text', text: '<a/>', language: 'xml' },
    ],
    [
      { type: 'form', fields: [pair('a', '1'), pair('b', '2', false)] },
      { type: 'form', fields: [{ name: 'a', value: '1' }] },
    ],
    [
      { type: 'multipart', fields: [text('a', '1'), file] },
      {
        type: 'multipart',
        fields: [
          { name: 'a', value: '1' },
          { name: 'f', value: 'a.png, b.png' },
        ],
      },
    ],
    [
      { type: 'file', path: 'x', contentType: null },
      { type: 'file', path: 'x' },
    ],
  ])('shows the body %j', (body, expected) => {
    expect(scriptRequestOf(newHttpRequest('R', { body }), []).body).toEqual(expected)
  })

  it.each<[ResolvedBody, ScriptBody]>([
    [{ type: 'none' }, { type: 'none' }],
    [
      { type: 'text', text: '1', contentType: 'application/vnd.x+json' },
      { type: 'text', text: '1', language: 'json' },
    ],
    [
      { type: 'text', text: '1', contentType: null },
      { type: 'text', text: '1', language: 'text' },
    ],
    [
      { type: 'form', fields: [{ name: 'a', value: '1' }] },
      { type: 'form', fields: [{ name: 'a', value: '1' }] },
    ],
    [
      { type: 'multipart', parts: [{ type: 'file', name: 'f', path: 'x', contentType: null }] },
      { type: 'multipart', fields: [{ name: 'f', value: 'x' }] },
    ],
    [
      { type: 'file', path: 'x', contentType: null },
      { type: 'file', path: 'x' },
    ],
  ])('shows the body that was sent: %j', (body, expected) => {
    const resolved: ResolvedRequest = {
      method: 'POST',
      url: 'https://a.test/',
      headers: [],
      body,
      auth: { type: 'none' },
      settings: DEFAULT_SETTINGS,
      proxy: { mode: 'off' },
      clientCertificates: [],
      directory: null,
      secrets: [],
      unresolved: [],
    }
    expect(scriptRequestOfResolved('R', resolved).body).toEqual(expected)
  })

  it('has inherited headers and a pair of address and table once', () => {
    const request = newHttpRequest('R', {
      url: 'https://a.test?x=1',
      parameters: [
        { ...pair('x', '1'), place: 'query' },
        { ...pair('y', '2'), place: 'query' },
      ],
    })
    expect(scriptRequestOf(request, inherited)).toMatchObject({
      url: 'https://a.test?x=1&y=2',
      headers: [{ name: 'A', value: 'c' }],
    })
  })
})

describe('what scripts changed', () => {
  const change = (request: Parameters<typeof withScriptChanges>[0], after: object) => {
    const before = scriptRequestOf(request, inherited)
    return withScriptChanges(request, inherited, before, { ...before, ...after })
  }

  it('leaves everything that they did not touch', () => {
    const request = newHttpRequest('R', {
      url: 'https://a.test/:id',
      parameters: [{ ...pair('id', '1'), place: 'path' }],
      body: { type: 'json', text: '{}' },
    })
    expect(change(request, {})).toEqual({ request, inherited })
    expect(change(request, { url: 'https://b.test/:id?x=1' }).request).toMatchObject({
      url: 'https://b.test/:id?x=1',
      parameters: [{ name: 'id' }],
      body: { type: 'json' },
    })
  })

  it('takes a removed inherited header away', () => {
    const changed = change(newHttpRequest('R'), { headers: [] })
    expect(scriptRequestOf(changed.request, changed.inherited).headers).toEqual([])
  })

  it('keeps the files of a multipart body, and a file that a script cannot name', () => {
    const multipart = newHttpRequest('R', { body: { type: 'multipart', fields: [text('a', '1'), file] } })
    const fields = [
      { name: 'f', value: 'a.png, b.png' },
      { name: 'f', value: '/etc/passwd' },
    ]
    expect(change(multipart, { body: { type: 'multipart', fields } }).request).toMatchObject({
      body: { fields: [file, { type: 'text', value: '/etc/passwd' }] },
    })
    expect(
      change(newHttpRequest('R'), { body: { type: 'file', path: '/etc/passwd' } }).request,
    ).toMatchObject({ body: { type: 'none' } })
  })

  it.each<[ScriptBody, object]>([
    [
      { type: 'text', text: 'x', language: 'text' },
      { type: 'json', text: 'x' },
    ],
    [
      { type: 'text', text: '<a/>', language: 'xml' },
      { type: 'xml', text: '<a/>' },
    ],
    [
      { type: 'form', fields: [{ name: 'a', value: '1' }] },
      { type: 'form', fields: [{ name: 'a', isEnabled: true }] },
    ],
    [
      { type: 'multipart', fields: [{ name: 'a', value: '1' }] },
      { type: 'multipart', fields: [{ type: 'text', name: 'a' }] },
    ],
    [{ type: 'none' }, { type: 'none' }],
  ])('takes the body %j', (body, expected) => {
    expect(
      change(newHttpRequest('R', { body: { type: 'json', text: '{}' } }), { body }).request,
    ).toMatchObject({ body: expected })
  })

  it('makes plain HTTP of GraphQL only when the body is theirs', () => {
    const request = newGraphqlRequest('Q', {
      url: 'https://a.test',
      query: '{ a }',
      graphqlVariables: '{}',
      operationName: 'O',
    })
    expect(scriptRequestOf(request, []).body).toMatchObject({
      text: '{"query":"{ a }","variables":{},"operationName":"O"}',
    })
    expect(change(request, { url: 'https://b.test' }).request).toMatchObject({
      kind: 'graphql',
      url: 'https://b.test',
    })
    expect(change(request, { body: { type: 'text', text: '{}', language: 'json' } }).request).toMatchObject({
      kind: 'http',
      method: 'POST',
      body: { type: 'json', text: '{}' },
    })
  })
})

it('a request of a script asks as nobody', () => {
  expect(
    requestOfScript({
      method: 'post',
      url: 'https://a.test',
      headers: [{ name: 'A', value: 'b' }],
      body: { type: 'none' },
    }),
  ).toMatchObject({
    method: 'POST',
    auth: { type: 'none' },
    headers: [{ name: 'A', value: 'b' }],
  })
})
