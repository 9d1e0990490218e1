// How a collection and the API it was made from differ, and the alarm of it, which is asked again and again and so reads no more than it must.
import { readFile, stat } from 'node:fs/promises'
import type { CollectionTree } from '#api-client/common/collection-tree.ts'
import { schemaDrift } from '#api-client/common/postgrest/drift.ts'
import { driftOf } from '#api-client/common/exchange/openapi/drift.ts'
import { parseDocument } from '#api-client/common/exchange/parse.ts'
import type { Drift, DriftAlarm } from '#contract/capabilities/explorer.ts'
import { AppError } from '#contract/errors.ts'
import type { ApiDescription } from '#contract/requests/api-description.ts'
import type { CollectionId, CollectionSource } from '#contract/requests/collection.ts'
import type { KnownSourceStore } from '../cache/index.ts'
import type { CollectionsService } from '../collections/index.ts'
import type { Describer } from './describe.ts'

/** The variable of a generated collection that has its token: a secret. */
export const TOKEN = 'token'
/** Of a description in a file. */
const MOST_BYTES = 50_000_000
/** How long an alarm counts before the source is asked again: our own service is cheap to ask, others' are not. */
const ASKED_AFTER_MS = { project: 5_000, openapi: 300_000 }

export interface DriftDependencies {
  readonly describer: Describer
  readonly collections: Pick<CollectionsService, 'folder' | 'readTree' | 'secret'>
  readonly sources: KnownSourceStore
  readonly now: () => Date
}

export interface DriftReader {
  /** Throws CONFLICT for a collection without a source, and what the source says. A person asks for it: from then on the alarm may ask there too. */
  drift(collectionId: CollectionId, signal: AbortSignal): Promise<Drift[]>
  /**
   * Null for a collection without a source, and for a source that cannot be asked and never could. So also for one that only stands in the file, which
   * others write: opening a collection asks nobody whom they chose.
   */
  alarm(collectionId: CollectionId, signal: AbortSignal): Promise<DriftAlarm | null>
}

interface Kept {
  readonly askedAt: number
  /** What the source said then. */
  readonly said: string
  readonly alarm: DriftAlarm
}

/** What a source says, and how a collection is held against it. */
interface Said {
  readonly text: string
  compare(tree: CollectionTree, pathOf: Parameters<typeof schemaDrift>[2]): Drift[]
}

/** Makes it. */
export function createDriftReader({ describer, collections, sources, now }: DriftDependencies): DriftReader {
  const kept = new Map<CollectionId, Kept>()
  const watched = new WeakSet<object>()

  const described = (description: ApiDescription): Said => ({
    text: JSON.stringify(description),
    compare: (tree, options) => schemaDrift(description, tree, options),
  })

  async function ask(id: CollectionId, source: CollectionSource, signal: AbortSignal): Promise<Said> {
    if (source.type === 'project') return described((await describer.describe(source, signal)).description)
    const { item } = await (await collections.folder(id)).read('')
    if (item.kind === 'collection' && isGenerated(item)) {
      // A token goes only to an address that was named on this machine.
      const token =
        sources.of(source.location) === 'chosen' ? ((await collections.secret(id, TOKEN)) ?? '') : ''
      return described(
        (await describer.describe({ type: 'url', url: source.location, token }, signal)).description,
      )
    }
    const text = /^https?:/i.test(source.location)
      ? await describer.document(source.location, '', signal)
      : await readDocument(source.location)
    return { text, compare: (tree, options) => driftOf(tree, parseDocument(text), options) }
  }

  async function sourceOf(id: CollectionId): Promise<CollectionSource | null> {
    const folder = await collections.folder(id)
    if (!watched.has(folder)) {
      watched.add(folder)
      folder.onChange(() => void kept.delete(id))
    }
    const { item } = await folder.read('')
    return item.kind === 'collection' ? item.source : null
  }

  async function hold(id: CollectionId, said: Said): Promise<Drift[]> {
    const { tree, pathOf } = await collections.readTree(id)
    return said.compare(tree, { pathOf })
  }

  return {
    async drift(id, signal) {
      const source = await sourceOf(id)
      if (source === null)
        throw new AppError('CONFLICT', 'This collection was not made from the description of an API.', {
          hint: 'Set its source in the settings of the collection.',
        })
      if (source.type === 'openapi') sources.note(source.location, 'asked')
      return hold(id, await ask(id, source, signal))
    },
    async alarm(id, signal) {
      const source = await sourceOf(id)
      if (source === null || (source.type === 'openapi' && sources.of(source.location) === null)) return null
      const before = kept.get(id)
      const askedAt = now().getTime()
      if (before !== undefined && askedAt - before.askedAt < ASKED_AFTER_MS[source.type]) return before.alarm
      let said: Said
      try {
        said = await ask(id, source, signal)
      } catch {
        // Out of reach is no drift; the dialog says why it cannot be compared.
        return before?.alarm ?? null
      }
      const alarm = said.text === before?.said ? before.alarm : alarmOf(await hold(id, said))
      kept.set(id, { askedAt, said: said.text, alarm })
      return alarm
    },
  }
}

/** The text of a file that a collection names: a plain one, so that reading it ends. */
async function readDocument(location: string): Promise<string> {
  try {
    const found = await stat(location)
    if (!found.isFile() || found.size > MOST_BYTES) throw new Error('It is no file of a description')
    return await readFile(location, 'utf8')
  } catch (cause) {
    throw new AppError('NOT_FOUND', `The description at ${location} cannot be read.`, {
      hint: 'Set the source anew in the settings of the collection.',
      cause,
    })
  }
}

/** Endpoints that no request calls yet are news, no alarm. */
function alarmOf(drift: readonly Drift[]): DriftAlarm {
  const paths = new Set(drift.flatMap(({ path, kind }) => (kind === 'new-endpoint' ? [] : [path ?? ''])))
  return {
    requests: paths.size,
    newEndpoints: drift.filter(({ kind }) => kind === 'new-endpoint').length,
  }
}

/** By us, from the description of a data API: then its tables and columns are compared, not only its endpoints. */
function isGenerated({ defaults }: Pick<CollectionTree['collection'], 'defaults'>): boolean {
  const names = defaults.variables.map((variable) => variable.name)
  return names.includes('baseUrl') && names.includes('callWritingFunctions')
}
