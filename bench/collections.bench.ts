// How long a collection of 3,000 and of 10,000 requests takes to open for the first time and with summaries of an earlier opening, and to search (P19). The minimum
// to hold it against: the same folders listed and the same files read, in the same run.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { CollectionTree, TreeItem } from '../api-client/common/collection-tree.ts'
import { newCollection, newFolder, newHttpRequest } from '../api-client/common/new-request.ts'
import { openCollectionFolder } from '../api-client/node/collection/folder.ts'
import { writeTree } from '../api-client/node/collection/tree.ts'
import { describeMachine, percentile, report } from './report.ts'

const SIZES = [3_000, 10_000]
const PER_FOLDER = 100
const ROUNDS = 5
const SEARCHES = 200
const on = { isEnabled: true, description: '' }

const machine = describeMachine()
const metrics: Record<string, number> = {}
const ratios: Record<string, number> = {}
for (const size of SIZES) await measure(size)
report({ name: 'collections', machine, metrics, ratios })

async function measure(size: number): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'nebuladb-bench-'))
  try {
    const directory = join(root, 'collection')
    await writeTree(directory, largeTree(size))
    const [minimum, cold, again, refreshed, searches]: number[][] = [[], [], [], [], []]
    const index = memoryIndex()
    for (let round = 0; round < ROUNDS; round++) {
      minimum?.push(await timed(() => readAll(directory)))
      const options = { directory, trash: join(root, 'trash'), isWatched: true }
      cold?.push(await timed(async () => (await openCollectionFolder(options)).close()))
      const folder = await openCollectionFolder({ ...options, index })
      await folder.close()
      again?.push(await timed(async () => (await openCollectionFolder({ ...options, index })).close()))
    }
    const folder = await openCollectionFolder({ directory, trash: join(root, 'trash') })
    for (let n = 0; n < ROUNDS; n++) refreshed?.push(await timed(() => folder.refresh()))
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
    metrics[`minimum${String(size)}Ms`] = median(minimum)
    metrics[`openCold${String(size)}Ms`] = median(cold)
    metrics[`openAgain${String(size)}Ms`] = median(again)
    metrics[`refresh${String(size)}Ms`] = median(refreshed)
    metrics[`search${String(size)}P50Ms`] = median(searches)
    metrics[`search${String(size)}P95Ms`] = percentile(searches ?? [], 0.95)
    ratios[`openCold${String(size)}`] = median(cold) / median(minimum)
    ratios[`openAgain${String(size)}`] = median(again) / median(minimum)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/** What nobody can do without: every folder listed, every file read. */
async function readAll(directory: string): Promise<void> {
  const files: string[] = []
  const list = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isDirectory()) await list(join(folder, entry.name))
      else files.push(join(folder, entry.name))
  }
  await list(directory)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) await readFile(file)
  }
  await Promise.all(Array.from({ length: 64 }, worker))
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

function largeTree(size: number): CollectionTree {
  const items: TreeItem[] = []
  for (let start = 0; start < size; start += PER_FOLDER) {
    const requests: TreeItem[] = []
    for (let n = start; n < start + PER_FOLDER; n++) requests.push({ type: 'request', request: request(n) })
    items.push({ type: 'folder', folder: newFolder(`Folder ${String(start)}`), items: requests })
  }
  return { collection: newCollection('Large'), environments: [], items }
}

function request(n: number) {
  return newHttpRequest(`Request ${String(n)} of rentals`, {
    method: n % 3 === 0 ? 'POST' : 'GET',
    url: `{{baseUrl}}/rentals/${String(n)}?page=${String(n % 10)}`,
    tags: ['smoke'],
    headers: [
      { name: 'Accept', value: 'application/json', ...on },
      { name: 'X-Trace', value: `{{trace}}-${String(n)}`, ...on },
    ],
    parameters: [{ name: 'page', value: String(n % 10), place: 'query', ...on }],
    body:
      n % 3 === 0
        ? { type: 'json', text: JSON.stringify({ id: n, customer: 'Mary Smith', films: [1, 2, 3] }, null, 2) }
        : { type: 'none' },
    docs: `Opens the ${String(n)}th rental.\n\nMore about it.`,
    scripts: {
      beforeRequest: `pm.variables.set('n', ${String(n)})`,
      afterResponse: '',
      tests: `pm.test('is well', () => {\n  pm.expect(pm.response.code).to.equal(200)\n  pm.expect(pm.response.json().id).to.equal(${String(n)})\n})\n`,
    },
    assertions: [{ expression: 'res.status', operator: 'eq', value: '200', ...on }],
  })
}
