// Which Postgres the run's tests talk to: `test.skipIf(serverVersion() < 150000)` where a feature does not exist before.
import { inject } from 'vitest'

/** `server_version_num` of the run's Postgres. Only in files `x.pg.test.ts` and what they import. */
export function serverVersion(): number {
  return inject('postgres').version
}
