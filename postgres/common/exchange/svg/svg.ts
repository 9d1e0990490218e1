// A diagram as an SVG: tables with their columns, relations with crow's feet, groups, notes. Text is escaped, nothing is loaded, so that the file is safe to
// open anywhere.
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { shortTypeIn } from '../../types/short-type.ts'
import { keyOf } from '../diagram/write-diagram.ts'
import { outlineOf, type Outline, type OutlineReference, type OutlineTable } from '../outline.ts'
import { createObstacles, type Obstacles } from './obstacles.ts'
import { routeOf } from './route.ts'
import {
  HEADER,
  lengthOf,
  MAX_ROWS,
  NAME_CHARACTER,
  ROW,
  rowMiddle,
  sizeOf,
  TITLE_CHARACTER,
  TYPE_CHARACTER,
} from './sizes.ts'
import { THEMES, type SvgTheme } from './themes.ts'

interface Row {
  readonly name: string
  readonly type: string
  readonly mark: '' | 'key' | 'link'
}

export interface Box {
  readonly key: string
  readonly kind: 'table' | 'view' | 'enum'
  readonly title: string
  readonly rows: readonly Row[]
  /** Of a shape of many rows: those that are only counted. */
  readonly hiddenRows: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Beside name and type: the mark, the paddings, the space between the two. */
const ROW_CHROME = 42
const GAP = 60
const MARGIN = 32
const SANS = "Inter, 'Segoe UI', system-ui, sans-serif"
const MONO = "'JetBrains Mono', ui-monospace, Menlo, Consolas, monospace"

/** The drawing of a model, in a theme. What has no place yet is put into rows below the rest. The same text for the same input. */
export function diagramSvg(model: SchemaModel, diagram: Diagram, theme: SvgTheme): string {
  const names = new Map(Object.entries(diagram.names))
  for (const object of model.objects)
    if (object.kind === 'table' || object.kind === 'view' || object.kind === 'enum')
      names.set(object.id, keyOf(object.kind, object))
  return outlineSvg(outlineOf(model), diagram, { theme, nameOf: (id) => names.get(id) ?? id })
}

export interface OutlineSvgOptions {
  readonly theme: SvgTheme
  /** What an id of the diagram means: `table shop.film`. */
  readonly nameOf: (id: string) => string
}

/** The drawing of an outline, as diagram files have it. */
export function outlineSvg(outline: Outline, diagram: Diagram, { theme, nameOf }: OutlineSvgOptions): string {
  const colours = THEMES[theme]
  const boxes = place(diagram, shapesOf(outline, diagram), nameOf)
  const byKey = new Map(boxes.map((box) => [box.key, box]))
  const obstacles = createObstacles(boxes)
  const groups = diagram.groups.flatMap(({ title, colour, members }) => {
    const inside = members.flatMap((id) => byKey.get(nameOf(id)) ?? [])
    return inside.length === 0 ? [] : [{ title, colour, ...around(inside, 20, 36) }]
  })
  const all = [...boxes, ...groups, ...diagram.notes]
  const frame = all.length === 0 ? { x: 0, y: 0, width: 200, height: 100 } : around(all, MARGIN, MARGIN)
  const parts = [
    `<rect x="${n(frame.x)}" y="${n(frame.y)}" width="${n(frame.width)}" height="${n(frame.height)}" fill="${colours.canvas}"/>`,
    ...groups.map((one) => {
      const colour = colours.groups[one.colour] ?? colours.line
      return `<g><rect x="${n(one.x)}" y="${n(one.y)}" width="${n(one.width)}" height="${n(one.height)}" rx="10" fill="${colour}" fill-opacity="0.08" stroke="${colour}" stroke-opacity="0.5"/>${text(one.title, { x: one.x + 14, y: one.y + 20, fill: colour, size: 12, weight: 600 })}</g>`
    }),
    ...outline.tables.flatMap((table) =>
      table.references.map((one, lane) =>
        relation(table, one, { boxes: byKey, obstacles, lane, colour: colours.relation }),
      ),
    ),
    ...boxes.map((box) => drawBox(box, colours)),
    ...diagram.notes.map((note) => {
      const colour = colours.groups[note.colour] ?? colours.line
      const room = { width: note.width - 20, count: Math.floor((note.height - 14) / 18) }
      const lines = wrap(note.text, room).map((line, at) =>
        text(line, {
          x: note.x + 10,
          y: note.y + 22 + at * 18,
          fill: colours.text,
          size: 12,
        }),
      )
      return `<g><rect x="${n(note.x)}" y="${n(note.y)}" width="${n(note.width)}" height="${n(note.height)}" rx="6" fill="${colour}" fill-opacity="0.16" stroke="${colour}" stroke-opacity="0.6"/>${lines.join('')}</g>`
    }),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${n(frame.x)} ${n(frame.y)} ${n(frame.width)} ${n(frame.height)}" width="${n(frame.width)}" height="${n(frame.height)}" role="img">\n${parts.filter((one) => one !== '').join('\n')}\n</svg>\n`
}

type Shape = Omit<Box, 'x' | 'y'>

/** What is drawn, in the order of kinds and names. */
function shapesOf(outline: Outline, diagram: Diagram): readonly Shape[] {
  const isShown = ({ schema }: { readonly schema: string }): boolean =>
    diagram.schemas === null || diagram.schemas.includes(schema)
  const shape = (
    kind: Box['kind'],
    one: { readonly schema: string; readonly name: string },
    rows: readonly Row[],
  ): Shape => {
    const title = one.schema === 'public' ? one.name : `${one.schema}.${one.name}`
    const drawn = rows.length > MAX_ROWS ? rows.slice(0, MAX_ROWS - 1) : rows
    const hiddenRows = rows.length - drawn.length
    return {
      key: keyOf(kind, one),
      kind,
      title,
      rows: drawn,
      hiddenRows,
      ...sizeOf({ name: title, rows: drawn, hiddenRows, badge: 0 }),
    }
  }
  const tableRows = (table: OutlineTable): Row[] =>
    table.columns.map(({ name, type, isNullable }) => ({
      name,
      type: shortTypeIn(table.schema, type) + (isNullable ? '?' : ''),
      mark: table.primaryKey.includes(name)
        ? 'key'
        : table.references.some(({ columns }) => columns.includes(name))
          ? 'link'
          : '',
    }))
  return [
    ...outline.tables.filter(isShown).map((one) => shape('table', one, tableRows(one))),
    ...outline.views.filter(isShown).map((one) =>
      shape(
        'view',
        one,
        one.columns.map(({ name, type }) => ({
          name,
          type: shortTypeIn(one.schema, type),
          mark: '' as const,
        })),
      ),
    ),
    ...outline.enums.filter(isShown).map((one) =>
      shape(
        'enum',
        one,
        one.labels.map((name) => ({ name, type: '', mark: '' as const })),
      ),
    ),
  ]
}

function place(diagram: Diagram, shapes: readonly Shape[], nameOf: (id: string) => string): readonly Box[] {
  const places = new Map(Object.entries(diagram.positions).map(([id, point]) => [nameOf(id), point]))
  const placed: Box[] = []
  const waiting: Shape[] = []
  for (const shape of shapes) {
    const point = places.get(shape.key)
    if (point === undefined) waiting.push(shape)
    else placed.push({ ...shape, ...point })
  }
  const columns = Math.max(1, Math.ceil(Math.sqrt(waiting.length)))
  let y = placed.reduce((low, box) => Math.max(low, box.y + box.height + GAP), 0)
  for (let first = 0; first < waiting.length; first += columns) {
    const row = waiting.slice(first, first + columns)
    let x = 0
    for (const shape of row) {
      placed.push({ ...shape, x, y })
      x += shape.width + GAP
    }
    y += Math.max(...row.map(({ height }) => height)) + GAP
  }
  return placed
}

interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function around(areas: readonly Area[], side: number, top: number): Area {
  let [left, high, right, low] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const area of areas) {
    left = Math.min(left, area.x)
    high = Math.min(high, area.y)
    right = Math.max(right, area.x + area.width)
    low = Math.max(low, area.y + area.height)
  }
  return { x: left - side, y: high - top, width: right - left + 2 * side, height: low - high + top + side }
}

function drawBox(box: Box, colours: (typeof THEMES)[SvgTheme]): string {
  const { x, y, width, height } = box
  const rows = box.rows.map((row, at) => {
    const middle = y + HEADER + at * ROW + 14
    const mark =
      row.mark === ''
        ? ''
        : `<circle cx="${n(x + 13)}" cy="${n(middle - 4)}" r="3.5" fill="${row.mark === 'key' ? colours.key : 'none'}" stroke="${row.mark === 'key' ? colours.key : colours.link}" stroke-width="1.5"/>`
    const [name, type] = fitBoth(row, width - ROW_CHROME)
    return (
      mark +
      text(name, { x: x + 24, y: middle, fill: colours.text, size: 12, isMono: true }) +
      text(type, { x: x + width - 10, y: middle, fill: colours.muted, size: 11, isMono: true, anchor: 'end' })
    )
  })
  if (box.hiddenRows > 0)
    rows.push(
      text(`${box.hiddenRows} more ${box.kind === 'enum' ? 'values' : 'columns'}`, {
        x: x + 24,
        y: y + HEADER + box.rows.length * ROW + 14,
        fill: colours.muted,
        size: 11,
      }),
    )
  const title = text(fit(box.title, width - 24, TITLE_CHARACTER), {
    x: x + 12,
    y: y + 18,
    fill: colours.text,
    size: 13,
    weight: 600,
  })
  const line = `<path d="M${n(x)} ${n(y + HEADER)}h${n(width)}" stroke="${colours.line}"/>`
  const dashed = box.kind === 'view' ? ' stroke-dasharray="4 3"' : ''
  return `<g><rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="6" fill="${colours.surface}" stroke="${colours.line}"${dashed}/>${line}${title}${rows.join('')}</g>`
}

interface RelationParts {
  readonly boxes: ReadonlyMap<string, Box>
  readonly obstacles: Obstacles
  readonly lane: number
  readonly colour: string
}

function relation(
  table: OutlineTable,
  reference: OutlineReference,
  { boxes, obstacles, lane, colour }: RelationParts,
): string {
  const from = boxes.get(keyOf('table', table))
  const to = boxes.get(keyOf('table', { schema: reference.schema, name: reference.table }))
  if (from === undefined || to === undefined) return ''
  const isOne = [table.primaryKey, ...table.uniques].some(
    (key) => key.length > 0 && key.every((name) => reference.columns.includes(name)),
  )
  const isOptional = table.columns.some(
    ({ name, isNullable }) => reference.columns.includes(name) && isNullable,
  )
  const target = reference.references[0] ?? to.rows.find(({ mark }) => mark === 'key')?.name ?? ''
  const { path } = routeOf(
    { box: from, y: middleOf(from, reference.columns[0] ?? ''), end: isOne ? 'zero or one' : 'zero or many' },
    { box: to, y: middleOf(to, target), end: isOptional ? 'zero or one' : 'one' },
    { lane, hasFeet: true, obstacles },
  )
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.25"/>`
}

/** The middle of a column's row; of one that is only counted, that of the count. */
function middleOf(box: Box, column: string): number {
  const row = box.rows.findIndex(({ name }) => name === column)
  return box.y + rowMiddle(row === -1 ? (box.hiddenRows > 0 ? box.rows.length : 0) : row)
}

/** A name and its type beside it: the type gives way where both are too long for the row, down to the room that the name leaves. */
function fitBoth({ name, type }: Row, room: number): readonly [name: string, type: string] {
  const wanted = lengthOf(name) * NAME_CHARACTER
  const fitted = type === '' ? '' : fit(type, Math.max(room - wanted, room * 0.4), TYPE_CHARACTER)
  return [fit(name, room - lengthOf(fitted) * TYPE_CHARACTER, NAME_CHARACTER), fitted]
}

/** As many characters as fit. */
function fit(value: string, width: number, character: number): string {
  const room = Math.max(1, Math.floor(width / character))
  if (lengthOf(value) <= room) return value
  let fitted = ''
  let taken = 1
  for (const one of value) {
    taken += lengthOf(one)
    if (taken > room) break
    fitted += one
  }
  return `${fitted}…`
}

/** The lines of a text in a box, broken between words; the last one says by an ellipsis that there is more. */
function wrap(
  value: string,
  { width, count }: { readonly width: number; readonly count: number },
): readonly string[] {
  const lines: string[] = []
  for (const paragraph of value.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (line === '' || lengthOf(longer) * TYPE_CHARACTER <= width) line = longer
      else {
        lines.push(line)
        line = word
      }
    }
    lines.push(line)
  }
  const shown = lines.slice(0, Math.max(1, count)).map((line) => fit(line, width, TYPE_CHARACTER))
  return shown.length < lines.length ? shown.with(-1, `${shown.at(-1) ?? ''} …`) : shown
}

interface TextLook {
  readonly x: number
  readonly y: number
  readonly fill: string
  readonly size: number
  readonly weight?: number
  readonly isMono?: boolean
  readonly anchor?: 'end'
}

function text(value: string, { x, y, fill, size, weight, isMono, anchor }: TextLook): string {
  if (value === '') return ''
  const more = `${weight === undefined ? '' : ` font-weight="${weight}"`}${anchor === undefined ? '' : ` text-anchor="${anchor}"`}`
  return `<text x="${n(x)}" y="${n(y)}" fill="${fill}" font-family="${isMono === true ? MONO : SANS}" font-size="${size}"${more}>${escaped(value)}</text>`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text of an XML document: what XML cannot hold becomes a question mark in a box. */
function escaped(value: string): string {
  return [...value].map((one) => ESCAPES[one] ?? (isXml(one.codePointAt(0) ?? 0) ? one : '\uFFFD')).join('')
}

function isXml(code: number): boolean {
  return (
    code === 9 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000
  )
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10)
}
