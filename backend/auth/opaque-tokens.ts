// Random tokens that a person or a client holds and we keep only as a hash: refresh tokens, reset links, invitations.
import { createHash, randomBytes } from 'node:crypto'

/** A new token of 256 random bits, fit for a URL. */
export function newOpaqueToken(): string {
  return randomBytes(32).toString('base64url')
}

/** A token for a mail, of 192 random bits: with its link it fits in one line of a mail as a person sees it. */
export function newMailedToken(): string {
  return randomBytes(24).toString('base64url')
}

/** What is stored of a token. SHA-256 without salt is enough: tokens have too much entropy to be guessed. */
export function hashOpaqueToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest()
}
