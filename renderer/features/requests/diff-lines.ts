// The lines of two short texts side by side: what only the older has, what only the newer has, and what both have.

export interface DiffedLine {
  readonly type: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Beyond this the middle is shown as replaced: a table of all pairs would be too large. */
const MOST_PAIRS = 4_000_000

/** Longest common subsequence of the lines, after what both begin and end with. */
export function diffLines(older: readonly string[], newer: readonly string[]): readonly DiffedLine[] {
  let start = 0
  while (start < older.length && start < newer.length && older[start] === newer[start]) start++
  let end = 0
  while (
    end < older.length - start &&
    end < newer.length - start &&
    older.at(-1 - end) === newer.at(-1 - end)
  )
    end++
  const a = older.slice(start, older.length - end)
  const b = newer.slice(start, newer.length - end)
  const same = (text: string): DiffedLine => ({ type: 'same', text })
  return [...older.slice(0, start).map(same), ...middle(a, b), ...older.slice(older.length - end).map(same)]
}

function middle(a: readonly string[], b: readonly string[]): readonly DiffedLine[] {
  if (a.length * b.length > MOST_PAIRS)
    return [
      ...a.map((text): DiffedLine => ({ type: 'removed', text })),
      ...b.map((text): DiffedLine => ({ type: 'added', text })),
    ]
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: DiffedLine[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]]
    if (left !== undefined && left === right) {
      lines.push({ type: 'same', text: left })
      i++
      j++
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ type: 'removed', text: left })
      i++
    } else if (right !== undefined) {
      lines.push({ type: 'added', text: right })
      j++
    }
  }
  return lines
}
