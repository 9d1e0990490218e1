// What a mock server says by itself.
import type { MockAnswer } from './types.ts'

/** An answer of the mock server itself, as problem details (RFC 9457). */
export function problem(
  status: number,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): MockAnswer {
  return {
    status,
    headers: [['Content-Type', 'application/problem+json']],
    body: JSON.stringify({ type: 'about:blank', title: 'Mock server', status, detail, ...more }),
    matched: null,
  }
}
