// Snapshots of assertions: one JSON file per request, `__snapshots__/NAME.json` beside it, made for git: a name per assertion, sorted, big integers exact.
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isEqual, parseExact } from '#api-client/common/assert/exact-json.ts'
import { locate, writeOver } from '../collection/disk.ts'

const LONGEST_SHOWN = 500

export interface SnapshotFile {
  /** Compares, or takes the snapshot: null when all is well, else what differs. */
  readonly compare: (name: string, value: unknown) => string | null
  /** Writes what was taken; nothing when nothing changed. */
  readonly save: () => Promise<void>
}

export interface SnapshotOptions {
  readonly updates: boolean
  readonly creates: boolean
  /** What is written and compared: secrets are taken out. */
  readonly mask: (value: unknown) => unknown
}

/** The snapshots of the request at `path` of the collection in `directory`; null for both where the request was never saved. */
export async function openSnapshots(
  directory: string | null,
  path: string | null,
  { updates, creates, mask }: SnapshotOptions,
): Promise<SnapshotFile> {
  if (directory === null || path === null)
    return {
      compare: () => 'A snapshot lies beside its request: save the request first.',
      save: () => Promise.resolve(),
    }
  const file = await snapshotPath(directory, path)
  const known = await readSnapshots(file)
  let isChanged = false
  return {
    compare: (name, actual) => {
      if (actual === undefined) return 'There is nothing to compare with a snapshot: the value is not there.'
      const value = mask(actual)
      const has = known.has(name)
      if (has && isEqual(known.get(name), value)) return null
      if (has && !updates)
        return `It differs from its snapshot. Snapshot: ${shown(known.get(name))}. Now: ${shown(value)}. Update the snapshot when this is right.`
      if (!has && !creates && !updates)
        return 'There is no snapshot yet: run it once where snapshots are written.'
      known.set(name, value)
      isChanged = true
      return null
    },
    save: async () => {
      if (!isChanged) return
      const members = [...known.keys()]
        .sort()
        .map((name) => `  ${JSON.stringify(name)}: ${pretty(known.get(name), '  ')}`)
      await mkdir(dirname(file), { recursive: true })
      await writeOver(file, `{\n${members.join(',\n')}\n}\n`)
    },
  }
}

/** Where the snapshots of a request lie. INVALID_INPUT for a path that leaves the collection, by itself or by a symbolic link. */
function snapshotPath(directory: string, path: string): Promise<string> {
  const names = path.split('/')
  const request = names.pop() ?? ''
  return locate(directory, [...names, '__snapshots__', `${request.replace(/\.ya?ml$/i, '')}.json`].join('/'))
}

async function readSnapshots(file: string): Promise<Map<string, unknown>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return new Map()
  }
  const parsed = parseExact(text)
  return new Map(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [])
}

function shown(value: unknown): string {
  const text = pretty(value, '')
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

/** JSON in lines, members sorted, bigints as their digits. */
function pretty(value: unknown, indent: string): string {
  const inner = `${indent}  `
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value))
    return value.length === 0
      ? '[]'
      : `[\n${value.map((one: unknown) => `${inner}${pretty(one, inner)}`).join(',\n')}\n${indent}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return members.length === 0
      ? '{}'
      : `{\n${members.map(([name, one]) => `${inner}${JSON.stringify(name)}: ${pretty(one, inner)}`).join(',\n')}\n${indent}}`
  }
  return JSON.stringify(value) ?? 'null'
}
