// Which elements of a list stayed, which went, which came: the longest common subsequence, and of the rest those that stand at the same place are changed.

/** A step in the order of the lists: both for what stayed or changed, one for what went or came. */
export interface AlignmentStep {
  readonly was: number | null
  readonly will: number | null
}

/** Above this the middle is taken place by place. */
const MOST_CELLS = 1_000_000

/** Steps that lead from one list to the other. */
export function alignSequences<T>(
  was: readonly T[],
  will: readonly T[],
  isSame: (one: T | undefined, other: T | undefined) => boolean,
): AlignmentStep[] {
  let start = 0
  while (start < was.length && start < will.length && isSame(was[start], will[start])) start++
  let end = 0
  while (
    end < was.length - start &&
    end < will.length - start &&
    isSame(was[was.length - 1 - end], will[will.length - 1 - end])
  )
    end++
  const rows = was.length - end - start
  const columns = will.length - end - start
  const kept: (readonly [number, number])[] = []
  if (rows * columns <= MOST_CELLS) {
    const lengths: number[][] = Array.from({ length: rows + 1 }, () => Array<number>(columns + 1).fill(0))
    const cell = (row: number, column: number): number => lengths[row]?.[column] ?? 0
    const matches = (row: number, column: number): boolean => isSame(was[start + row], will[start + column])
    for (let row = rows - 1; row >= 0; row--)
      for (let column = columns - 1; column >= 0; column--) {
        const line = lengths[row]
        if (line !== undefined)
          line[column] = matches(row, column)
            ? cell(row + 1, column + 1) + 1
            : Math.max(cell(row + 1, column), cell(row, column + 1))
      }
    for (let row = 0, column = 0; row < rows && column < columns;)
      if (matches(row, column)) kept.push([start + row++, start + column++])
      else if (cell(row + 1, column) >= cell(row, column + 1)) row++
      else column++
  }
  const steps: AlignmentStep[] = []
  for (let at = 0; at < start; at++) steps.push({ was: at, will: at })
  let [row, column] = [start, start]
  const gap = (toRow: number, toColumn: number): void => {
    while (row < toRow || column < toColumn)
      steps.push({ was: row < toRow ? row++ : null, will: column < toColumn ? column++ : null })
  }
  for (const [keptRow, keptColumn] of kept) {
    gap(keptRow, keptColumn)
    steps.push({ was: row++, will: column++ })
  }
  gap(was.length - end, will.length - end)
  while (row < was.length) steps.push({ was: row++, will: column++ })
  return steps
}
