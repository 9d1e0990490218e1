// Answers from the examples that are kept with a collection's requests: the one whose request is most like the one that came.
import { requestsOf, type CollectionTree } from '#api-client/common/collection-tree.ts'
import { splitUrl } from '#api-client/common/exchange/url.ts'
import { createDynamicValues, type DynamicSources } from '#api-client/common/resolve/dynamic.ts'
import { createResolver, type Resolver } from '#api-client/common/resolve/resolve-text.ts'
import { createLookup, scopesOf, type VariableScope } from '#api-client/common/resolve/scopes.ts'
import type { Folder } from '#contract/requests/collection.ts'
import type { Parameter, Variable } from '#contract/requests/parts.ts'
import type { Example, HttpRequest } from '#contract/requests/request.ts'
import { matchPath, pathTemplate, type PathTemplate } from './paths.ts'
import { problem } from './problem.ts'
import type { Answerer, MockAnswer, MockRequest } from './types.ts'

/** An example, ready to be found. */
interface Route {
  readonly example: Example
  readonly method: string
  /** Of the example's own address, of the request's, and of both with their variables filled in. */
  readonly templates: readonly PathTemplate[]
  readonly query: readonly Parameter[]
  readonly scopes: readonly VariableScope[]
}

interface Found {
  readonly route: Route
  readonly score: number
  readonly variables: ReadonlyMap<string, string>
}

/** Answers from the examples of a tree. */
export function exampleAnswerer(
  { tree, environment = null }: { readonly tree: CollectionTree; readonly environment?: string | null },
  sources: DynamicSources,
): Answerer {
  const dynamic = createDynamicValues(sources)
  const routes = [...requestsOf(tree.items)].flatMap(({ request, folders }) =>
    request.kind === 'http' ? routesOf(request, scopes(tree, environment, { request, folders })) : [],
  )
  const atPath = (path: string): Found[] =>
    routes.flatMap((route) => {
      const matches = route.templates.flatMap((template) => matchPath(template, path) ?? [])
      const [best] = matches.sort((a, b) => b.score - a.score)
      return best === undefined ? [] : [{ route, ...best }]
    })
  return {
    methods: (path) => [...new Set(atPath(path).flatMap(({ route }) => methodsOf(route.method)))],
    answer(request) {
      const here = atPath(request.path)
      const candidates = here.filter(({ route }) => answersTo(route.method, request.method, here))
      if (candidates.length === 0) return notFound(request, here, routes)
      const chosen = choose(candidates, request)
      return chosen === null ? notChosen(request, candidates) : render(chosen, dynamic)
    },
  }
}

function methodsOf(method: string): string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method]
}

/** A HEAD is a GET without its body, unless there is an example of its own. */
function answersTo(method: string, asked: string, here: readonly Found[]): boolean {
  if (method === asked) return true
  return asked === 'HEAD' && method === 'GET' && !here.some(({ route }) => route.method === 'HEAD')
}

function scopes(
  tree: CollectionTree,
  environment: string | null,
  { request, folders }: { readonly request: HttpRequest; readonly folders: readonly Folder[] },
): VariableScope[] {
  const { collection } = tree
  return scopesOf({
    request,
    inherited: [
      { path: '', name: collection.name, defaults: collection.defaults },
      ...folders.map(({ name, defaults }) => ({ path: name, name, defaults })),
    ],
    environments: tree.environments,
    environment,
    globals: [],
  }).map((scope) => ({ ...scope, variables: scope.variables.filter((one) => !one.isSecret) }))
}

function routesOf(request: HttpRequest, variables: readonly VariableScope[]): Route[] {
  const resolver = createResolver({ lookup: createLookup(variables), dynamic: null })
  return (
    request.examples
      // Informational answers are not the last of an exchange.
      .filter((example) => example.response.status >= 200)
      .map((example): Route => {
        const addresses = [example.request.url, request.url].filter((url) => url.trim() !== '')
        const all = new Set(addresses.flatMap((url) => [url, resolver.text(url)]))
        return {
          example,
          method: (example.request.method || request.method).toUpperCase(),
          templates: [...all].map(pathTemplate),
          query: splitUrl(example.request.url).parameters,
          scopes: variables,
        }
      })
  )
}

