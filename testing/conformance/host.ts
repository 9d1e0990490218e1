// What a page may rely on whatever carries its frames: each transport's test calls this with its own way to connect to a real host.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostContract } from '#contract/contract.ts'
import type { Hello } from '#contract/rpc/client.ts'
import type { Client } from '#contract/rpc/definition.ts'

export interface ConnectedPage {
  readonly client: Client<HostContract>
  readonly hello: Hello
  close(): void
}

export interface HostUnderTest {
  connect(): Promise<ConnectedPage>
  close(): Promise<void>
}

const UNKNOWN = '0194d1f0-0000-7000-8000-00000000dead'

/** Tests a host that nobody is signed in to and that has no service. */
export function describeHost(name: string, start: () => Promise<HostUnderTest>): void {
  describe(`a host over ${name}`, () => {
    let host: HostUnderTest
    let page: ConnectedPage
    beforeAll(async () => {
      host = await start()
      page = await host.connect()
    })
    afterAll(() => host.close())

    test('greets with its kind and capabilities', () => {
      expect(['desktop', 'headless']).toContain(page.hello.kind)
      expect(page.hello.capabilities).toEqual(
        expect.arrayContaining(['account', 'projects', 'query', 'settings']),
      )
    })

    test('answers calls, with and without a value', async () => {
      expect(await page.client.account.current({})).toMatchObject({ mode: 'undecided', account: null })
      expect(await page.client.workspace.saveLayout({ sidebar: 240 })).toBeUndefined()
      expect((await page.client.workspace.load({})).layout).toEqual({ sidebar: 240 })
    })

    test('carries text of every kind and length', async () => {
      const sql = `select '${'ß漢🦜\u0000\u2028"\\'.repeat(20_000)}'`
      const saved = await page.client.savedQueries.save({ name: 'Long', sql, connectionId: null })
      expect(saved.sql).toBe(sql)
    })

    test('tells every page of an event, until it leaves', async () => {
      const other = await host.connect()
      const heard: number[] = []
      const leave = other.client.settings.changed(({ editorFontSize }) => heard.push(editorFontSize))
      await other.client.settings.get({})
      await page.client.settings.set({ editorFontSize: 15 })
      await expect.poll(() => heard).toEqual([15])
      leave()
      await other.client.settings.get({})
      await page.client.settings.set({ editorFontSize: 16 })
      expect((await other.client.settings.get({})).editorFontSize).toBe(16)
      expect(heard).toEqual([15])
      other.close()
    })

    test('rejects an input that does not fit, naming the field', async () => {
      await expect(page.client.settings.set({ editorFontSize: 1 })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { issues: [expect.objectContaining({ path: 'editorFontSize' })] },
      })
    })

    test('keeps code, words and hint of an error', async () => {
      const login = page.client.account.logIn({ email: 'mara@example.com', password: 'a password' })
      await expect(login).rejects.toMatchObject({
        code: 'SERVICE_UNREACHABLE',
        message: 'Logging in needs the NebulaDB service, which cannot be reached now.',
        hint: expect.stringContaining('Try again'),
      })
    })

    test('a stream that fails, fails with its code', async () => {
      const read = async (): Promise<void> => {
        for await (const _ of page.client.projects.watch({ projectId: UNKNOWN })) void _
      }
      await expect(read()).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
    })

    test('a call with binary bodies fails with its code', async () => {
      await expect(
        page.client.query.window({ resultId: UNKNOWN, firstRow: 0, rowCount: 10 }),
      ).rejects.toMatchObject({ code: 'RESULT_GONE' })
    })

    test('a call that is cancelled is cancelled', async () => {
      const controller = new AbortController()
      controller.abort()
      await expect(page.client.settings.get({}, { signal: controller.signal })).rejects.toMatchObject({
        code: 'CANCELLED',
      })
    })

    test('a page that goes away leaves the others alone', async () => {
      const other = await host.connect()
      await other.client.settings.get({})
      other.close()
      await expect(other.client.settings.get({})).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
      expect(await page.client.settings.get({})).toBeDefined()
    })
  })
}
