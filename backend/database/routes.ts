// The handlers of database.
import type { ServiceContract } from '#contract/contract.ts'
import type { CallContext, CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { Caller, DatabaseService } from './service.ts'

/** Makes the handlers. */
export function createDatabaseRoutes(
  service: DatabaseService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['database']> {
  const callerOf = async (context: CallContext): Promise<Caller> => ({
    actor: await authenticate(context),
    signal: context.signal,
  })
  return {
    execute: async (input, context) => service.execute(await callerOf(context), input),
    databases: async ({ projectId }, context) => service.databases(await callerOf(context), projectId),
    schemas: async (input, context) => service.schemas(await callerOf(context), input),
    tables: async (input, context) => service.tables(await callerOf(context), input),
    columns: async (input, context) => service.columns(await callerOf(context), input),
    indexes: async (input, context) => service.indexes(await callerOf(context), input),
    constraints: async (input, context) => service.constraints(await callerOf(context), input),
    change: async (input, context) => service.change(await callerOf(context), input),
  }
}
