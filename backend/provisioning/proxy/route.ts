// From the user name of a startup message to the project and the role in it.

/** Where a client wants to go. */
export interface Route {
  readonly role: string
  readonly ref: string
  readonly database: string
}

/**
 * `owner.k3j5h2ab` is the role `owner` of the project `k3j5h2ab`: the name is split at its last dot, since a role may have dots.
 * Undefined when it does not fit, or asks for a role that is only the service's.
 */
export function parseRoute(
  parameters: ReadonlyMap<string, string>,
  options: { readonly reserved: string; readonly defaultDatabase: string },
): Route | undefined {
  const user = parameters.get('user') ?? ''
  const dot = user.lastIndexOf('.')
  if (dot < 1 || dot === user.length - 1) return undefined
  const role = user.slice(0, dot)
  const ref = user.slice(dot + 1)
  if (role === options.reserved || !/^[a-z0-9]{1,40}$/.test(ref)) return undefined
  const database = parameters.get('database') ?? ''
  // libpq names the database after the user when none is given.
  return { role, ref, database: database === '' || database === user ? options.defaultDatabase : database }
}
