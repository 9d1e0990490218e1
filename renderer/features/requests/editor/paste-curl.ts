// A pasted cURL command becomes the request.
import { requestsOf } from '#api-client/common/collection-tree.ts'
import type { ApiRequest } from '#contract/requests/request.ts'

/** Whether a pasted text is a command of curl. */
export function looksLikeCurl(text: string): boolean {
  return /^\s*(?:\$\s+)?curl(?:\.exe)?\s+\S/.test(text)
}

/** The request of a command, read in the page; null when there is none in it. Throws what the import throws. */
export async function requestOfCurl(text: string): Promise<ApiRequest | null> {
  const { importText } = await import('#api-client/common/exchange/import.ts')
  const [first] = requestsOf(importText(text.replace(/^\s*\$\s+/, ''), { name: '' }).tree.items)
  return first?.request ?? null
}
