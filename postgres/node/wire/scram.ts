// SCRAM-SHA-256 (RFC 5802, RFC 7677) as Postgres uses it, and the older md5 answer.
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)
/** More than any sane server asks for: a hostile one must not keep us computing for minutes. */
const MAX_ITERATIONS = 1_000_000

export interface ScramExchange {
  readonly mechanism: 'SCRAM-SHA-256'
  readonly firstMessage: string
  /** The answer to the server's first message. Throws when it is malformed. */
  respond(serverFirst: string): Promise<string>
  /** Checks that the server knows the password too. Throws when it does not. */
  verify(serverFinal: string): void
}

/** Starts an exchange. `nonce` is random and given only by tests with published vectors. */
export function createScramExchange(
  password: string,
  nonce = randomBytes(18).toString('base64'),
): ScramExchange {
  // Postgres takes the user from the startup message and ignores the one here.
  const bare = `n=,r=${nonce}`
  let serverSignature: Buffer | undefined
  return {
    mechanism: 'SCRAM-SHA-256',
    firstMessage: `n,,${bare}`,
    async respond(serverFirst) {
      const fields = parse(serverFirst)
      const combined = fields.get('r') ?? ''
      const salt = Buffer.from(fields.get('s') ?? '', 'base64')
      const iterations = Number(fields.get('i'))
      if (!combined.startsWith(nonce) || combined === nonce) throw new Error('the server sent a wrong nonce')
      if (salt.length === 0) throw new Error('the server sent no salt')
      if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS)
        throw new Error('the server asked for an impossible number of iterations')
      const salted = await derive(prepare(password), salt, iterations, 32, 'sha256')
      const clientKey = hmac(salted, 'Client Key')
      const withoutProof = `c=biws,r=${combined}`
      const authMessage = `${bare},${serverFirst},${withoutProof}`
      const clientSignature = hmac(createHash('sha256').update(clientKey).digest(), authMessage)
      serverSignature = hmac(hmac(salted, 'Server Key'), authMessage)
      const proof = clientKey.map((byte, index) => byte ^ (clientSignature[index] ?? 0))
      return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`
    },
    verify(serverFinal) {
      const given = Buffer.from(parse(serverFinal).get('v') ?? '', 'base64')
      if (
        serverSignature === undefined ||
        given.length !== serverSignature.length ||
        !timingSafeEqual(given, serverSignature)
      )
        throw new Error('the server could not prove that it knows the password')
    },
  }
}

/** The answer to an md5 password request. */
export function md5Answer(user: string, password: string, salt: Uint8Array): string {
  const inner = createHash('md5')
    .update(password + user)
    .digest('hex')
  return `md5${createHash('md5').update(inner).update(salt).digest('hex')}`
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function parse(message: string): Map<string, string> {
  return new Map(message.split(',').map((field) => [field.slice(0, 1), field.slice(2)]))
}

/** SASLprep (RFC 4013) as far as passwords meet it: odd spaces become spaces, invisible characters go, compatibility forms are folded. */
function prepare(password: string): string {
  return password
    .replaceAll(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/gu, ' ')
    .replaceAll(/[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]/gu, '')
    .normalize('NFKC')
}
