// A secret store for a machine without a keychain: AES-256-GCM under a random key in a file that only the person can read.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { linkSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { SecretStore } from './secret-store.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** First byte of what is sealed, so that the format may change. */
const FORMAT = 1
const CIPHER = 'aes-256-gcm'

/** Opens the key file, or makes it. Throws SECRET_STORE_UNAVAILABLE when it is not this user's alone or is damaged. */
export function openKeyFile(path: string): SecretStore {
  const key = readKey(path)
  return {
    async seal(plain) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Uint8Array.of(FORMAT), nonce, cipher.getAuthTag(), text])
    },
    async open(sealed) {
      const textStart = 1 + NONCE_BYTES + TAG_BYTES
      if (sealed.byteLength < textStart || sealed[0] !== FORMAT) throw notOurs()
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(1, 1 + NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, textStart))
      try {
        return Buffer.concat([decipher.update(sealed.subarray(textStart)), decipher.final()]).toString('utf8')
      } catch {
        throw notOurs()
      }
    },
    describe: () => `Encrypted with a key in ${path}, which only your user can read.`,
  }
}

function readKey(path: string): Buffer {
  try {
    const file = lstatSync(path, { throwIfNoEntry: false })
    if (file === undefined) makeKey(path)
    else assertPrivate(path, file)
    const key = readFileSync(path)
    if (key.byteLength !== KEY_BYTES) throw unavailable(`${path} is not a key of NebulaDB.`)
    return key
  } catch (error) {
    if (error instanceof AppError) throw error
    throw unavailable(`${path} cannot be read or made by this user.`, error)
  }
}

/** Written whole under another name first, then linked: a crash leaves no half key, and of two racing starts one wins. */
function makeKey(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft)
  }
}

function assertPrivate(path: string, file: { isFile(): boolean; mode: number; uid: number }): void {
  // Windows has no such bits: there the profile folder's access list protects the file.
  if (process.getuid === undefined) return
  if (!file.isFile() || file.uid !== process.getuid() || (file.mode & 0o077) !== 0)
    throw unavailable(
      `${path} can be read by others, or belongs to another user, so it no longer protects secrets.`,
      undefined,
      `Make it yours alone with: chmod 600 '${path}'`,
    )
}

function notOurs(): AppError {
  return unavailable(
    'A stored secret was sealed with another key and cannot be opened on this machine.',
    undefined,
    'Log in, or enter the password, again.',
  )
}

function unavailable(message: string, cause?: unknown, hint?: string): AppError {
  return new AppError('SECRET_STORE_UNAVAILABLE', message, { cause, hint })
}
