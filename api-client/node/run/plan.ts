// Which requests of a collection run, in which order.
import { AppError } from '#contract/errors.ts'
import type { RunOptions } from '#contract/requests/run.ts'
import type { RunSource } from './types.ts'

export type PlannedRequest = ReturnType<RunSource['items']>[number]

/** The requests that run in one iteration. WebSockets and files of scripts do not run. NOT_FOUND for a path that is not there. */
export function planRun(
  items: readonly PlannedRequest[],
  { paths, tags }: Pick<RunOptions, 'paths' | 'tags'>,
): PlannedRequest[] {
  const runnable = items.filter((one) => one.kind === 'http' || one.kind === 'graphql')
  const isTagged = (one: PlannedRequest) => tags.length === 0 || one.tags.some((tag) => tags.includes(tag))
  const chosen = paths.length === 0 ? runnable : paths.flatMap((path) => requestsAt(items, runnable, path))
  return chosen.filter(isTagged)
}

function requestsAt(
  items: readonly PlannedRequest[],
  runnable: readonly PlannedRequest[],
  path: string,
): readonly PlannedRequest[] {
  if (path === '') return runnable
  const item = items.find((one) => one.path === path)
  if (item === undefined)
    throw new AppError('NOT_FOUND', `There is no request and no folder “${path}” in this collection.`, {
      hint: 'Paths are those of files below the collection: “Rentals/Open rentals.yml”.',
    })
  if (item.kind === 'folder') return runnable.filter((one) => one.path.startsWith(`${path}/`))
  if (!runnable.includes(item))
    throw new AppError('INVALID_INPUT', `“${path}” cannot run: only HTTP and GraphQL requests can.`)
  return [item]
}
