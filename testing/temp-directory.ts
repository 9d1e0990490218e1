// A folder of one test's own, gone when the test is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes an empty folder that is removed when the current test ends. */
export function tempDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'nebuladb test '))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
