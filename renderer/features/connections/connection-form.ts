// The fields of a connection as they are typed, their rules, and how they become what the host saves.
import { z } from 'zod'
import type { Connection, SaveConnection } from '#contract/capabilities/connections.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { Environment } from '#contract/capabilities/projects.ts'

const MAX_PORT = 65_535

/** Rules of the form; the messages stand under the fields. */
export const ConnectionForm = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(100, 'Use at most 100 characters.'),
  host: z.string().trim().min(1, 'Enter a host name, an address or a socket directory.').max(255),
  port: z
    .string()
    .trim()
    .regex(/^\d{1,5}$/, 'Enter a number.')
    .refine((text) => Number(text) >= 1 && Number(text) <= MAX_PORT, 'Use 1 to 65535.'),
  database: z.string().trim().min(1, 'Enter the database, often postgres.').max(63),
  user: z.string().trim().min(1, 'Enter the user, often postgres.').max(63),
  sslMode: z.enum(['disable', 'prefer', 'require', 'verify-full']),
  environment: Environment,
  isReadOnly: z.boolean(),
  /** Undefined keeps what is stored. */
  password: z.string().max(1000).optional(),
})
export type ConnectionValues = z.infer<typeof ConnectionForm>

export const EMPTY_CONNECTION: ConnectionValues = {
  name: '',
  host: '',
  port: '5432',
  database: '',
  user: '',
  sslMode: 'prefer',
  environment: 'local',
  isReadOnly: false,
}

/** The form's values of a saved connection. Its password is not among them: it never comes to the page. */
export function formOf(connection: Connection): ConnectionValues {
  const { name, host, port, database, user, sslMode, environment, isReadOnly } = connection
  return { name, host, port: String(port), database, user, sslMode, environment, isReadOnly }
}

/** What is saved or tested. An empty password is left out, so that a stored one is kept. */
export function asSaved(
  values: ConnectionValues,
  id: ConnectionId | undefined,
): z.input<typeof SaveConnection> {
  const { password, port, ...rest } = values
  return {
    ...rest,
    name: rest.name.trim(),
    host: rest.host.trim(),
    database: rest.database.trim(),
    user: rest.user.trim(),
    port: Number(port),
    ...(id === undefined ? {} : { id }),
    ...(password === undefined || password === '' ? {} : { password }),
  }
}
