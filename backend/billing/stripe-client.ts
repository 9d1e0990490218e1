// The one place that knows how Stripe's client is set up, and what its errors mean to us.
import Stripe from 'stripe'
import { PaymentError, type PaymentFailure } from './gateway.ts'

/** The version that the package's types describe: another one does not compile. */
export const STRIPE_API_VERSION = '2026-10-28.endive'

/** How Stripe is reached. */
export interface StripeConfig {
  readonly apiKey: string
  /** The newest first; an older one stays while it is being rotated. */
  readonly webhookSecrets: readonly string[]
  /** Another server that speaks Stripe's API. Default: Stripe. */
  readonly host?: string
  readonly port?: number
  readonly protocol?: 'http' | 'https'
  /** Of one attempt. Default 20,000. */
  readonly timeoutMs?: number
  /** Of calls that got no answer, 409 or 5xx, half a second apart and growing. Default 2. */
  readonly maxRetries?: number
  /** Whether Stripe calculates tax. Default true. */
  readonly automaticTax?: boolean
  /** New customers live on this test clock. For tests and the demo. */
  readonly testClock?: string
}

/** Makes the client. Nothing is sent until it is asked. */
export function createStripeClient(config: StripeConfig): Stripe {
  return new Stripe(config.apiKey, {
    apiVersion: STRIPE_API_VERSION,
    timeout: config.timeoutMs ?? 20_000,
    maxNetworkRetries: config.maxRetries ?? 2,
    telemetry: false,
    ...(config.host === undefined ? {} : { host: config.host }),
    ...(config.port === undefined ? {} : { port: config.port }),
    ...(config.protocol === undefined ? {} : { protocol: config.protocol }),
  })
}

const CONFIRMATION_CODES = new Set([
  'authentication_required',
  'invoice_payment_intent_requires_action',
  'subscription_payment_intent_requires_action',
  'payment_intent_authentication_failure',
])

function reasonOf(error: Stripe.errors.StripeError): PaymentFailure {
  if (error instanceof Stripe.errors.StripeSignatureVerificationError) return 'bad-signature'
  if (CONFIRMATION_CODES.has(error.code ?? '') || error.decline_code === 'authentication_required')
    return 'needs-confirmation'
  if (error instanceof Stripe.errors.StripeCardError) return 'declined'
  if (error instanceof Stripe.errors.StripeIdempotencyError) return 'key-reused'
  if (
    error instanceof Stripe.errors.StripeAuthenticationError ||
    error instanceof Stripe.errors.StripePermissionError
  )
    return 'unauthorised'
  if (error instanceof Stripe.errors.StripeInvalidRequestError)
    return error.statusCode === 404 || error.code === 'resource_missing' ? 'not-found' : 'refused'
  // Connection, rate limit, 409 and 5xx: whether it was done is not known.
  return 'unavailable'
}

/** What a failure of Stripe's client means. Other errors are defects and stay as they are. */
export function toPaymentError(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error
  const code = error.decline_code === undefined || error.decline_code === '' ? error.code : error.decline_code
  return new PaymentError(reasonOf(error), error.message, { code: code ?? null, cause: error })
}

/** Runs calls of the client. @throws PaymentError */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toPaymentError(error)
  }
}

/** The id of what Stripe gives as an id or, expanded, as the object. */
export function idOf(reference: string | { readonly id: string }): string
export function idOf(reference: string | { readonly id: string } | null | undefined): string | null
export function idOf(reference: string | { readonly id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null
  return typeof reference === 'string' ? reference : reference.id
}

/** A moment of Stripe's: whole seconds. */
export function toDate(seconds: number): Date
export function toDate(seconds: number | null | undefined): Date | null
export function toDate(seconds: number | null | undefined): Date | null {
  return seconds === null || seconds === undefined ? null : new Date(seconds * 1000)
}

export function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

/** An amount for the wire. @throws RangeError beyond what JSON's numbers hold exactly */
export function toAmount(amount: bigint): number {
  const number = Number(amount)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${amount} minor units cannot be sent exactly.`)
  return number
}

export const sum = (amounts: Iterable<number>): bigint => {
  let total = 0n
  for (const amount of amounts) total += BigInt(amount)
  return total
}
