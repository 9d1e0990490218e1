// Signs the token of a test user as applications do: HS256 with the project's secret.
import { createHmac } from 'node:crypto'

/** A JWT of `claims`. */
export function signToken(claims: Readonly<Record<string, unknown>>, secret: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
}
