// The key of the service: from the configuration, or a file that only its user can read, made on first start.
import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'

/** Reads or makes the key (32 bytes). Throws SECRET_STORE_UNAVAILABLE when the file is there but not a key or not readable. */
export async function loadKey(options: {
  readonly directory: string
  /** Base64 of 32 bytes; takes the place of the file. */
  readonly configured: string | undefined
}): Promise<Uint8Array> {
  if (options.configured !== undefined) return decodeKey(options.configured, 'NEBULADB_SECRET_KEY')
  const path = join(options.directory, 'secret.key')
  await mkdir(options.directory, { recursive: true, mode: 0o700 })
  const existing = await readIfThere(path)
  if (existing !== undefined) return decodeKey(existing, path)
  // Linked into place whole: a crash leaves no half key, and of two first starts one wins.
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  await chmod(path, 0o600)
  return decodeKey(await readFile(path, 'utf8'), path)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined
    throw new AppError('SECRET_STORE_UNAVAILABLE', `The key file ${path} cannot be read.`, {
      hint: 'Run the service as the user who owns the file.',
      cause,
    })
  }
}

function decodeKey(text: string, where: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.byteLength !== 32)
    throw new AppError('SECRET_STORE_UNAVAILABLE', `${where} does not hold a key of 32 bytes in base64.`)
  return key
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
