import { expect, test } from 'vitest'
import { Collection, Folder } from '#contract/requests/collection.ts'
import { ApiRequest } from '#contract/requests/request.ts'
import {
  newCollection,
  newFolder,
  newGraphqlRequest,
  newHttpRequest,
  newWebSocketRequest,
} from './new-request.ts'

test('what is new says everything that the contract asks for', () => {
  for (const request of [newHttpRequest('a'), newGraphqlRequest('b'), newWebSocketRequest('c')])
    expect(ApiRequest.parse(request)).toEqual(request)
  expect(Folder.parse(newFolder('d'))).toEqual(newFolder('d'))
  expect(Collection.parse(newCollection('e'))).toEqual(newCollection('e'))
})

test('fields that are given count', () => {
  expect(newHttpRequest('a', { method: 'POST', url: '/film' })).toMatchObject({
    method: 'POST',
    url: '/film',
  })
})
