// The payment provider's way in: webhooks with their bytes as they came, and the page that hosted pages lead back to.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

const BODY_BYTES = 1024 * 1024
const Query = z.object({ state: z.enum(['done', 'cancelled']).catch('done') })

export interface BillingWebhooks {
  /** False: the provider did not sign it. */
  receive(rawBody: Uint8Array, signature: string): Promise<boolean>
}

/** Adds `/billing/return`, and `/billing/webhook` where plans are sold. */
export function addBillingRoutes(
  server: FastifyInstance,
  webhooks: BillingWebhooks | null,
  onRefused: () => void,
): void {
  // A scope of its own: the signature is over the bytes, so nothing here reads JSON.
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES }, (_, body, done) =>
      done(null, body),
    )
    scope.get('/billing/return', async (request, reply) => {
      const { state } = Query.parse(request.query)
      return reply
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
        .send(page(state))
    })
    if (webhooks === null) return
    scope.post('/billing/webhook', async (request, reply) => {
      const signature = request.headers['stripe-signature']
      const isOurs =
        Buffer.isBuffer(request.body) &&
        typeof signature === 'string' &&
        (await webhooks.receive(request.body, signature))
      if (isOurs) return reply.code(204).send()
      onRefused()
      return reply
        .code(400)
        .send({ error: { code: 'INVALID_INPUT', message: 'The signature is not valid.' } })
    })
  })
}

function page(state: 'done' | 'cancelled'): string {
  const [title, text] =
    state === 'done'
      ? ['Done', 'Go back to NebulaDB, it has noticed. You can close this page.']
      : ['Nothing was changed', 'Go back to NebulaDB. You can close this page.']
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>NebulaDB</title></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`
}
