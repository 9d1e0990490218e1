// How the transaction of a plan runs: read only or not, isolation, how it ends, and what must hold of its result.
import type { ApiRequest } from '../parse/api-request.ts'
import type { Identity, Requirement, RestConfig, Routine, SchemaCache } from '../types.ts'
import type { TransactionPlan } from './plan.ts'

interface TransactionInput {
  readonly request: ApiRequest
  readonly config: RestConfig
  readonly cache: SchemaCache
  readonly identity: Identity
}

/** The transaction of a request. The settings of `routine` that may be hoisted hold for all of it. */
export function planTransaction(
  { request, config, cache, identity }: TransactionInput,
  {
    isReadOnly,
    routine,
    require,
  }: {
    readonly isReadOnly: boolean
    readonly routine: Routine | null
    readonly require: Requirement | null
  },
): TransactionPlan {
  return {
    isReadOnly,
    isolation: routine?.isolation ?? cache.roleSettings.get(identity.role)?.isolation ?? 'read committed',
    end: endOf(config.txEnd, request.preferences.tx),
    // an unknown one is Postgres' to refuse
    timezone: config.timezoneEnabled ? request.preferences.timezone : null,
    settings: (routine?.settings ?? []).filter(([name]) => config.hoistedTxSettings.includes(name)),
    require,
  }
}

/** How a transaction ends by db-tx-end, where `Prefer: tx=` is `asked`. */
export function endOf(
  configured: RestConfig['txEnd'],
  asked: ApiRequest['preferences']['tx'],
): TransactionPlan['end'] {
  switch (configured) {
    case 'commit':
    case 'rollback':
      return configured
    case 'commit-allow-override':
      return asked ?? 'commit'
    case 'rollback-allow-override':
      return asked ?? 'rollback'
  }
}
