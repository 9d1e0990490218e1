// Codes of authentication: PGRST300 to PGRST303.
import { RestError } from './errors.ts'

/** PGRST300: a token came, but nothing to check it with is configured. */
export function noJwtSecret(): RestError {
  return new RestError({ code: 'PGRST300', status: 500, message: 'Server lacks JWT secret' })
}

/** PGRST301: the token cannot be read, or nobody we trust has signed it. */
export function tokenInvalid(message: string, details: string | null = null): RestError {
  return new RestError(
    { code: 'PGRST301', status: 401, message },
    { details, headers: [['WWW-Authenticate', invalidToken(message)]] },
  )
}

/** PGRST302: nobody may come without a role. */
export function anonymousRefused(): RestError {
  return new RestError(
    { code: 'PGRST302', status: 401, message: 'Anonymous access is disabled' },
    { headers: [['WWW-Authenticate', 'Bearer']] },
  )
}

/** PGRST303: the token is genuine, but its claims do not let it in. */
export function claimsInvalid(message: string): RestError {
  return new RestError(
    { code: 'PGRST303', status: 401, message },
    { headers: [['WWW-Authenticate', invalidToken(message)]] },
  )
}

function invalidToken(message: string): string {
  return `Bearer error="invalid_token", error_description=${JSON.stringify(message)}`
}
