// A real host with what tests of collections and requests ask of it most.
import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { newHttpRequest } from '../api-client/common/new-request.ts'
import type { CollectionId } from '../contract/requests/collection.ts'
import { ExchangeId, type Exchange, type SendEvent } from '../contract/requests/exchange.ts'
import type { ApiRequest } from '../contract/requests/request.ts'
import { startTestHost, type TestHost, type TestHostOptions } from './host.ts'

export interface ApiClientHost extends TestHost {
  /** Sends and gives the exchange. */
  send(request: ApiRequest, place?: SendPlace): Promise<Exchange>
}

interface SendPlace {
  readonly collectionId?: CollectionId | null
  readonly path?: string | null
  readonly environment?: string | null
  readonly onEvent?: (event: SendEvent) => void
}

/** Starts it; it ends with the test. */
export async function startApiClientHost(options: TestHostOptions = {}): Promise<ApiClientHost> {
  const host = await startTestHost(options)
  onTestFinished(() => host.close())
  return {
    ...host,
    async send(request, { collectionId = null, path = null, environment = null, onEvent } = {}) {
      const exchangeId = ExchangeId.parse(randomUUID())
      const stream = host.client.requests.send({ exchangeId, request, collectionId, path, environment })
      for await (const event of stream) {
        onEvent?.(event)
        if (event.type === 'done') return event.exchange
      }
      throw new Error('The stream ended without an exchange.')
    },
  }
}

/** A GET. */
export function get(url: string, fields: Parameters<typeof newHttpRequest>[1] = {}): ApiRequest {
  return newHttpRequest('A request', { url, ...fields })
}
