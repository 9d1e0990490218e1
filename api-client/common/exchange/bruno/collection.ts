// A collection of Bruno: its export in one file, or the files of its folder.
import type { ClientCertificate, Collection, ProxySettings } from '#contract/requests/collection.ts'
import type { CollectionTree, TreeItem } from '../../collection-tree.ts'
import { newCollection, newFolder } from '../../new-request.ts'
import { fieldsOf, type Fields, type Loose } from '../loose.ts'
import { parseDocument } from '../parse.ts'
import { SILENT, type Problems, type Report } from '../problems.ts'
import type { ImportedFile, ImportedSecret } from '../types.ts'
import { bruEnvironment, bruItem } from './bru.ts'
import { readBrunoDefaults, readBrunoEnvironment, readBrunoRequest } from './read.ts'

interface Reading {
  readonly name: string
  readonly problems: Problems
  readonly secrets: ImportedSecret[]
}

/** One `.bru` file alone: a collection of one request, or an environment. */
export function readBruFile(text: string, { name, problems, secrets }: Reading): CollectionTree {
  const report = problems.of(name)
  if (!/^\s*meta\s*\{/m.test(text) && /^\s*vars(:secret)?\s*(\{|\[)/m.test(text))
    return {
      collection: newCollection(name || 'Environments'),
      environments: [
        readBrunoEnvironment(fieldsOf(bruEnvironment(text, name || 'Imported', report), report), secrets),
      ],
      items: [],
    }
  const item = fieldsOf(bruItem(text, report), report)
  const title = item.text('name') || name || 'Imported'
  const request = readBrunoRequest(item, title, problems.of(title))
  return {
    collection: newCollection(name || title),
    environments: [],
    items: request === null ? [] : [{ type: 'request', request }],
  }
}

/** Bruno's JSON export. */
export function readBrunoExport(document: unknown, reading: Reading): CollectionTree {
  const { problems } = reading
  const root = fieldsOf(document, problems.of(''))
  const config = root.record('brunoConfig')
  return {
    collection: collectionOf(root.text('name') || reading.name, {
      root: root.record('root'),
      config,
      report: problems.of(''),
    }),
    environments: root.records('environments').map((one) => readBrunoEnvironment(one, reading.secrets)),
    items: exportItems(root, problems),
  }
}

function exportItems(root: Fields, problems: Problems): TreeItem[] {
  const top: TreeItem[] = []
  const waiting: { readonly from: Fields; readonly into: TreeItem[] }[] = [{ from: root, into: top }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const plain of next.from.records('items')) {
      const title = plain.text('name') || 'Untitled'
      const report = problems.of(title)
      const item = fieldsOf(plain.value, report)
      if (item.text('type') === 'folder') {
        const items: TreeItem[] = []
        next.into.push(folderItem(item, { title, items, report, root: item.record('root') }))
        waiting.push({ from: item, into: items })
        continue
      }
      const request = readBrunoRequest(item, title, report)
      if (request !== null) next.into.push({ type: 'request', request })
    }
  return top
}

function folderItem(
  item: Fields,
  { title, items, report, root }: { title: string; items: TreeItem[]; report: Report; root: Fields },
): TreeItem {
  return {
    type: 'folder',
    folder: newFolder(title, {
      sequence: item.number('seq') ?? root.record('meta').number('seq'),
      docs: root.text('docs') || root.record('request').text('docs'),
      defaults: readBrunoDefaults(root, { type: 'inherit' }, report),
    }),
    items,
  }
}

function collectionOf(
  name: string,
  { root, config, report }: { root: Fields; config: Fields; report: Report },
): Collection {
  return newCollection(name || config.text('name') || 'Imported from Bruno', {
    docs: root.text('docs') || root.record('request').text('docs'),
    defaults: readBrunoDefaults(root, { type: 'none' }, report),
    proxy: proxy(config.record('proxy')),
    clientCertificates: certificates(config.record('clientCertificates'), report),
  })
}

function proxy(given: Fields): ProxySettings {
  const config = given.has('config') ? given.record('config') : given
  if (given.has('disabled') && given.flag('disabled')) return { mode: 'off' }
  const isOn = given.has('enabled')
    ? given.flag('enabled')
    : given.has('inherit')
      ? !given.flag('inherit')
      : false
  const port = config.number('port')
  if (!isOn || config.text('hostname') === '' || port === null) return { mode: 'inherit' }
  const protocol = config.text('protocol')
  const auth = config.record('auth')
  return {
    mode: 'on',
    protocol: protocol === 'https' || protocol === 'socks4' || protocol === 'socks5' ? protocol : 'http',
    host: config.text('hostname'),
    port,
    username: auth.text('username'),
    password: auth.text('password'),
    bypass: config.text('bypassProxy'),
  }
}

function certificates(given: Fields, report: Report): ClientCertificate[] {
  return given.records('certs').map((one) => {
    const words = {
      domain: one.text('domain'),
      passphrase: one.text('passphrase'),
      isEnabled: given.flag('enabled', true),
    }
    if (one.text('passphrase') !== '')
      report('client certificates', 'A passphrase stands in the collection in plain text.', 'note')
    return one.text('type') === 'pfx'
      ? { type: 'pkcs12', path: one.text('pfxFilePath'), ...words }
      : { type: 'pem', certificatePath: one.text('certFilePath'), keyPath: one.text('keyFilePath'), ...words }
  })
}

interface Place {
  readonly items: TreeItem[]
  root: Fields
  item: Loose
}

/** The files of a folder: `bruno.json`, `collection.bru`, `folder.bru`, `environments/*.bru` and requests. */
export function readBrunoFolder(files: readonly ImportedFile[], reading: Reading): CollectionTree {
  const { problems, secrets } = reading
  const config = files.find((one) => /(^|\/)bruno\.json$/.test(one.path))
  const base = config === undefined ? '' : config.path.slice(0, -'bruno.json'.length)
  const empty = fieldsOf({}, SILENT)
  const places = new Map<string, Place>([['', { items: [], root: empty, item: {} }]])
  const environments: CollectionTree['environments'][number][] = []
  const place = (path: string): Place => {
    const known = places.get(path)
    if (known !== undefined) return known
    const made: Place = { items: [], root: empty, item: {} }
    places.set(path, made)
    place(path.split('/').slice(0, -1).join('/'))
    return made
  }
  for (const file of files) {
    if (!file.path.startsWith(base)) {
      problems.add(file.path, 'file', 'It is outside of the collection, and is left out.')
      continue
    }
    const path = file.path.slice(base.length)
    const parts = path.split('/')
    const last = parts.at(-1) ?? ''
    const folder = parts.slice(0, -1).join('/')
    if (last === 'bruno.json' && folder === '') continue
    if (!last.endsWith('.bru')) {
      problems.add(path, 'file', 'It is no file of Bruno, and is left out.', 'note')
      continue
    }
    const report = problems.of(path)
    const name = last.slice(0, -'.bru'.length)
    if (parts[0] === 'environments' && parts.length === 2) {
      environments.push(
        readBrunoEnvironment(fieldsOf(bruEnvironment(file.text, name, report), report), secrets),
      )
      continue
    }
    const value = bruItem(file.text, report)
    const item = fieldsOf(value, report)
    if (last === 'folder.bru' || (last === 'collection.bru' && folder === '')) {
      const here = place(folder)
      here.root = item
      here.item = value
      continue
    }
    const request = readBrunoRequest(item, item.text('name') || name, report)
    if (request !== null) place(folder).items.push({ type: 'request', request })
  }
  return {
    collection: collectionOf('', {
      root: place('').root,
      config: fieldsOf(
        config === undefined ? { name: reading.name } : parseDocument(config.text),
        problems.of('bruno.json'),
      ),
      report: problems.of(''),
    }),
    environments,
    items: nestedItems(places, problems),
  }
}

/** Folders into folders, and each list in its order. */
function nestedItems(places: ReadonlyMap<string, Place>, problems: Problems): TreeItem[] {
  const deepestFirst = [...places.keys()]
    .filter((path) => path !== '')
    .toSorted((a, b) => b.split('/').length - a.split('/').length)
  for (const path of deepestFirst) {
    const here = places.get(path)
    const above = places.get(path.split('/').slice(0, -1).join('/'))
    if (here === undefined || above === undefined) continue
    const report = problems.of(path)
    const item = fieldsOf(here.item, report)
    const title = item.text('name') || (path.split('/').at(-1) ?? path)
    above.items.push(folderItem(item, { title, items: inOrder(here.items), report, root: here.root }))
  }
  return inOrder(places.get('')?.items ?? [])
}

function inOrder(items: readonly TreeItem[]): TreeItem[] {
  const sequence = (item: TreeItem): number =>
    (item.type === 'folder' ? item.folder.sequence : item.request.sequence) ?? Number.MAX_SAFE_INTEGER
  const name = (item: TreeItem): string => (item.type === 'folder' ? item.folder.name : item.request.name)
  return items.toSorted(
    (a, b) =>
      sequence(a) - sequence(b) ||
      Number(a.type === 'request') - Number(b.type === 'request') ||
      name(a).localeCompare(name(b)),
  )
}
