// `mock`: answers from the examples of a collection until it is interrupted.
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { openCollectionFolder } from '../collection/folder.ts'
import { createMockServer } from '../mock/server.ts'
import type { MockCommand } from './arguments.ts'
import type { CommandLine } from './command-line.ts'
import { clean } from './output.ts'

/** Serves; resolves after Ctrl+C. The collection is read once. Throws AppErrors. */
export async function mockCollection(
  { folder, port, delayMs, environment }: MockCommand,
  { directory, out, signal }: CommandLine,
  temporary: string,
): Promise<void> {
  const opened = await openCollectionFolder({
    directory: resolve(directory, folder),
    trash: join(temporary, 'trash'),
    isWatched: false,
  })
  const tree = await opened.readTree().finally(() => opened.close())
  if (environment !== null && !tree.environments.some(({ name }) => name === environment))
    throw new AppError('NOT_FOUND', `There is no environment “${environment}”.`)
  const server = await createMockServer({
    source: { type: 'examples', tree, environment },
    port,
    delayMs,
    now: Date.now,
    random: Math.random,
    onRequest: ({ method, path, status, matched }) =>
      out(`${clean(`${method} ${path}`)} ${String(status)} ${clean(matched ?? 'no example')}\n`),
  })
  out(`${clean(tree.collection.name)} is mocked at ${server.url}\n`)
  if (!signal.aborted) await once(signal, 'abort')
  await server.close()
}
