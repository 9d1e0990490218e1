// Random tokens that a person or a client holds and we keep only as a hash: refresh tokens, reset links, invitations.
import { createHash, randomBytes } from 'node:crypto'

const TOKEN_BYTES = 32

/** A new token of 256 random bits, fit for a URL. */
export function newOpaqueToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** What is stored of a token. SHA-256 without salt is enough: the token itself has 256 bits of entropy. */
export function hashOpaqueToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest()
}
