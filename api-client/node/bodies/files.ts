// The files of a store: NAME.body has the bytes, NAME.json says that it is whole and what it is, NAME.text is its text in UTF-8 while it is read. The name
// is the exchange's id. A body without its JSON is what a crash left.
import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ExchangeId } from '#contract/requests/exchange.ts'

const Ended = z.object({
  version: z.literal(1),
  contentType: z.string().nullable(),
  incomplete: z.string().nullable(),
})
export type Ended = z.infer<typeof Ended>

export interface FoundBody {
  readonly id: ExchangeId
  readonly bytes: number
  readonly endedAtMs: number
}

export interface BodyFiles {
  body(id: ExchangeId): string
  text(id: ExchangeId): string
  /** Removes what a crash left and lists the others, the oldest first. */
  tidy(): Promise<FoundBody[]>
  writeEnded(id: ExchangeId, ended: Omit<Ended, 'version'>): Promise<void>
  /** Writes a whole body at once. */
  writeWhole(id: ExchangeId, bytes: Uint8Array, ended: Omit<Ended, 'version'>): Promise<void>
  /** Null when it is missing or cannot be read. */
  readEnded(id: ExchangeId): Promise<Ended | null>
  remove(id: ExchangeId): Promise<void>
}

/** The files of one folder, which exists. */
export function createBodyFiles(directory: string): BodyFiles {
  const path = (id: ExchangeId, ending: string): string => join(directory, `${id}.${ending}`)
  const remove = async (id: ExchangeId): Promise<void> => {
    // The JSON first: a body without it is removed at the next start, should this one be interrupted.
    for (const ending of ['json', 'json-new', 'body', 'text']) await rm(path(id, ending), { force: true })
  }
  const writeEnded: BodyFiles['writeEnded'] = async (id, ended) => {
    await writeFile(path(id, 'json-new'), JSON.stringify({ version: 1, ...ended } satisfies Ended))
    await rename(path(id, 'json-new'), path(id, 'json'))
  }
  return {
    body: (id) => path(id, 'body'),
    text: (id) => path(id, 'text'),
    async tidy() {
      const endings = new Map<ExchangeId, Set<string>>()
      for (const name of await readdir(directory)) {
        const [, stem, ending] = /^([0-9a-f-]{36})\.(body|json|json-new|text)$/.exec(name) ?? []
        const id = ExchangeId.safeParse(stem)
        if (!id.success || ending === undefined) continue
        const known = endings.get(id.data) ?? new Set()
        endings.set(id.data, known.add(ending))
      }
      const found: FoundBody[] = []
      for (const [id, has] of endings) {
        if (!has.has('body') || !has.has('json')) {
          await remove(id)
          continue
        }
        if (has.has('text')) await rm(path(id, 'text'), { force: true })
        const [body, ended] = await Promise.all([stat(path(id, 'body')), stat(path(id, 'json'))])
        found.push({ id, bytes: body.size, endedAtMs: ended.mtimeMs })
      }
      return found.sort((a, b) => a.endedAtMs - b.endedAtMs)
    },
    writeEnded,
    async writeWhole(id, bytes, ended) {
      await writeFile(path(id, 'body'), bytes, { mode: 0o600 })
      await writeEnded(id, ended)
    },
    async readEnded(id) {
      try {
        return Ended.parse(JSON.parse(await readFile(path(id, 'json'), 'utf8')))
      } catch {
        return null
      }
    },
    remove,
  }
}