/** By `x-mock-example` and `x-mock-status` where they are there, then by likeness; of equals one that succeeded, then the first. */
function choose(candidates: readonly Found[], request: MockRequest): Found | null {
  const name = request.headers['x-mock-example']?.trim().toLowerCase()
  const status = request.headers['x-mock-status']?.trim()
  const rank = ({ route, score }: Found) =>
    10 * (score + likeness(route, request)) + Number(route.example.response.status < 300)
  const [best] = candidates
    .filter(
      ({ route: { example } }) =>
        (name === undefined || example.name.trim().toLowerCase() === name) &&
        (status === undefined || String(example.response.status) === status),
    )
    .map((found) => ({ found, rank: rank(found) }))
    .sort((a, b) => b.rank - a.rank)
  return best?.found ?? null
}

/** Points for what the example's request has in common with the one that came. */
function likeness({ example, query }: Route, request: MockRequest): number {
  const asked = new URLSearchParams(request.query)
  let points = 0
  for (const { name, value } of query) {
    const [key, expected] = [plain(name), plain(value)]
    if (!asked.has(key)) points -= 2
    else if (isOpen(expected)) points += 1
    else points += asked.getAll(key).includes(expected) ? 3 : -1
  }
  const expectedNames = new Set(query.map(({ name }) => plain(name)))
  for (const name of new Set(asked.keys())) if (!expectedNames.has(name)) points -= 1
  for (const { name, value, isEnabled } of example.request.headers) {
    const given = isEnabled ? request.headers[name.toLowerCase()] : undefined
    if (given !== undefined) points += isOpen(value) ? 0 : given === value ? 2 : -1
  }
  return points + bodyLikeness(example, request.body)
}

function bodyLikeness({ request: { body } }: Example, given: string): number {
  if (body.type !== 'json' && body.type !== 'text' && body.type !== 'xml') return 0
  if (body.text.trim() === '') return 0
  return normal(body.text) === normal(given) ? 6 : 0
}

function normal(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return text.trim()
  }
}

function isOpen(text: string): boolean {
  return text.includes('{{')
}

/** A name or value of a query as `URLSearchParams` gives it. */
function plain(text: string): string {
  if (isOpen(text)) return text
  return new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? text
}

const TYPES = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  binary: 'application/octet-stream',
}

/** Variables of the path come before the collection's: `{{id}}` of an answer to `/films/:id` is the film that was asked for. */
function render({ route, variables }: Found, dynamic: ReturnType<typeof createDynamicValues>): MockAnswer {
  const { response, name } = route.example
  const fromPath = [...variables].map(([key, value]): Variable => ({
    ...{ name: key, value, type: 'string' },
    ...{ isSecret: false, isEnabled: true, description: '' },
  }))
  const lookup = createLookup([{ scope: 'data', from: '', variables: fromPath }, ...route.scopes])
  const resolver = createResolver({ lookup, dynamic })
  const headers = response.headers.map((one) => [one.name, resolver.text(one.value)] as const)
  const hasType = headers.some(([key]) => key.toLowerCase() === 'content-type')
  const body = bodyOf(response.body, resolver)
  return {
    status: response.status,
    statusText: response.statusText,
    headers:
      hasType || body.length === 0 ? headers : [...headers, ['Content-Type', TYPES[response.body.type]]],
    body,
    matched: name,
  }
}

function bodyOf({ type, text }: Example['response']['body'], resolver: Resolver): string | Uint8Array {
  if (type === 'binary') return Buffer.from(text, 'base64')
  return type === 'json' ? resolver.json(text) : resolver.text(text)
}

const MOST_NAMED = 100

function described({ example, method }: Route) {
  return { name: example.name, status: example.response.status, method, url: example.request.url }
}

function notFound(request: MockRequest, here: readonly Found[], routes: readonly Route[]): MockAnswer {
  const isHere = here.length > 0
  const methods = [...new Set(here.flatMap(({ route }) => methodsOf(route.method)))]
  const listed = isHere ? here.map(({ route }) => route) : routes
  const answer = problem(
    isHere ? 405 : 404,
    routes.length === 0
      ? 'This collection has no examples. Send a request and save its response as an example.'
      : `There is no example for ${request.method} ${request.path}.`,
    { examples: listed.slice(0, MOST_NAMED).map(described) },
  )
  return isHere ? { ...answer, headers: [...answer.headers, ['Allow', methods.join(', ')]] } : answer
}

function notChosen(request: MockRequest, candidates: readonly Found[]): MockAnswer {
  const asked = ['x-mock-example', 'x-mock-status'].flatMap((name) =>
    request.headers[name] === undefined ? [] : [`${name}: ${request.headers[name]}`],
  )
  return problem(404, `No example of ${request.method} ${request.path} is ${asked.join(' with ')}.`, {
    examples: candidates.slice(0, MOST_NAMED).map(({ route }) => described(route)),
  })
}
