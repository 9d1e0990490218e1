// Commands of curl for a whole collection, or for one request.
import { requestsOf, type CollectionTree } from '../../collection-tree.ts'
import { curlCommand } from '../../code/curl.ts'
import { flattened } from '../flatten.ts'
import type { Problems } from '../problems.ts'

/** A command per request, an empty line between. */
export function writeCurl(tree: CollectionTree, problems: Problems): string {
  const commands: string[] = []
  for (const { request, folders } of requestsOf(tree.items)) {
    const report = problems.of(request.name)
    if (request.kind === 'websocket') {
      report('websocket', 'It is left out: curl sends requests.')
      continue
    }
    if (Object.values(request.scripts).some((one) => one !== ''))
      report('scripts', 'A command has no scripts.')
    if (request.assertions.length > 0) report('assertions', 'A command has none.')
    if (request.kind === 'http' && request.examples.length > 0) report('examples', 'A command has none.')
    if (request.docs !== '') report('docs', 'A command has none.')
    const flat = flattened(request, { collection: tree.collection, folders }, report)
    if (['oauth2', 'jwt', 'project', 'unsupported'].includes(flat.auth.type))
      report(`auth ${flat.auth.type}`, 'The token stands as a name in braces: curl cannot get it.')
    if (flat.body.type === 'none' || flat.body.type === 'text' || !/\{\{/.test(JSON.stringify(flat.body))) {
      commands.push(curlCommand(flat))
      continue
    }
    report('body', 'Names in braces are encoded with the fields they stand in.', 'note')
    commands.push(curlCommand(flat))
  }
  if (tree.environments.length > 0)
    problems.add('', 'environments', 'Commands have none: names in braces stay.')
  return commands.map((one) => `${one}\n`).join('\n')
}
