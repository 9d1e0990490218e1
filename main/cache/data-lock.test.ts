import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { tempDirectory } from '#testing/temp-directory.ts'
import { lockDataDirectory } from './data-lock.ts'

test('a second host on the same folder is told who has it', () => {
  const directory = tempDirectory()
  const lock = lockDataDirectory(directory)
  expect(() => lockDataDirectory(directory)).toThrow(
    `NebulaDB is already running with this data folder (process ${process.pid}).`,
  )
  lock.release()
  lockDataDirectory(directory).release()
})

test('the lock of another process holds while it lives and is gone once it is killed', async () => {
  const directory = tempDirectory()
  const module = pathToFileURL(join(import.meta.dirname, 'data-lock.ts')).href
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `const { lockDataDirectory } = await import(${JSON.stringify(module)})
       globalThis.lock = lockDataDirectory(${JSON.stringify(directory)})
       console.log('locked'); setInterval(() => {}, 1000)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  expect(() => lockDataDirectory(directory)).toThrow(`process ${holder.pid}`)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  lockDataDirectory(directory).release()
})
