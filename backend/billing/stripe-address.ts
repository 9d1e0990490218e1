// Another server that speaks Stripe's API, as the client wants it told.
export interface StripeAddress {
  readonly host: string
  readonly port: number
  readonly protocol: 'http' | 'https'
}

/** Of a URL; nothing for Stripe itself. */
export function stripeAddress(url: string | undefined): StripeAddress | Record<string, never> {
  if (url === undefined || url === '') return {}
  const { protocol, hostname, port } = new URL(url)
  const isPlain = protocol === 'http:'
  return {
    host: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : Number(port),
    protocol: isPlain ? 'http' : 'https',
  }
}
