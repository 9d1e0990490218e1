// The first journey in the desktop app: the built main process, preload script and host, unmodified, over the double of Electron; the real service.
import { expect, test } from '@playwright/test'
import { z } from 'zod'
import { startElectronDouble } from './electron-double.ts'
import { createStack } from './stack.ts'
import { WorkbenchPage } from './workbench-page.ts'

const Calls = z.array(z.object({ name: z.string(), input: z.unknown() }))

test('from nothing to a first query in the window, with secrets in the keychain and the connection string on the clipboard', async () => {
  const stack = await createStack()
  await stack.startService()
  const electron = await startElectronDouble(stack.environment)
  const calls = async () => Calls.parse(await electron.ask({ ask: 'calls' }))
  try {
    const app = new WorkbenchPage(electron.page)
    await app.signUp({ email: 'mara@example.com', password: 'correct horse battery' })
    // The tokens went through the keychain, and nothing like them is in the page.
    expect((await calls()).filter(({ name }) => name === 'safeStorage.encrypt').length).toBeGreaterThan(0)
    expect(
      await electron.page.evaluate(() =>
        JSON.stringify({ ...sessionStorage, ...localStorage, cookie: document.cookie }),
      ),
    ).not.toMatch(/eyJ|token/i)

    await app.createProject('reelhouse')
    await app.write(
      "create table note (id int primary key, text text);\ninsert into note values (1, 'from the desktop');\nselect * from note;",
    )
    await app.runAll()
    await expect(app.results).toContainText('1 row')
    expect(await app.row(0)).toEqual(['1', 'from the desktop'])

    await electron.page.keyboard.press('ControlOrMeta+1')
    await electron.page.getByText('reelhouse').first().click()
    await electron.page.getByRole('button', { name: /^Copy connection string/ }).click()
    await expect
      .poll(async () => (await calls()).find(({ name }) => name === 'clipboard.writeText')?.input)
      .toMatch(/^postgresql:\/\/owner[.][a-z0-9]+:[^@]{20,}@127[.]0[.]0[.]1:\d+\/main/)
    expect(await electron.ask({ ask: 'windows' })).toMatchObject([{ isVisible: true }])
  } finally {
    expect(await electron.close()).toBe(0)
    await stack.close()
  }
})
