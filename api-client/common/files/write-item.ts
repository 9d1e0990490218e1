// Writes an item as text. What a person had in the file before stays as it was but for what changed: comments, order, quoting, line ends and all that we do not know.
import { editYaml } from './edit-yaml.ts'
import type { Change, FileItem } from './file-item.ts'
import { mergeValue } from './merge-value.ts'
import { type FileKind, readItem, withoutMark } from './read-item.ts'
import { toFile } from './to-file.ts'
import { type FileMap, parseTyped, parseYaml, renderYaml } from './yaml.ts'

/** What a file with this item is. */
export function fileKindOf(item: FileItem): FileKind {
  if (!('kind' in item)) return 'environment'
  return item.kind === 'folder' || item.kind === 'collection' ? item.kind : 'request'
}

/**
 * The text of an item's file. With the text that was there before, only what changed is changed in it; the same item gives the same text to the byte.
 * Throws Unreadable when the text before cannot be read: then it must not be written over.
 */
export function writeItem(item: FileItem, before: string | null): string {
  const after = toFile(item)
  if (before === null || before.trim() === '') return renderYaml(after)
  const kind = fileKindOf(item)
  const mark = before.startsWith('\ufeff') ? '\ufeff' : ''
  const text = withoutMark(before)
  const parsed = parseYaml(text)
  const old = readItem(text, kind, item.name)
  // A kind of item that is replaced by another (a script by a request) is written anew.
  if (!old.ok || !isSameKind(old.item, item)) return mark + renderYaml(after)
  const change = { before: toFile(old.item), after }
  if (JSON.stringify(change.before) === JSON.stringify(after)) return before
  for (const attempt of [editYaml, mergeAnew, replaceKnown]) {
    const next = attempted(() => attempt(text, change, parsed))
    if (next !== undefined && says(next, kind, after, item.name)) return mark + next
  }
  return mark + renderYaml(after)
}

function isSameKind(one: FileItem, other: FileItem): boolean {
  return ('kind' in one ? one.kind : '') === ('kind' in other ? other.kind : '')
}

function attempted(attempt: () => string): string | undefined {
  try {
    return attempt()
  } catch {
    return undefined
  }
}

/** Each text is read back before it is given to anybody: a shape that nobody thought of costs comments, never values. */
function says(text: string, kind: FileKind, after: FileMap, name: string): boolean {
  const read = readItem(text, kind, name)
  return read.ok && JSON.stringify(toFile(read.item)) === JSON.stringify(after)
}

/** The whole file anew, without comments, with all that we do not know. */
function mergeAnew(text: string, { before, after }: Change): string {
  return withLineEnds(renderYaml(mergeValue('', parseTyped(text), before, after)), text)
}

/** The last resort: known fields are replaced as a whole. */
function replaceKnown(text: string, { before, after }: Change): string {
  const now = parseTyped(text)
  const known = typeof now === 'object' && now !== null ? now : {}
  const rest = Object.entries(known).filter(([key]) => !(key in before) && !(key in after))
  return withLineEnds(renderYaml({ ...after, ...Object.fromEntries(rest) }), text)
}

function withLineEnds(next: string, text: string): string {
  return text.includes('\r\n') ? next.replaceAll('\n', '\r\n') : next
}
