// Which addresses the app hands to the person's browser.

/**
 * Whether it may be opened: https only, and without a name or password in it. `npm start -- --demo-billing` adds the pages of its test payments, which are
 * http on this machine; their origin is given by whoever starts the app, never by the page.
 */
export function mayOpenOutside(address: string, testPayments: string | undefined): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (isLoopback(url) && url.origin === testPayments)
}

const isLoopback = (url: URL): boolean => url.protocol === 'http:' && url.hostname === '127.0.0.1'
