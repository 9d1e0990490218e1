// Secrets are masked wherever a request is shown, in the forms in which they are sent too.
const MASK = '••••••'

/** Replaces every one of `secrets`, plain, percent-encoded and in base64. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const forms = new Set<string>()
  for (const secret of secrets) {
    if (secret === '') continue
    forms.add(secret)
    forms.add(encodeURIComponent(secret.toWellFormed()))
    forms.add(new URLSearchParams([['', secret]]).toString().slice(1))
    const bytes = Buffer.from(secret)
    // Short ones in base64 are parts of other words.
    if (bytes.length >= 4) {
      forms.add(bytes.toString('base64'))
      forms.add(bytes.toString('base64url'))
    }
    forms.add(JSON.stringify(secret).slice(1, -1))
  }
  // The longest first: one secret may hold another.
  const sorted = [...forms].filter((form) => form !== '').sort((a, b) => b.length - a.length)
  if (sorted.length === 0) return (text) => text
  return (text) => sorted.reduce((masked, form) => masked.replaceAll(form, MASK), text)
}
