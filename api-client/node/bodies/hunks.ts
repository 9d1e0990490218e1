// The texts of lines that differ, with three lines around.
import type { Edit } from './document/edits.ts'
import type { Body, Diff } from './types.ts'

const AROUND = 3

type Hunk = NonNullable<Diff['hunks']>[number]
type HunkLine = Hunk['lines'][number]

/** Reads the lines of both bodies that the hunks show. */
export async function hunksOf(
  edits: readonly Edit[],
  {
    older,
    newer,
    signal,
  }: { readonly older: Body; readonly newer: Body; readonly signal: AbortSignal | undefined },
): Promise<Hunk[]> {
  const { total } = await newer.lines('pretty', 0, 1)
  const hunks: Hunk[] = []
  for (const group of grouped(edits)) {
    signal?.throwIfAborted()
    const [first] = group
    const last = group.at(-1)
    if (first === undefined || last === undefined) continue
    const before = Math.min(AROUND, first.newer)
    const newerLine = first.newer - before
    const end = Math.min(total, last.newer + last.added + AROUND)
    const newerTexts = await readAll(newer, newerLine, end)
    const olderLine = first.older - before
    const olderTexts = await readAll(older, olderLine, last.older + last.removed)
    const lines: HunkLine[] = []
    let at = newerLine
    for (const edit of group) {
      for (; at < edit.newer; at += 1) lines.push({ type: 'same', text: newerTexts[at - newerLine] ?? '' })
      for (let line = edit.older; line < edit.older + edit.removed; line += 1)
        lines.push({ type: 'removed', text: olderTexts[line - olderLine] ?? '' })
      for (; at < edit.newer + edit.added; at += 1)
        lines.push({ type: 'added', text: newerTexts[at - newerLine] ?? '' })
    }
    for (; at < end; at += 1) lines.push({ type: 'same', text: newerTexts[at - newerLine] ?? '' })
    hunks.push({ olderLine, newerLine, lines })
  }
  return hunks
}

/** Edits whose surroundings touch are one hunk. */
function grouped(edits: readonly Edit[]): Edit[][] {
  const groups: Edit[][] = []
  for (const edit of edits) {
    const last = groups.at(-1)?.at(-1)
    if (last !== undefined && edit.newer - (last.newer + last.added) <= AROUND * 2) groups.at(-1)?.push(edit)
    else groups.push([edit])
  }
  return groups
}

async function readAll(body: Body, from: number, to: number): Promise<string[]> {
  const lines: string[] = []
  while (from + lines.length < to) {
    const some = await body.lines('pretty', from + lines.length, Math.min(2_000, to - from - lines.length))
    if (some.lines.length === 0) break
    lines.push(...some.lines)
  }
  return lines
}
