// Names in the grammar of the API: in a select list, as the key of a filter, as a part of the path.

const PLAIN = /^[\p{L}\p{N}_$]+$/u
/** Keys of the query that mean something else than a column. */
const RESERVED = new Set(['select', 'order', 'limit', 'offset', 'columns', 'on_conflict', 'and', 'or'])

/** A column's name in `select` or `order`: quoted where it has more than letters, digits and underscores. */
export function columnName(name: string): string {
  return PLAIN.test(name) ? name : `"${name.replace(/["\\]/g, (character) => `\\${character}`)}"`
}

/** A column's name as the key of a filter: also quoted where the key would mean something else. */
export function filterKey(name: string): string {
  return RESERVED.has(name) ? `"${name}"` : columnName(name)
}

/** A relation's or function's name as one segment of a path. */
export function pathSegment(name: string): string {
  return encodeURIComponent(name).replace(/'/g, '%27')
}

/** One part of a query, encoded no more than needed: commas, colons, stars and parentheses stay readable. */
export function queryPart(text: string): string {
  return encodeURIComponent(text).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/'/g, '%27')
}
