// OPTIONS: what may be done, by what the database says is possible.
import type { InfoPlan } from '../plan/plan.ts'
import type { RestResponse, Table } from '../types.ts'
import { VARY } from './headers.ts'

/** The answer to OPTIONS. */
export function respondInfo({ of }: InfoPlan): RestResponse {
  return {
    status: 200,
    statusText: null,
    headers: [['Access-Control-Allow-Origin', '*'], ['Allow', allowed(of)], VARY],
    body: { kind: 'bytes', bytes: new Uint8Array() },
  }
}

function allowed(of: InfoPlan['of']): string {
  switch (of.kind) {
    case 'relation':
      return allowedOnTable(of.table)
    case 'routine':
      return of.routine.volatility === 'volatile' ? 'OPTIONS,POST' : 'OPTIONS,GET,HEAD,POST'
    case 'schema':
      return 'OPTIONS,GET,HEAD'
  }
}

function allowedOnTable({ isInsertable, isUpdatable, isDeletable, primaryKey }: Table): string {
  return [
    'OPTIONS,GET,HEAD',
    ...(isInsertable ? ['POST'] : []),
    ...(isInsertable && isUpdatable && primaryKey.length > 0 ? ['PUT'] : []),
    ...(isUpdatable ? ['PATCH'] : []),
    ...(isDeletable ? ['DELETE'] : []),
  ].join(',')
}
