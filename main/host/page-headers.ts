// The security headers of everything that the headless host answers over HTTP.

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Monaco and AG Grid write style elements at run time.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  // The page that shows a secret once (reveal-pages.ts).
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()',
}

/** Headers of the page, its files, and of refusals. */
export function pageHeaders(mediaType: string, cacheControl: string): Record<string, string> {
  return {
    ...COMMON,
    'content-type': mediaType,
    'cache-control': cacheControl,
    'content-security-policy': POLICY,
  }
}

/**
 * Headers of a page that shows a secret: its one inline script and style by their nonce, nothing else, and an origin of its own (`sandbox`),
 * so that the page that frames it cannot look inside.
 */
export function revealHeaders(nonce: string): Record<string, string> {
  return {
    ...COMMON,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      'sandbox allow-scripts',
    ].join('; '),
  }
}
