// One body as it is read: its text as a file, the layouts of its views, and what is asked of them. Everything here is synchronous and in small steps, so that
// a thread can serve several bodies at once. Long work is a generator that gives way at each `yield`.
import { AppError } from '#contract/errors.ts'
import type { BodyInfo, FindQuery, Lines, PathMatches, TablePage, TreePage, View } from '../types.ts'
import { detect, DETECTION_BYTES } from '../detect.ts'
import type { Detected } from '../detect.ts'
import { checkQuery, findInBytes, findInLines, isFoundInBytes } from './find.ts'
import type { FindCursor, Found, LineReader } from './find.ts'
import { hexLineCount, hexLines } from './hex-lines.ts'
import { createJsonCursor } from './json-cursor.ts'
import type { JsonCursor } from './json-cursor.ts'
import { createJsonLayout } from './json-layout.ts'
import type { JsonLayout } from './json-layout.ts'
import { queryPath } from './json-path.ts'
import { tablePage, treePage } from './json-tree.ts'
import { lineHashes } from './line-hashes.ts'
import { createMarkupLayout } from './markup-layout.ts'
import { createLocator, readLines } from './printer.ts'
import type { Layout } from './printer.ts'
import { createRawLayout } from './raw-index.ts'
import { openSource } from './source.ts'
import type { Source } from './source.ts'
import { createTranscoder } from './transcode.ts'

const STEP_BYTES = 256 * 1024
const SOON_BYTES = 2 * STEP_BYTES

/** Work in steps; what it gives is at its end. */
export type Work<T> = Generator<void, T>

export interface BodyDocument {
  /** Tells how many bytes there are, and whether more come. */
  grow(bytes: number, isComplete: boolean): void
  /** Reads on in the background: false when there is nothing to do. */
  step(): boolean
  info(view: View): Work<BodyInfo>
  lines(view: View, from: number, count: number): Work<Lines>
  find(query: FindQuery, cursor: FindCursor | null): Work<Found & { readonly isComplete: boolean }>
  tree(pointer: string, from: number, count: number): Work<TreePage>
  jsonPath(expression: string, limit: number): Work<PathMatches>
  table(pointer: string, from: number, count: number): Work<TablePage>
  hashes(most: number): Work<Float64Array<ArrayBuffer> | null>
  text(maxBytes: number): Work<string | null>
  close(): void
}

export interface DocumentOptions {
  /** The body's bytes. */
  readonly path: string
  /** For its text where that is not UTF-8; made when needed, removed at `close`. */
  readonly textPath: string
  readonly contentType: string | null
}

