import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { findPostmasters } from '#postgres/node/server/process-table.ts'
import { describeDriver } from '#testing/conformance/driver.ts'
import { createLocalDriver } from './local-driver.ts'
import { layoutOf } from './layout.ts'

let root: string
let directory: string
beforeAll(() => {
  // A blank, and so long that sockets do not fit inside.
  root = mkdtempSync(join(tmpdir(), 'nebuladb driver '))
  chmodSync(root, 0o711)
  directory = join(root, 'x'.repeat(60))
  mkdirSync(directory)
})
afterAll(async () => {
  expect((await findPostmasters(root)).size).toBe(0)
  rmSync(layoutOf(directory).sockets, { recursive: true, force: true })
  rmSync(root, { recursive: true, force: true })
})

const open = async () => await createLocalDriver({ directory, spareCount: 1 })

describeDriver('local', open)

function newKey(number: number) {
  return { projectId: ProjectId.parse(randomUUID()), number }
}

test('a spare becomes the storage of the next instance, and is made again', async () => {
  const driver = await open()
  await driver.tend([])
  const spares = join(layoutOf(directory).templates, readdirSync(layoutOf(directory).templates)[0]!, 'spares')
  const [name] = readdirSync(spares)
  const key = newKey(driver.allocateNumber(new Set()))
  expect(String(key.number)).toBe(name)
  const inode = statSync(join(spares, name!)).ino
  await driver.create(key)
  expect(statSync(join(layoutOf(directory).instances, key.projectId, 'data')).ino).toBe(inode)
  expect(readdirSync(spares)).toEqual([])
  await driver.tend([key])
  expect(readdirSync(spares)).toHaveLength(1)
  await driver.destroy(key)
  await driver.close()
})

test('half-made storage is not taken for whole', async () => {
  const driver = await open()
  const key = newKey(driver.allocateNumber(new Set()))
  const folder = join(layoutOf(directory).instances, key.projectId)
  mkdirSync(join(folder, 'data.unfinished'), { recursive: true })
  writeFileSync(join(folder, 'data.unfinished', 'PG_VERSION'), '18')
  expect((await driver.status(key)).kind).toBe('absent')
  await driver.create(key)
  await driver.start(key, 20_000)
  await driver.destroy(key)
  await driver.close()
})

test('a template of another version is replaced', async () => {
  const { templates } = layoutOf(directory)
  mkdirSync(join(templates, '17.1-old'))
  mkdirSync(join(templates, '18.4-x.unfinished'))
  const driver = await open()
  expect(readdirSync(templates)).toHaveLength(1)
  await driver.close()
})

test('a log that has grown too long is cut', async () => {
  const driver = await open()
  const key = newKey(driver.allocateNumber(new Set()))
  await driver.create(key)
  await driver.start(key, 20_000)
  const log = join(layoutOf(directory).instances, key.projectId, 'log')
  appendFileSync(log, Buffer.alloc(9 * 1024 * 1024))
  await driver.tend([key])
  expect(statSync(log).size).toBeLessThan(1024)
  await driver.destroy(key)
  await driver.close()
})

test('folders and sockets that an earlier run left are removed', async () => {
  const driver = await open()
  const { instances, sockets } = layoutOf(directory)
  mkdirSync(join(instances, '.removed-x'))
  mkdirSync(join(instances, 'y', 'data'), { recursive: true })
  mkdirSync(join(sockets, '123'))
  expect(await driver.removeOrphans([])).toHaveLength(3)
  expect([instances, sockets].map((path) => readdirSync(path))).toEqual([[], []])
  expect(existsSync(layoutOf(directory).control)).toBe(true)
  await driver.close()
})
