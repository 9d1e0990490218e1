// Ids of what a draft adds.

/** A fresh id for an object or a part of one: `column:new-…`. */
export function newId(kind: string): string {
  return `${kind}:new-${crypto.randomUUID()}`
}
