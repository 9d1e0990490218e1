// The last step of each import: everything is held against the contract, and what is too long or wrong is cut or left out and reported.
import type { z } from 'zod'
import { Collection, Environment, Folder } from '#contract/requests/collection.ts'
import { ApiRequest } from '#contract/requests/request.ts'
import type { CollectionTree, TreeItem } from '../collection-tree.ts'
import { newCollection, newFolder, newHttpRequest } from '../new-request.ts'
import { isRecord } from './loose.ts'
import type { Problems, Report } from './problems.ts'

/** Folders in folders, as deep as paths of files allow. */
const DEEPEST = 40

/** The tree as the contract has it. */
export function conform(tree: CollectionTree, problems: Problems): CollectionTree {
  const collection = mended(Collection, tree.collection, {
    fallback: newCollection('Imported'),
    report: problems.of(''),
  })
  return {
    collection,
    environments: tree.environments.map((one) =>
      mended(Environment, one, {
        fallback: { name: 'Imported', color: '', description: '', extends: null, variables: [] },
        report: problems.of(one.name),
      }),
    ),
    items: conformItems(tree.items, problems, 1),
  }
}

function conformItems(items: readonly TreeItem[], problems: Problems, depth: number): TreeItem[] {
  return items.flatMap((item): TreeItem[] => {
    if (item.type === 'request') return [conformRequest(item.request, problems)]
    if (depth > DEEPEST) {
      problems.add(
        item.folder.name,
        'folder',
        `Folders are kept ${DEEPEST} deep: what is below stands in the deepest.`,
        'changed',
      )
      return requestsBelow(item, problems)
    }
    const folder = mended(Folder, item.folder, {
      fallback: newFolder('Imported'),
      report: problems.of(item.folder.name),
    })
    return [{ type: 'folder', folder, items: conformItems(item.items, problems, depth + 1) }]
  })
}

/** Without recursion: this is for trees that are too deep. */
function requestsBelow(item: TreeItem, problems: Problems): TreeItem[] {
  const found: TreeItem[] = []
  const waiting: TreeItem[] = [item]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    if (next.type === 'request') found.push(conformRequest(next.request, problems))
    else waiting.push(...next.items.toReversed())
  return found
}

function conformRequest(request: ApiRequest, problems: Problems): TreeItem {
  const report = problems.of(request.name)
  const mendedRequest = mended(ApiRequest, request, { fallback: newHttpRequest('Imported'), report })
  notePlainSecrets(mendedRequest, report)
  return { type: 'request', request: mendedRequest }
}

/** Secrets that stand in a request would stand in its file: that is said, not changed. */
function notePlainSecrets(request: ApiRequest, report: Report): void {
  const auth = request.auth
  const secret =
    auth.type === 'basic' || auth.type === 'digest'
      ? auth.password
      : auth.type === 'bearer'
        ? auth.token
        : auth.type === 'apiKey'
          ? auth.value
          : auth.type === 'oauth2'
            ? auth.clientSecret + auth.password
            : auth.type === 'jwt'
              ? auth.secret
              : auth.type === 'awsV4'
                ? auth.secretAccessKey
                : ''
  if (secret !== '' && !secret.includes('{{'))
    report(
      `auth ${auth.type}`,
      'A secret stands in it in plain text. Move it to a secret variable before the folder is shared.',
      'note',
    )
}

interface Mending<T> {
  readonly fallback: T
  readonly report: Report
}

/** `value` when it conforms; else with what does not conform cut, or taken from `fallback`. */
function mended<T>(schema: z.ZodType<T>, value: T, { fallback, report }: Mending<T>): T {
  const first = schema.safeParse(value)
  if (first.success) return value
  const copy: unknown = structuredClone(value)
  for (const issue of first.error.issues) mend(copy, issue, { fallback, report })
  const second = schema.safeParse(copy)
  if (second.success) return second.data
  for (const issue of second.error.issues) {
    const [field] = issue.path
    if (isWritable(copy) && isRecord(fallback) && field !== undefined)
      copy[String(field)] = fallback[String(field)]
  }
  const third = schema.safeParse(copy)
  if (third.success) return third.data
  report('item', 'It is not what it should be, and is left empty.')
  return fallback
}

function mend(copy: unknown, issue: z.core.$ZodIssue, { fallback, report }: Mending<unknown>): void {
  const part = issue.path.map(String).join('.')
  const key = issue.path.at(-1)
  let parent: unknown = copy
  let standIn: unknown = fallback
  for (const step of issue.path.slice(0, -1)) {
    parent = isRecord(parent) || Array.isArray(parent) ? Reflect.get(parent, step) : undefined
    standIn = isRecord(standIn) ? Reflect.get(standIn, step) : undefined
  }
  if (key === undefined || !(isWritable(parent) || Array.isArray(parent))) return
  const found: unknown = Reflect.get(parent, key)
  if (issue.code === 'too_big' && typeof found === 'string') {
    Reflect.set(parent, key, found.slice(0, Number(issue.maximum)))
    report(part, `It is longer than ${String(issue.maximum)} characters, and is cut.`)
  } else if (issue.code === 'too_big' && Array.isArray(found)) {
    Reflect.set(parent, key, found.slice(0, Number(issue.maximum)))
    report(part, `There are more than ${String(issue.maximum)}; the others are left out.`)
  } else {
    Reflect.set(parent, key, isRecord(standIn) ? Reflect.get(standIn, key) : undefined)
    report(part, 'It is not what it should be, and is left out.')
  }
}

function isWritable(value: unknown): value is Record<string, unknown> {
  return isRecord(value)
}
