// The OIDs of system catalogs, as pg_depend and pg_description name them: the same in every version.

export const CATALOG = {
  class: 1259,
  type: 1247,
  routine: 1255,
  namespace: 2615,
  constraint: 2606,
  default: 2604,
  rule: 2618,
  trigger: 2620,
  policy: 3256,
  collation: 3456,
  operator: 2617,
  operatorClass: 2616,
  operatorFamily: 2753,
  cast: 2605,
  configuration: 3602,
  dictionary: 3600,
  parser: 3601,
  template: 3764,
  statistics: 3381,
  server: 1417,
  wrapper: 2328,
  transform: 3576,
  language: 2612,
  conversion: 2607,
  eventTrigger: 3466,
  publication: 6104,
  extension: 3079,
  accessMethod: 2601,
  userMapping: 1418,
} as const

/** Objects that people make have OIDs from here on; those of initdb are below. */
export const FIRST_USER_OID = 16_384
