// Changes a YAML text where a value changed, and nowhere else: the text is cut and joined at the places that the parser tells, so that the rest stays to the byte.
import { isAlias, isMap as isMapNode, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { alignSequences } from './align.ts'
import { alignment, innerPath, mergeValue } from './merge-value.ts'
import { isList, isMap } from './to-file.ts'
import type { Change } from './file-item.ts'
import { type FileMap, type FileValue, parseTyped, type ParsedText, renderYaml } from './yaml.ts'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

type Path = readonly (string | number)[]

/** A shape that is not changed in place. */
class Unsuitable extends Error {}

/** The text with the change in it. Throws where the text has a shape that must be written anew. */
export function editYaml(text: string, { before, after }: Change, { document }: ParsedText): string {
  const root = document.contents
  if (!isMapNode(root) || root.flow === true) throw new Unsuitable()
  const editor = createEditor(text, parseTyped(text))
  editor.editMap(root, before, after, [])
  return editor.apply()
}

function createEditor(text: string, typed: unknown) {
  const edits: Edit[] = []
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const lineStart = (at: number): number => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1)
  const lineAfter = (at: number): number => {
    const found = text.indexOf('\n', at)
    return found < 0 ? text.length : found + 1
  }
  /** After the last character of a node that is seen. */
  const endOf = (node: unknown): number => {
    let end = rangeOf(node)[1]
    while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--
    return end
  }
  const columnOf = (at: number): number => at - lineStart(at)
  const indented = (block: string, columns: number): string =>
    block
      .replace(/\n$/, '')
      .split('\n')
      .map((line, index) => (index === 0 || line === '' ? line : ' '.repeat(columns) + line))
      .join(eol)
  const insertLines = (at: number, block: string): void => {
    const atEnd = at === text.length && !text.endsWith('\n')
    edits.push({ start: at, end: at, text: atEnd ? eol + block : block + eol })
  }
  const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : '')
  const pairEnd = (pair: Pair): number =>
    isNothing(pair.value) ? rangeOf(pair.key)[1] + 1 : endOf(pair.value)
  const typedAt = (path: Path): unknown =>
    path.reduce<unknown>(
      (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
      typed,
    )

  /** Replaces from `start` to `end`; a comment behind goes to the end of the first line. */
  function replace(start: number, end: number, block: string): void {
    const lineEnd = lineAfter(end)
    const rest = text.slice(end, lineEnd).replace(/[\r\n]+$/, '')
    const [first = '', ...lines] = block.split(eol)
    if (lines.length === 0 || rest.trim() === '') edits.push({ start, end, text: block })
    else edits.push({ start, end: end + rest.length, text: [first + rest, ...lines].join(eol) })
  }

  function replaceValue(pair: Pair, value: unknown): void {
    const [keyStart, keyEnd] = rangeOf(pair.key)
    const rendered = renderYaml({ k: value }).slice(1)
    const end = Math.max(pairEnd(pair), keyEnd + 1)
    replace(keyEnd, end, indented(rendered, columnOf(keyStart)))
  }

  function addPair(map: YAMLMap, key: string, value: unknown, order: readonly string[]): void {
    const earlier = order.slice(0, order.indexOf(key))
    const previous = map.items.findLast((one) => earlier.includes(keyOf(one)))
    const [first] = map.items
    if (first === undefined) throw new Unsuitable()
    const columns = columnOf(rangeOf(first.key)[0])
    const block = ' '.repeat(columns) + indented(renderYaml({ [key]: value }), columns)
    if (previous !== undefined) return insertLines(lineAfter(pairEnd(previous)), block)
    const [start] = rangeOf(first.key)
    if (text.slice(lineStart(start), start).trim() !== '')
      return insertLines(lineAfter(pairEnd(first)), block)
    insertLines(lineStart(start), block)
  }

  function removePair(map: YAMLMap, pair: Pair): void {
    const [start] = rangeOf(pair.key)
    const next = lineAfter(pairEnd(pair))
    if (text.slice(lineStart(start), start).trim() === '')
      edits.push({ start: lineStart(start), end: next, text: '' })
    else {
      // The first field of a list's element: the one after it takes its place behind the dash.
      const following = map.items[map.items.indexOf(pair) + 1]
      if (following === undefined) throw new Unsuitable()
      edits.push({ start, end: rangeOf(following.key)[0], text: '' })
    }
  }

  function editMap(map: YAMLMap, before: FileMap, after: FileMap, path: Path): void {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    let left = map.items.length
    for (const key of keys) {
      const [was, will] = [before[key], after[key]]
      if (isSame(was, will)) continue
      const pair = map.items.find((one) => keyOf(one) === key)
      if (pair === undefined) {
        if (will !== undefined) addPair(map, key, will, Object.keys(after))
        left++
      } else if (will === undefined && !keepsUnknown(pair, was)) {
        removePair(map, pair)
        left--
      } else editPair(pair, { was, will, key, path: [...path, key] })
    }
    if (left === 0) throw new Unsuitable()
  }

  function editPair(
    pair: Pair,
    {
      was,
      will,
      key,
      path,
    }: { was: FileValue | undefined; will: FileValue | undefined; key: string; path: Path },
  ): void {
    const now = typedAt(path)
    const inner = innerPath(key, now, was ?? will)
    if (inner.length > 0) {
      const target = inside(pair, inner)
      if (target === undefined) replaceValue(pair, mergeValue(key, now, was, will))
      else editPair(target, { was, will, key: '', path: [...path, ...inner] })
      return
    }
    const node = pair.value
    if (isAlias(node)) replaceValue(pair, mergeValue(key, now, was, will))
    else if (isMapNode(node) && node.flow !== true && (isMap(was) || isMap(will)) && !isLeaf(will))
      editMap(node, isMap(was) ? was : {}, isMap(will) ? will : {}, path)
    else if (isSeq(node) && node.flow !== true && isList(was) && isList(will) && will.length > 0)
      editSequence(pair, node, { was, will, key, path })
    else replaceValue(pair, mergeValue(key, now, was, will))
  }

  function editSequence(
    pair: Pair,
    list: YAMLSeq,
    {
      was,
      will,
      key,
      path,
    }: { was: readonly FileValue[]; will: readonly FileValue[]; key: string; path: Path },
  ): void {
    const places = alignment(key, list.items, was) ?? alignment(key, nowOf(list, path), was)
    const dashes = dashesOf(list)
    if (places === null || dashes === null || dashes.length !== list.items.length)
      return replaceValue(pair, mergeValue(key, typedAt(path), was, will))
    const startOf = (place: number): number => lineStart(dashes[place] ?? 0)
    const endOfItem = (place: number): number => lineAfter(endOf(list.items[place]))
    const columns = columnOf(dashes[0] ?? 0)
    if (dashes.some((dash) => text.slice(lineStart(dash), dash).trim() !== '')) throw new Unsuitable()
    const block = (value: FileValue): string => {
      const moved = was.findIndex((one) => isSame(one, value))
      const place = places[moved]
      if (place !== undefined) return text.slice(startOf(place), endOfItem(place)).replace(/(?:\r?\n)+$/, '')
      return ' '.repeat(columns) + indented(renderYaml([value]), columns)
    }
    let at = startOf(places[0] ?? 0)
    for (const step of alignSequences(was, will, isSame)) {
      const place = step.was === null ? undefined : places[step.was]
      const value = step.will === null ? undefined : will[step.will]
      if (place === undefined) {
        if (value !== undefined) insertLines(at, block(value))
        continue
      }
      if (value === undefined) edits.push({ start: startOf(place), end: endOfItem(place), text: '' })
      else if (!isSame(was[step.was ?? 0], value)) {
        const node = list.items[place]
        const old = was[step.was ?? 0]
        if (isMapNode(node) && node.flow !== true && isMap(old) && isMap(value))
          editMap(node, old, value, [...path, place])
        else {
          const merged = mergeValue('', typedAt([...path, place]), old, value)
          replace(dashes[place] ?? 0, endOf(node), indented(renderYaml([merged]), columns))
        }
      }
      at = endOfItem(place)
    }
  }

  function nowOf(list: YAMLSeq, path: Path): readonly unknown[] {
    const now = typedAt(path)
    return Array.isArray(now) ? now : list.items
  }

  return {
    editMap,
    apply(): string {
      const ordered = edits
        .map((edit, index) => ({ ...edit, index }))
        .sort((a, b) => a.start - b.start || a.end - b.end || a.index - b.index)
      let result = ''
      let at = 0
      for (const { start, end, text: replacement } of ordered) {
        if (start < at) throw new Unsuitable()
        result += text.slice(at, start) + replacement
        at = end
      }
      return result + text.slice(at)
    },
  }
}

