// Pages that show a secret once, for a host without a clipboard: the app frames one, sandboxed, and the person copies from it. The app's page never
// has the text.
import { randomBytes } from 'node:crypto'
import { revealHeaders } from './page-headers.ts'

export interface RevealPages {
  /** Keeps the text for one showing within a minute and gives the path of its page. */
  create(text: string): string
  /** Takes the page of a path: its headers and HTML, once. Undefined when there is none, or none any more. */
  take(path: string): { readonly headers: Record<string, string>; readonly html: string } | undefined
}

const PREFIX = '/reveal/'
const LIFETIME_MS = 60_000
/** A page that asks for more without showing them is not a person. */
const MAX_WAITING = 20

/** Makes an empty set of pages. */
export function createRevealPages(now: () => Date): RevealPages {
  const waiting = new Map<string, { readonly text: string; readonly until: number }>()
  const sweep = (): void => {
    for (const [key, { until }] of waiting) if (until <= now().getTime()) waiting.delete(key)
  }
  return {
    create(text) {
      sweep()
      const oldest = waiting.keys().next()
      if (waiting.size >= MAX_WAITING && oldest.done === false) waiting.delete(oldest.value)
      const key = randomBytes(24).toString('base64url')
      waiting.set(key, { text, until: now().getTime() + LIFETIME_MS })
      // Not only refused after a minute, but gone from memory.
      setTimeout(sweep, LIFETIME_MS + 1).unref()
      return PREFIX + key
    },
    take(path) {
      sweep()
      const key = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : ''
      const found = waiting.get(key)
      if (found === undefined) return undefined
      waiting.delete(key)
      const nonce = randomBytes(18).toString('base64')
      return { headers: revealHeaders(nonce), html: renderPage(found.text, nonce) }
    },
  }
}

function renderPage(text: string, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Shown once</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; }
body { margin: 0; padding: 12px; font: 13px/20px system-ui, sans-serif; }
pre { margin: 0 0 12px; padding: 8px; border: 1px solid GrayText; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/18px ui-monospace, monospace; user-select: all; }
button { font: inherit; min-height: 28px; padding: 0 12px; }
</style>
</head>
<body>
<pre id="secret" tabindex="0" aria-label="Text with the password">${escapeHtml(text)}</pre>
<button id="copy" type="button">Copy</button>
<span id="told" role="status"></span>
<script nonce="${nonce}">
const secret = document.getElementById('secret')
const told = document.getElementById('told')
document.getElementById('copy').addEventListener('click', () => {
  const range = document.createRange()
  range.selectNodeContents(secret)
  const selection = getSelection()
  selection.removeAllRanges()
  selection.addRange(range)
  told.textContent = document.execCommand('copy') ? 'Copied.' : 'Selected. Press Ctrl+C or Cmd+C to copy.'
})
</script>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`)
}
