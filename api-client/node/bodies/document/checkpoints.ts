// Where every so many lines begin in the text, with what is needed to go on from there: four numbers in typed arrays, some 300 kB for 100 MB.

/** Lines from one to the next. */
export const LINES_APART = 256
/** Bytes of one part of a long line. A part's beginning may move back three bytes to that of a character, so it has at most 10,000. */
export const PART_BYTES = 9_997
const INITIAL = 64

/** A place from which a view's lines can be made. What `state` means is the layout's own. */
export interface Checkpoint {
  /** Line of the view. */
  readonly line: number
  /** In the text. */
  readonly offset: number
  readonly depth: number
  readonly state: number
}

export interface Checkpoints {
  /** Appends; lines and offsets never go down. */
  add(checkpoint: Checkpoint): void
  /** The last at or before a line. */
  ofLine(line: number): Checkpoint
  /** The last at or before a place in the text. */
  ofOffset(offset: number): Checkpoint
  readonly count: number
}

/** Starts with one checkpoint: the beginning of the text. */
export function createCheckpoints(first: Checkpoint): Checkpoints {
  let lines = new Float64Array(INITIAL)
  let offsets = new Float64Array(INITIAL)
  let depths = new Uint32Array(INITIAL)
  let states = new Uint8Array(INITIAL)
  let count = 0

  const add = ({ line, offset, depth, state }: Checkpoint): void => {
    if (count === lines.length) {
      lines = grown(lines, new Float64Array(count * 2))
      offsets = grown(offsets, new Float64Array(count * 2))
      depths = grown(depths, new Uint32Array(count * 2))
      states = grown(states, new Uint8Array(count * 2))
    }
    lines[count] = line
    offsets[count] = offset
    depths[count] = depth
    states[count] = state
    count += 1
  }
  const at = (index: number): Checkpoint => ({
    line: lines[index] ?? 0,
    offset: offsets[index] ?? 0,
    depth: depths[index] ?? 0,
    state: states[index] ?? 0,
  })

  add(first)
  return {
    add,
    ofLine: (line) => at(lastNotAfter(lines, count, line)),
    ofOffset: (offset) => at(lastNotAfter(offsets, count, offset)),
    get count() {
      return count
    },
  }
}

/** How many lines of the view a line of so many bytes is. */
export function partsOf(bytes: number): number {
  return bytes <= PART_BYTES ? 1 : Math.ceil(bytes / PART_BYTES)
}

/** The last index whose value is not greater; 0 when all are. */
export function lastNotAfter(values: ArrayLike<number>, count: number, wanted: number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((values[middle] ?? 0) <= wanted) low = middle
    else high = middle - 1
  }
  return low
}

function grown<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}
