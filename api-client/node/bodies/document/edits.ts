// Which lines were removed and added, by the shortest edit script (Myers' greedy algorithm), within a budget of memory and time.

export interface Edit {
  /** First line that is removed, or before which lines are added. */
  readonly older: number
  readonly removed: number
  readonly newer: number
  readonly added: number
}

/** Changed lines; with more a diff says nothing to a person. */
const MOST_CHANGES = 20_000
/** Steps of the algorithm: their square is its memory in numbers. */
const MOST_STEPS = 3_000
const STEPS_AT_ONCE = 50

/** The edits in order, none beside the next; null when too much differs. Takes hashes of the lines. */
export function* editsBetween(
  older: Float64Array,
  newer: Float64Array,
): Generator<void, readonly Edit[] | null> {
  const most = Math.min(older.length, newer.length)
  let start = 0
  while (start < most && older[start] === newer[start]) start += 1
  let end = 0
  while (end < most - start && older[older.length - 1 - end] === newer[newer.length - 1 - end]) end += 1
  const left = older.subarray(start, older.length - end)
  const right = newer.subarray(start, newer.length - end)
  yield
  if (left.length === 0 && right.length === 0) return []
  if (left.length === 0 || right.length === 0) {
    if (left.length + right.length > MOST_CHANGES) return null
    return [{ older: start, removed: left.length, newer: start, added: right.length }]
  }
  const trace = yield* forward(left, right)
  return trace === null ? null : merged(backward(trace, left.length, right.length), start)
}

/** The furthest places of each diagonal before each step. */
function* forward(left: Float64Array, right: Float64Array): Generator<void, Int32Array[] | null> {
  const trace: Int32Array[] = []
  const most = Math.min(left.length + right.length, MOST_STEPS)
  const furthest = new Int32Array(2 * most + 3)
  const middle = most + 1
  for (let step = 0; step <= most; step += 1) {
    trace.push(furthest.slice(middle - step - 1, middle + step + 2))
    for (let diagonal = -step; diagonal <= step; diagonal += 2) {
      const below = furthest[middle + diagonal - 1] ?? 0
      const above = furthest[middle + diagonal + 1] ?? 0
      let x = diagonal === -step || (diagonal !== step && below < above) ? above : below + 1
      let y = x - diagonal
      while (x < left.length && y < right.length && left[x] === right[y]) {
        x += 1
        y += 1
      }
      furthest[middle + diagonal] = x
      if (x >= left.length && y >= right.length) return trace
    }
    if (step % STEPS_AT_ONCE === 0) yield
  }
  return null
}

/** Single removals and additions, from the end to the beginning. */
function backward(trace: readonly Int32Array[], leftLength: number, rightLength: number): Edit[] {
  const edits: Edit[] = []
  let x = leftLength
  let y = rightLength
  for (let step = trace.length - 1; step > 0; step -= 1) {
    const furthest = trace[step] ?? new Int32Array(0)
    const at = (diagonal: number): number => furthest[diagonal + step + 1] ?? 0
    const diagonal = x - y
    const isAddition = diagonal === -step || (diagonal !== step && at(diagonal - 1) < at(diagonal + 1))
    const before = isAddition ? diagonal + 1 : diagonal - 1
    x = at(before)
    y = x - before
    edits.push({ older: x, removed: isAddition ? 0 : 1, newer: y, added: isAddition ? 1 : 0 })
  }
  return edits.reverse()
}

function merged(edits: readonly Edit[], offset: number): Edit[] {
  const result: Edit[] = []
  for (const edit of edits) {
    const last = result.at(-1)
    const older = edit.older + offset
    const newer = edit.newer + offset
    if (last !== undefined && last.older + last.removed === older && last.newer + last.added === newer)
      result[result.length - 1] = {
        ...last,
        removed: last.removed + edit.removed,
        added: last.added + edit.added,
      }
    else result.push({ ...edit, older, newer })
  }
  return result
}
