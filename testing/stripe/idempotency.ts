// The store of idempotency keys: the same key and body get the first answer again, another body is refused.
import { StripeFailure } from './errors.ts'

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface IdempotencyStore {
  /** The answer that was given under this key; null: none yet. @throws StripeFailure 400 when it was used for something else */
  replay(key: string, request: string): Answer | null
  save(key: string, request: string, answer: Answer): void
}

export function createIdempotencyStore(): IdempotencyStore {
  const answers = new Map<string, { request: string; answer: Answer }>()
  return {
    replay(key, request) {
      const stored = answers.get(key)
      if (stored === undefined) return null
      if (stored.request !== request)
        throw new StripeFailure(
          400,
          'idempotency_error',
          `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}'.`,
        )
      return stored.answer
    },
    save(key, request, answer) {
      // A request that was refused before it began is not kept, so that it can be mended and sent again.
      if (answer.status === 400 || answer.status === 404 || answer.status === 429) return
      answers.set(key, { request, answer })
    },
  }
}