/** Opens a body. */
export function openDocument({ path, textPath, contentType }: DocumentOptions): BodyDocument {
  const bytes = openSource(path, 0)
  let isComplete = false
  let about: Detected | null = null
  let text: Source = bytes
  let transcoder: ReturnType<typeof createTranscoder> | null = null
  let isTextWhole = false
  let pretty: Layout | null = null
  let raw: Layout | null = null
  let json: { readonly layout: JsonLayout; readonly cursor: JsonCursor } | null = null
  const finished = new Set<Layout>()

  /** Kind and charset are told from the first bytes, so some must be there. */
  const begin = (): Detected | null => {
    if (about !== null) return about
    if (bytes.size < DETECTION_BYTES && !isComplete) {
      const early = bytes.size === 0 ? null : detect(contentType, bytes.copy(0, bytes.size))
      // What the server says of JSON and text holds already for the first line of a slow stream.
      if (early === null || contentType === null || (early.shape !== 'json' && early.shape !== 'text'))
        return null
    }
    const detected = detect(contentType, bytes.copy(0, DETECTION_BYTES))
    about = detected
    if (detected.charset !== 'utf-8' && detected.shape !== 'hex') {
      transcoder = createTranscoder(bytes, { path: textPath, charset: detected.charset })
      text = transcoder.text
    }
    const start = transcoder === null ? detected.bomBytes : 0
    if (detected.shape === 'json') {
      const layout = createJsonLayout(start)
      pretty = layout
      json = { layout, cursor: createJsonCursor(layout.index, text, start) }
    } else if (detected.shape === 'xml' || detected.shape === 'html')
      pretty = createMarkupLayout(start, detected.shape)
    return detected
  }
  const stepText = (): boolean => {
    if (transcoder === null) {
      isTextWhole = isComplete
      return false
    }
    if (transcoder.step(isComplete)) return true
    isTextWhole = isComplete
    return false
  }
  const stepLayout = (layout: Layout): boolean => {
    if (stepText()) return true
    if (layout.position < text.size) {
      const block = text.read(layout.position, STEP_BYTES)
      if (block.length > 0) {
        layout.feed(block)
        return true
      }
    }
    if (isTextWhole && !finished.has(layout)) {
      finished.add(layout)
      layout.finish()
    }
    return false
  }
  const layoutOf = (view: View): Layout | null => {
    const detected = begin()
    if (detected === null || detected.shape === 'hex') return null
    if (view === 'pretty' && pretty !== null) return pretty
    raw ??= createRawLayout(transcoder === null ? detected.bomBytes : 0)
    return raw
  }
  const isWhole = (layout: Layout | null): boolean =>
    layout === null ? isComplete : isTextWhole && finished.has(layout)

  /** Reads on until a view has so many lines, or all that is there. */
  function* reach(view: View, lines: number): Work<Layout | null> {
    const layout = layoutOf(view)
    if (layout === null) return null
    // The last line may still grow, so one more must have begun.
    while (layout.lines <= lines && stepLayout(layout)) yield
    return layout
  }
  function* readJson(): Work<{ readonly layout: JsonLayout; readonly cursor: JsonCursor }> {
    begin()
    if (json === null) throw new AppError('INVALID_INPUT', 'This body is not JSON.')
    while (stepLayout(json.layout)) yield
    return json
  }
  const readerOf = (layout: Layout | null): LineReader =>
    layout === null
      ? { total: hexLineCount(bytes.size), read: (from, count) => hexLines(bytes, from, count) }
      : {
          total: layout.lines,
          read: (from, count) => readLines(layout, text, { from, count, maxBytes: STEP_BYTES * 2 }),
        }

  return {
    grow(size, isEnd) {
      bytes.grow(size)
      isComplete ||= isEnd
    },
    step() {
      const layout = layoutOf('pretty')
      return layout !== null && stepLayout(layout)
    },
    *info(view) {
      const layout = yield* reach(view, 0)
      // A small body is read as a whole, so that it is told to be complete at once.
      while (layout !== null && layout.position < SOON_BYTES && stepLayout(layout)) yield
      return {
        kind: about?.kind ?? 'empty',
        contentType,
        bytes: bytes.size,
        lines: bytes.size === 0 ? 0 : readerOf(layout).total,
        isComplete: isWhole(layout),
        isTable: json?.layout.index.isTable ?? false,
        problem: pretty?.problem ?? null,
      }
    },
    *lines(view, from, count) {
      const layout = yield* reach(view, from + count)
      while (layout !== null && layout.position < SOON_BYTES && stepLayout(layout)) yield
      if (bytes.size === 0) return { lines: [], continues: [], total: 0, isComplete }
      const printed =
        layout === null ? hexLines(bytes, from, count) : readLines(layout, text, { from, count })
      return {
        lines: [...printed.lines],
        continues: [...printed.continues],
        total: readerOf(layout).total,
        isComplete: isWhole(layout),
      }
    },
    *find(query, cursor) {
      const layout = yield* reach(query.view, Number.POSITIVE_INFINITY)
      checkQuery(query)
      if (layout !== null && about !== null && isFoundInBytes(query, about.shape)) {
        const from = cursor !== null && 'byte' in cursor ? cursor.byte : 0
        return {
          ...findInBytes(layout, text, { query, from, isJson: layout === json?.layout }),
          isComplete: isWhole(layout),
        }
      }
      const from = cursor !== null && 'line' in cursor ? cursor.line : 0
      return { ...findInLines(readerOf(layout), { query, from }), isComplete: isWhole(layout) }
    },
    *tree(pointer, from, count) {
      const { layout, cursor } = yield* readJson()
      return treePage(cursor, createLocator(layout, text.fork()), { pointer, from, count })
    },
    *jsonPath(expression, limit) {
      const { layout, cursor } = yield* readJson()
      return yield* queryPath(cursor, createLocator(layout, text.fork()), {
        expression,
        limit,
        isWhole: isWhole(layout),
      })
    },
    *table(pointer, from, count) {
      const { layout, cursor } = yield* readJson()
      return { ...tablePage(cursor, { pointer, from, count }), isComplete: isWhole(layout) }
    },
    *hashes(most) {
      const layout = yield* reach('pretty', Number.POSITIVE_INFINITY)
      const reader = readerOf(layout)
      return reader.total > most ? null : yield* lineHashes(reader)
    },
    *text(maxBytes) {
      const detected = begin()
      if (bytes.size === 0) return ''
      if (detected === null || detected.shape === 'hex' || bytes.size > maxBytes) return null
      while (stepText()) yield
      return text.copy(transcoder === null ? detected.bomBytes : 0, text.size).toString('utf8')
    },
    close() {
      bytes.close()
      transcoder?.close()
    },
  }
}
