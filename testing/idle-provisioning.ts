// Provisioning that never makes a database: every project stays in `creating`. For tests of accounts, organisations, tenancy and transport.
import { AppError } from '../contract/errors.ts'
import type { Provisioning } from '../backend/provisioning/index.ts'

/** Makes it. What needs a running database fails as it does while one is being created. */
export function createIdleProvisioning(): Provisioning {
  const notReady = async (): Promise<never> => {
    throw new AppError('PROJECT_NOT_READY', 'The database is being created.')
  }
  return {
    start: async () => undefined,
    close: async () => undefined,
    wake: () => undefined,
    ensureAwake: notReady,
    progress: async () => ({ status: 'creating', problem: null, steps: [] }),
    onProgress: () => () => undefined,
    endpoints: notReady,
    ownerTarget: notReady,
    authenticatorTarget: notReady,
    setOwnerPassword: notReady,
    proxyAddress: () => ({ host: '127.0.0.1', port: 0 }),
  }
}
