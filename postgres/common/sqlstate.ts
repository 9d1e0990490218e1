// The SQLSTATE codes that the product acts on (https://www.postgresql.org/docs/18/errcodes-appendix.html).

export const SQLSTATE = {
  successfulCompletion: '00000',
  notNullViolation: '23502',
  foreignKeyViolation: '23503',
  uniqueViolation: '23505',
  checkViolation: '23514',
  exclusionViolation: '23P01',
  activeTransaction: '25001',
  readOnlyTransaction: '25006',
  failedTransaction: '25P02',
  invalidAuthorization: '28000',
  invalidPassword: '28P01',
  invalidCatalogName: '3D000',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  syntaxError: '42601',
  insufficientPrivilege: '42501',
  undefinedColumn: '42703',
  undefinedFunction: '42883',
  undefinedTable: '42P01',
  duplicateTable: '42P07',
  duplicateDatabase: '42P04',
  duplicateObject: '42710',
  duplicateSchema: '42P06',
  tooManyConnections: '53300',
  objectInUse: '55006',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
  databaseDropped: '57P04',
  idleSessionTimeout: '57P05',
} as const

const GONE: readonly string[] = [
  SQLSTATE.adminShutdown,
  SQLSTATE.crashShutdown,
  SQLSTATE.cannotConnectNow,
  SQLSTATE.databaseDropped,
  SQLSTATE.idleSessionTimeout,
]

/** Whether this SQLSTATE says that the connection is lost, whatever was running on it: class 08, shutdowns, a dropped database. */
export function isConnectionLoss(sqlstate: string): boolean {
  return sqlstate.startsWith('08') || GONE.includes(sqlstate)
}

/** Whether the same transaction may succeed if it is simply run again. */
export function isTransient(sqlstate: string): boolean {
  return sqlstate === SQLSTATE.serializationFailure || sqlstate === SQLSTATE.deadlockDetected
}
