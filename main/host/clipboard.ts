// Puts text on the system's clipboard without Electron, by the small programs that each system brings.
import { spawn } from 'node:child_process'

export interface Clipboard {
  /** Replaces what is on the clipboard. False when this machine has none that works. */
  write(text: string): Promise<boolean>
}

/** A program and its arguments; the text goes to its standard input. */
export type ClipboardCommand = readonly [program: string, ...args: string[]]

const TIMEOUT_MS = 2_000

/** The programs worth trying on this system, best first. Without a display there is no clipboard to write to. */
export function clipboardCommands(
  platform: NodeJS.Platform,
  hasDisplay: boolean,
): readonly ClipboardCommand[] {
  if (!hasDisplay) return []
  if (platform === 'darwin') return [['pbcopy']]
  if (platform === 'win32') return [['clip.exe']]
  return [
    ['wl-copy', '--type', 'text/plain'],
    ['xclip', '-selection', 'clipboard'],
    ['xsel', '--clipboard', '--input'],
  ]
}

/** A clipboard over these programs: the first that takes the text wins. */
export function createCommandClipboard(commands: readonly ClipboardCommand[]): Clipboard {
  return {
    async write(text) {
      for (const command of commands) if (await pipe(command, text)) return true
      return false
    },
  }
}

function pipe([program, ...args]: ClipboardCommand, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Nothing is read back: programs that stay in the background to serve the selection would keep a pipe open.
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], timeout: TIMEOUT_MS })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
    child.stdin.on('error', () => resolve(false))
    // clip.exe reads the console's code page unless a byte order mark tells otherwise.
    child.stdin.end(program === 'clip.exe' ? Buffer.from(`\uFEFF${text}`, 'utf16le') : text)
  })
}
