// Puts a change of what we know into a value that has more in it.
import { isFields, isSelected } from './reading.ts'
import { isList, isMap } from './to-file.ts'
import type { FileValue } from './yaml.ts'

/** Where inside of a value the part stands that we read: the `content` of structured text, the selected one of variants. Empty for the value itself. */
export function innerPath(key: string, now: unknown, known: FileValue | undefined): (string | number)[] {
  if (typeof known === 'string' && isFields(now) && typeof now['content'] === 'string') return ['content']
  if ((key === 'body' || key === 'value') && Array.isArray(now) && !isList(known)) {
    const index = Math.max(0, now.findIndex(isSelected))
    if (isFields(now[index]) && key in now[index]) return [index, key]
  }
  return []
}

/** Which element of a list each known element stands for; null when that cannot be said. */
export function alignment(
  key: string,
  now: readonly unknown[],
  known: readonly FileValue[],
): number[] | null {
  const places = known.map((one, index) => {
    if (key === 'scripts' && isMap(one)) {
      const found = now.flatMap((each, at) => (isFields(each) && each['type'] === one['type'] ? [at] : []))
      return found.length === 1 ? (found[0] ?? -1) : -1
    }
    if (isMap(one) && one['filePath'] !== undefined) return Math.max(0, now.findIndex(isSelected))
    return now.length === known.length ? index : -1
  })
  return places.includes(-1) ? null : places
}

/** `now` with what differs between `before` and `after`; what is in neither stays. */
export function mergeValue(
  key: string,
  now: unknown,
  before: FileValue | undefined,
  after: FileValue | undefined,
): unknown {
  if (JSON.stringify(before) === JSON.stringify(after)) return now
  const path = innerPath(key, now, before ?? after)
  if (path.length > 0) return mergeInside(now, path, (inner) => mergeValue('', inner, before, after))
  if (isFields(now) && (isMap(before) || isMap(after)) && (after === undefined || isMap(after)))
    return mergeFields(now, isMap(before) ? before : {}, after ?? {})
  if (Array.isArray(now) && isList(after)) return mergeList(key, now, isList(before) ? before : [], after)
  return after
}

function mergeInside(
  now: unknown,
  path: readonly (string | number)[],
  merge: (inner: unknown) => unknown,
): unknown {
  const [step, ...rest] = path
  if (step === undefined) return merge(now)
  if (Array.isArray(now))
    return now.map((one: unknown, index) => (index === step ? mergeInside(one, rest, merge) : one))
  if (isFields(now)) return { ...now, [step]: mergeInside(now[step], rest, merge) }
  return now
}

function mergeFields(
  now: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, FileValue | undefined>>,
  after: Readonly<Record<string, FileValue | undefined>>,
): unknown {
  const merged = new Map(Object.entries(now))
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const value = mergeValue(key, merged.get(key), before[key], after[key])
    if (value === undefined) merged.delete(key)
    else merged.set(key, value)
  }
  return merged.size === 0 ? undefined : Object.fromEntries(merged)
}

function mergeList(
  key: string,
  now: readonly unknown[],
  before: readonly FileValue[],
  after: readonly FileValue[],
): unknown[] {
  const places = alignment(key, now, before)
  const known = new Set(places ?? now.keys())
  const unknown = key === 'scripts' ? now.filter((_, index) => !known.has(index)) : []
  const left = before.map((one, index) => ({ one, value: places === null ? one : now[places[index] ?? -1] }))
  const merged = after.map((one, index): unknown => {
    const same = left.find((each) => JSON.stringify(each.one) === JSON.stringify(one))
    if (same !== undefined) return same.value
    const there = left[index]
    return there !== undefined && isMap(one) ? mergeValue('', there.value, there.one, one) : one
  })
  return [...merged, ...unknown]
}
