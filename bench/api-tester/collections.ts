// How long a collection of 3,000 and of 10,000 requests takes to open for the first time and with summaries of an earlier opening, and to search (P19). The minimum
// to hold it against: the same folders listed and the same files read, in the same run.
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openCollectionFolder } from '#api-client/node/collection/folder.ts'
import { writeTree } from '#api-client/node/collection/tree.ts'
import { largeTree } from '#testing/large-collection.ts'
import { percentile } from '../report.ts'
import { timed, type PartFigures } from './part.ts'

const SIZES = [3_000, 10_000]
const ROUNDS = 5
const SEARCHES = 200

/** P19, in milliseconds. */
const GOALS: Readonly<Record<string, number>> = {
  openCold3000Ms: 1_000,
  openCold10000Ms: 3_000,
  search3000P95Ms: 50,
  search10000P95Ms: 50,
}

/** Runs the part. */
export async function benchCollections(): Promise<PartFigures> {
  const parts = []
  for (const size of SIZES) parts.push(await measure(size))
  const metrics: Readonly<Record<string, number>> = Object.assign({}, ...parts.map((part) => part.metrics))
  return {
    metrics,
    ratios: Object.assign({}, ...parts.map((part) => part.ratios)),
    missed: Object.entries(GOALS)
      .filter(([name, most]) => !((metrics[name] ?? Infinity) <= most))
      .map(([name, most]) => `${name} ${String(metrics[name])}, not ${String(most)}`),
  }
}

async function measure(size: number): Promise<Omit<PartFigures, 'missed'>> {
  const root = await mkdtemp(join(tmpdir(), 'nebuladb-bench-'))
  try {
    const directory = join(root, 'collection')
    await writeTree(directory, largeTree(size))
    const [minimum, cold, again, refreshed, searches]: number[][] = [[], [], [], [], []]
    const index = memoryIndex()
    for (let round = 0; round < ROUNDS; round++) {
      minimum?.push((await timed(() => readAll(directory))).ms)
      const options = { directory, trash: join(root, 'trash'), isWatched: true }
      cold?.push((await timed(async () => (await openCollectionFolder(options)).close())).ms)
      const folder = await openCollectionFolder({ ...options, index })
      await folder.close()
      again?.push((await timed(async () => (await openCollectionFolder({ ...options, index })).close())).ms)
    }
    const folder = await openCollectionFolder({ directory, trash: join(root, 'trash') })
    for (let n = 0; n < ROUNDS; n++) refreshed?.push((await timed(() => folder.refresh())).ms)
    const words = ['rental', 'x-trace', 'open the 42', 'nothing-has-this', 'expect(', 'id 977', 'page=7']
    for (let n = 0; n < SEARCHES; n++) {
      const start = performance.now()
      folder.search(words[n % words.length] ?? '', 100)
      searches?.push(performance.now() - start)
    }
    if (folder.items().filter((one) => one.kind === 'http').length !== size)
      throw new Error('Requests are missing.')
    await folder.close()
    const median = (values: readonly number[] | undefined): number => percentile(values ?? [], 0.5)
    return {
      metrics: {
        [`minimum${String(size)}Ms`]: median(minimum),
        [`openCold${String(size)}Ms`]: median(cold),
        [`openAgain${String(size)}Ms`]: median(again),
        [`refresh${String(size)}Ms`]: median(refreshed),
        [`search${String(size)}P50Ms`]: median(searches),
        [`search${String(size)}P95Ms`]: percentile(searches ?? [], 0.95),
      },
      ratios: {
        [`openCold${String(size)}`]: median(cold) / median(minimum),
        [`openAgain${String(size)}`]: median(again) / median(minimum),
      },
    }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** What nobody can do without: every folder listed, every file read. Synchronous, because promises of 10,000 files cost more than the files. */
function readAll(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) readAll(path)
    else readFileSync(path)
  }
}

function memoryIndex() {
  const kept = new Map<string, { mtimeMs: number; size: number; summary: string }>()
  return {
    get(path: string, mtimeMs: number, size: number): string | undefined {
      const found = kept.get(path)
      return found?.mtimeMs === mtimeMs && found.size === size ? found.summary : undefined
    },
    put(path: string, version: { mtimeMs: number; size: number }, summary: string): void {
      kept.set(path, { ...version, summary })
    },
  }
}

if (import.meta.main) console.log(JSON.stringify(await benchCollections()))
