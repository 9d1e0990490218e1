// Password hashes: Argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane).
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

/** Argon2id of the package's enum, which type stripping cannot import. */
const ARGON2ID = 2
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export interface Passwords {
  /** The PHC string of a password, with a fresh salt. */
  hash(password: string): Promise<string>
  /** Whether the password is the one of `phc`. Without `phc` (an unknown account) it takes just as long and answers false. */
  verify(password: string, phc: string | undefined): Promise<boolean>
}

/** Makes the hasher. Computes the hash that stands in for unknown accounts once, so that the first such attempt takes no longer. */
export async function createPasswords(): Promise<Passwords> {
  const nobody = await hash(randomBytes(32).toString('base64'), OPTIONS)
  return {
    hash: (password) => hash(password, OPTIONS),
    async verify(password, phc) {
      const matches = await verify(phc ?? nobody, password)
      return matches && phc !== undefined
    },
  }
}
