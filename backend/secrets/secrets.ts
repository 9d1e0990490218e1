// Encryption at rest of what the service must be able to read again (database passwords, signing keys): AES-256-GCM. The associated data names
// the row and column a value belongs to, so that a ciphertext moved elsewhere does not open.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AppError } from '#contract/errors.ts'

export interface Secrets {
  /** Encrypts `plain`. `aad` says what it is: `instance:<id>:superuser-password`. */
  seal(plain: string, aad: string): Uint8Array
  /** Decrypts. Throws SECRET_STORE_UNAVAILABLE when the key, the bytes or `aad` are not the ones of `seal`. */
  open(sealed: Uint8Array, aad: string): string
}

const ALGORITHM = 'aes-256-gcm'
const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + NONCE_BYTES + TAG_BYTES

/** Makes the sealer for a key of 32 bytes. Layout of a sealed value: version, nonce, tag, ciphertext. */
export function createSecrets(key: Uint8Array): Secrets {
  if (key.byteLength !== 32)
    throw new AppError('SECRET_STORE_UNAVAILABLE', 'The key of the service must have 32 bytes.')
  return {
    seal(plain, aad) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(aad, 'utf8'))
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body])
    },
    open(sealed, aad) {
      if (sealed.byteLength < HEADER_BYTES || sealed[0] !== VERSION) throw notOurs()
      const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(aad, 'utf8'))
      decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEADER_BYTES))
      try {
        return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]).toString(
          'utf8',
        )
      } catch (cause) {
        throw notOurs(cause)
      }
    },
  }
}

function notOurs(cause?: unknown): AppError {
  return new AppError(
    'SECRET_STORE_UNAVAILABLE',
    'A stored secret could not be opened with the key of this service.',
    {
      hint: 'Restore the key file that the data was written with, or set NEBULADB_SECRET_KEY to it.',
      cause,
    },
  )
}
