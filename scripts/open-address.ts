// Opens an address in the person's browser, where there is one.
import { spawn, spawnSync } from 'node:child_process'

/** Whether windows can be shown here: a desktop session that is not merely reached over SSH. */
export function hasDisplay(): boolean {
  if (process.env['CI'] !== undefined || process.env['SSH_CONNECTION'] !== undefined) return false
  if (process.platform === 'darwin' || process.platform === 'win32') return true
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}

/** Opens the address with the system's opener; false when there is none. */
export function openAddress(address: string): boolean {
  if (!hasDisplay()) return false
  const opener =
    process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open'
  if (process.platform === 'linux' && spawnSync('sh', ['-c', 'command -v xdg-open']).status !== 0)
    return false
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
  return true
}
