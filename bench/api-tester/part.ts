// What a part of the API tester's benchmark gives: figures with their units at the end of the names, and figures against a minimum of the same run.

export interface PartFigures {
  readonly metrics: Readonly<Record<string, number>>
  readonly ratios: Readonly<Record<string, number>>
  /** Goals that were missed, in words; none when the part is good. */
  readonly missed: readonly string[]
}

export type Part = () => Promise<PartFigures>

/** Milliseconds of something, with what it gives. */
export async function timed<T>(
  run: () => Promise<T> | T,
): Promise<{ readonly ms: number; readonly value: T }> {
  const start = performance.now()
  const value = await run()
  return { ms: performance.now() - start, value }
}
