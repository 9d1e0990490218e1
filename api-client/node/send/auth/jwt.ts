// A JSON Web Token that we sign for each request.
import { createPrivateKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { CompactSign } from 'jose'
import { z } from 'zod'
import type { ResolvedAuth } from '#api-client/common/resolve/types.ts'
import { SendError } from '../failure.ts'

type JwtAuth = Extract<ResolvedAuth, { readonly type: 'jwt' }>

const JoseHeader = z.record(z.string(), z.unknown())

/** The signed token. Claims go in as they were written, so that no number changes. */
export async function signJwt(auth: JwtAuth): Promise<string> {
  const claims = auth.payload.trim() === '' ? '{}' : auth.payload.trim()
  readObject(claims, 'claims')
  const header = auth.header.trim() === '' ? {} : readObject(auth.header, 'header')
  const key = auth.algorithm.startsWith('HS') ? sharedSecret(auth) : privateKey(auth)
  try {
    return await new CompactSign(new TextEncoder().encode(claims))
      .setProtectedHeader({ typ: 'JWT', ...header, alg: auth.algorithm })
      .sign(key)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SendError(
      'AUTH',
      `The token could not be signed with ${auth.algorithm}: ${reason}.`,
      KEY_HINT,
      error,
    )
  }
}

const KEY_HINT = 'Check that the key fits the algorithm: RSA for RS and PS, EC for ES, Ed25519 for EdDSA.'

function readObject(text: string, what: string): Record<string, unknown> {
  try {
    return JoseHeader.parse(JSON.parse(text))
  } catch (error) {
    throw new SendError(
      'AUTH',
      `The ${what} of the token are no JSON object.`,
      'Write them as { "name": "value" }.',
      error,
    )
  }
}

function sharedSecret({ secret, isSecretBase64 }: JwtAuth): Uint8Array {
  if (secret === '') throw new SendError('AUTH', 'The token has no secret to be signed with.', 'Give one.')
  return isSecretBase64 ? Buffer.from(secret, 'base64') : new TextEncoder().encode(secret)
}

function privateKey({ secret }: JwtAuth): KeyObject {
  try {
    // Keys that went through an environment variable often have their lines written as \n.
    return createPrivateKey(secret.replaceAll('\\n', '\n'))
  } catch (error) {
    throw new SendError(
      'AUTH',
      'The private key cannot be read.',
      'Give it as PEM, with its BEGIN and END lines.',
      error,
    )
  }
}
