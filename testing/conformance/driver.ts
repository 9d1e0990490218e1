// What every driver of provisioning must do, whatever it runs on. Called by each driver's own test.
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { Driver, InstanceKey } from '../../backend/provisioning/driver.ts'
import { ProjectId } from '../../contract/capabilities/ids.ts'
import { isRunning } from '../../postgres/node/server/process-table.ts'
import { openSession } from '../../postgres/node/session.ts'
import type { Session } from '../../postgres/node/session.ts'

const DEADLINE_MS = 30_000

/** Runs the suite. `open` gives the driver under test; called again it gives another one over the same storage, as after a crash. */
export function describeDriver(name: string, open: () => Promise<Driver>): void {
  describe(`the driver ${name}`, () => {
    const made: InstanceKey[] = []
    const drivers: Driver[] = []

    async function openDriver(): Promise<Driver> {
      const driver = await open()
      drivers.push(driver)
      return driver
    }

    function newKey(driver: Driver): InstanceKey {
      const number = driver.allocateNumber(new Set(made.map((key) => key.number)))
      const key = { projectId: ProjectId.parse(randomUUID()), number }
      made.push(key)
      return key
    }

    async function login(driver: Driver, key: InstanceKey): Promise<Session> {
      return await openSession({ ...driver.address(key), database: 'main', ...driver.bootstrap })
    }

    afterEach(async () => {
      const [driver] = drivers
      for (const key of made.splice(0)) await driver?.destroy(key)
      for (const one of drivers.splice(0)) await one.close()
    })

    test('create, start, stop and destroy lead through its states', async () => {
      const driver = await openDriver()
      const key = newKey(driver)
      expect((await driver.status(key)).kind).toBe('absent')
      await driver.create(key)
      expect((await driver.status(key)).kind).toBe('stopped')
      const server = await driver.start(key, DEADLINE_MS)
      expect(await driver.status(key)).toEqual({ kind: 'running', server })
      const session = await login(driver, key)
      expect((await session.query('select 1')).rows).toEqual([['1']])
      await session.close()
      await driver.stop(key, DEADLINE_MS)
      expect((await driver.status(key)).kind).toBe('stopped')
      await driver.destroy(key)
      expect((await driver.status(key)).kind).toBe('absent')
    })

    test('everything may be repeated', async () => {
      const driver = await openDriver()
      const key = newKey(driver)
      await driver.stop(key, DEADLINE_MS)
      await driver.create(key)
      await driver.create(key)
      const server = await driver.start(key, DEADLINE_MS)
      expect(await driver.start(key, DEADLINE_MS)).toEqual(server)
      await driver.create(key)
      expect(await driver.status(key)).toEqual({ kind: 'running', server })
      await driver.stop(key, DEADLINE_MS)
      await driver.stop(key, DEADLINE_MS)
      await driver.destroy(key)
      await driver.destroy(key)
    })

    test('data survives a stop, and a kill', async () => {
      const driver = await openDriver()
      const key = newKey(driver)
      await driver.create(key)
      await driver.start(key, DEADLINE_MS)
      let session = await login(driver, key)
      await session.query('create table kept as select 1 as n')
      await session.close()
      await driver.stop(key, DEADLINE_MS)
      const { pid } = await driver.start(key, DEADLINE_MS)
      session = await login(driver, key)
      await session.query('insert into kept values (2)')
      process.kill(pid, 'SIGKILL')
      await expect.poll(() => isRunning(pid)).toBe(false)
      const again = await driver.start(key, DEADLINE_MS)
      expect(again.pid).not.toBe(pid)
      session = await login(driver, key)
      expect((await session.query('select n from kept order by n')).rows).toEqual([['1'], ['2']])
      await session.close()
    })

    test('another driver over the same storage finds what runs, and keeps it running', async () => {
      const driver = await openDriver()
      const key = newKey(driver)
      await driver.create(key)
      const server = await driver.start(key, DEADLINE_MS)
      const session = await login(driver, key)
      const successor = await openDriver()
      expect(await successor.removeOrphans([key])).toEqual([])
      expect(await successor.status(key)).toEqual({ kind: 'running', server })
      expect(await successor.start(key, DEADLINE_MS)).toEqual(server)
      expect((await session.query('select 1')).rows).toEqual([['1']])
      await session.close()
    })

    test('what nobody knows is removed, the rest is left alone', async () => {
      const driver = await openDriver()
      const [known, orphan] = [newKey(driver), newKey(driver)]
      for (const key of [known, orphan]) {
        await driver.create(key)
        await driver.start(key, DEADLINE_MS)
      }
      expect((await driver.removeOrphans([known])).length).toBeGreaterThan(0)
      expect((await driver.status(orphan)).kind).toBe('absent')
      expect((await driver.status(known)).kind).toBe('running')
      expect(await driver.removeOrphans([known])).toEqual([])
    })

    test('numbers are handed out once', async () => {
      const driver = await openDriver()
      const numbers = Array.from({ length: 20 }, () => driver.allocateNumber(new Set([0, 1, 5])))
      expect(new Set(numbers).size).toBe(20)
      expect(numbers.filter((number) => [0, 1, 5].includes(number))).toEqual([])
    })

    test('housekeeping changes nothing for those that exist', async () => {
      const driver = await openDriver()
      await driver.tend([])
      const key = newKey(driver)
      await driver.create(key)
      const server = await driver.start(key, DEADLINE_MS)
      await driver.tend([key])
      await driver.tend([key])
      expect(await driver.status(key)).toEqual({ kind: 'running', server })
    })
  })
}
