// What Postgres stores for a password. Computed here, so that the password itself never is in a statement, where a log could catch it.
import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)
// Postgres' own default. Our passwords are long and random: more rounds would only slow down logging in.
const ITERATIONS = 4096

/** The SCRAM-SHA-256 verifier of a password of ASCII characters, as `alter role … password '…'` takes it. */
export async function scramVerifier(password: string, salt: Uint8Array = randomBytes(16)): Promise<string> {
  if (!/^[\x20-\x7e]+$/.test(password)) throw new RangeError('The password must be printable ASCII.')
  const salted = await derive(password, salt, ITERATIONS, 32, 'sha256')
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest()
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64')
  const serverKey = hmac('Server Key').toString('base64')
  return `SCRAM-SHA-256$${String(ITERATIONS)}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`
}
