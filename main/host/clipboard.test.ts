import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempDirectory } from '#testing/temp-directory.ts'
import { clipboardCommands, createCommandClipboard } from './clipboard.ts'

const posix = test.skipIf(process.platform === 'win32')

function program(directory: string, name: string, script: string): string {
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

describe('the clipboard', () => {
  test('each system has its programs; without a display there is none', () => {
    expect(clipboardCommands('darwin', true)).toEqual([['pbcopy']])
    expect(clipboardCommands('win32', true)).toEqual([['clip.exe']])
    expect(clipboardCommands('linux', true).map(([name]) => name)).toEqual(['wl-copy', 'xclip', 'xsel'])
    expect(clipboardCommands('linux', false)).toEqual([])
  })

  posix('the first program that takes the text wins', async () => {
    const directory = tempDirectory()
    const target = join(directory, 'clipboard')
    const clipboard = createCommandClipboard([
      [join(directory, 'missing')],
      [program(directory, 'broken', 'exit 1')],
      [program(directory, 'works', `cat > '${target}'`)],
      [program(directory, 'never', `echo no > '${target}'`)],
    ])
    const text = `psql 'postgresql://ü:p@h/d' ${'x'.repeat(100_000)}`
    expect(await clipboard.write(text)).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe(text)
  })

  posix('says no when none works', async () => {
    const directory = tempDirectory()
    expect(await createCommandClipboard([]).write('x')).toBe(false)
    expect(await createCommandClipboard([[program(directory, 'broken', 'exit 3')]]).write('x')).toBe(false)
  })
})
