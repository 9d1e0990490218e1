// A collection of thousands of requests that have a bit of everything.
import type { CollectionTree, TreeItem } from '#api-client/common/collection-tree.ts'
import { newCollection, newFolder, newHttpRequest } from '#api-client/common/new-request.ts'

const PER_FOLDER = 100
const on = { isEnabled: true, description: '' }

/** `size` requests in folders of a hundred; the nth is named `Request n of rentals`. */
export function largeTree(size: number): CollectionTree {
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