/** Whether a field that goes has something in it that we do not know. */
function keepsUnknown(pair: Pair, was: FileValue | undefined): boolean {
  if (!isMap(was) || !isMapNode(pair.value)) return false
  return pair.value.items.some((one) => {
    const key = isScalar(one.key) ? String(one.key.value) : ''
    return was[key] === undefined || keepsUnknown(one, was[key])
  })
}

/** The pair at the end of a path below a pair's value. */
function inside(pair: Pair, path: Path): Pair | undefined {
  let found: Pair | undefined
  let node: unknown = pair.value
  for (const step of path) {
    if (typeof step === 'number') node = isSeq(node) && node.flow !== true ? node.items[step] : undefined
    else {
      found =
        isMapNode(node) && node.flow !== true
          ? node.items.find((one) => isScalar(one.key) && one.key.value === step)
          : undefined
      node = found?.value
    }
  }
  return found
}

/** Where the dashes of a block list stand. */
function dashesOf(list: YAMLSeq): number[] | null {
  const token = list.srcToken
  if (token?.type !== 'block-seq') return null
  return token.items.flatMap((item) => {
    const dash = item.start.find((one) => one.type === 'seq-item-ind')
    return dash === undefined ? [] : [dash.offset]
  })
}

function rangeOf(node: unknown): readonly [number, number, number] {
  if (typeof node === 'object' && node !== null && 'range' in node && isRange(node.range)) return node.range
  throw new Unsuitable()
}

function isRange(value: unknown): value is readonly [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every((one) => typeof one === 'number')
}

function isNothing(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === '' && node.source === '' && node.type === 'PLAIN')
}

function isLeaf(value: FileValue | undefined): boolean {
  return value !== undefined && !isMap(value)
}

function isSame(one: FileValue | undefined, other: FileValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
