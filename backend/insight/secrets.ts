// What is hidden of a recorded request before anybody sees it: values whose names say that they are secrets. It is the member's own request, but a
// screen is shared and photographed.

export const HIDDEN = '(hidden)'

const WORDS = new Set([
  ...['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'secret', 'token', 'jwt', 'apikey'],
  ...['authorization', 'credential', 'credentials', 'cookie', 'otp', 'cvv', 'cvc'],
])
/** What makes a key a secret one. */
const KEYS = new Set(['api', 'private', 'access', 'signing', 'encryption', 'service'])

/** Whether a name says that its value is a secret: `new_password`, `X-Api-Key`, `accessToken`; not `max_tokens`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
  return words.some((word, index) => WORDS.has(word) || (word === 'key' && KEYS.has(words[index - 1] ?? '')))
}

/** A text of JSON, to the end of all where it is not closed: so that none of it is looked at twice. */
const TEXT = /"(?:[^"\\]|\\[\s\S])*(?:"|$)/g
const COLON = /\s*:\s*/y
const VALUE = /"(?:[^"\\]|\\[\s\S])*(?:"|$)|-?\d[\d.eE+-]*/y

/** JSON with the texts and numbers of secret members hidden, in the text itself: figures of any length stay as they are. It may have been cut. */
export function hideInJson(text: string): string {
  let shown = ''
  let at = 0
  TEXT.lastIndex = 0
  for (let name = TEXT.exec(text); name !== null; name = TEXT.exec(text)) {
    const end = matchAt(COLON, text, TEXT.lastIndex)
    if (end === null) continue
    TEXT.lastIndex = end
    if (!isSecretName(nameOf(name[0]))) continue
    const valueEnd = matchAt(VALUE, text, end)
    if (valueEnd === null) continue
    shown += `${text.slice(at, end)}"${HIDDEN}"`
    at = valueEnd
    TEXT.lastIndex = valueEnd
  }
  return shown + text.slice(at)
}

/** Where a match that begins at `at` ends; null for none. */
function matchAt(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : null
}

function nameOf(quoted: string): string {
  if (!quoted.includes('\\')) return quoted
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted
  }
}

export interface ShownQuery {
  readonly text: string
  /** The values that are hidden in it, as the statements may have them. */
  readonly secrets: ReadonlySet<string>
}

/** A query string with the values of secret names hidden; the operator before a value stays. */
export function hideInQuery(query: string): ShownQuery {
  const secrets = new Set<string>()
  const text = query.replaceAll(
    /(^|&)([^=&]*)=([^&]*)/g,
    (whole: string, before: string, name: string, value: string) => {
      if (!isSecretName(decoded(name))) return whole
      const [, operator = '', rest = ''] = /^((?:not\.)?[a-z]+(?:\([^)]*\))?\.)?(.*)$/.exec(value) ?? []
      for (const secret of [decoded(value), decoded(rest)]) if (secret !== '') secrets.add(secret)
      return `${before}${name}=${operator}${HIDDEN}`
    },
  )
  return { text, secrets }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
