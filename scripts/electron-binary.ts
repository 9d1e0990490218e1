// Finds Electron's binary, which its package downloads where it can.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './run.ts'

/** Path of the Electron binary; undefined where it is not there, or where its sandbox cannot work (as root: it is never switched off). */
export function findElectron(): string | undefined {
  if (process.getuid?.() === 0) return undefined
  const folder = join(ROOT, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}
