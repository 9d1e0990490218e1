// Starts the process in which scripts run: an empty environment, no rights to files but its own code, none to children, threads or add-ons.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ToSandbox } from './protocol.ts'

/** A process that runs scripts. The host of the desktop app cannot fork by itself and gives another way to start one. */
export interface SandboxProcess {
  readonly post: (message: ToSandbox) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
  /** Once, however it ended. */
  readonly onExit: (listener: () => void) => void
  readonly kill: () => void
}

const HEAP_MB = 512

/** How the process is started: with nothing of the host's environment, and as few rights as Node can hold it to. */
export function sandboxProcessOptions() {
  return {
    env: {},
    execArgv: [
      '--permission',
      ...readableFolders().map((folder) => `--allow-fs-read=${folder}`),
      `--max-old-space-size=${String(HEAP_MB)}`,
      '--no-warnings',
    ],
  }
}

/** Forks a Node process for the sandbox. */
export function startSandboxProcess(): SandboxProcess {
  const child = fork(fileURLToPath(new URL('./sandbox-process.ts', import.meta.url)), [], {
    ...sandboxProcessOptions(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'json',
  })
  // A channel that closes while something is sent says so here; the exit that follows is what counts.
  child.on('error', () => undefined)
  return {
    post: (message) => {
      if (child.connected) child.send(message, () => undefined)
    },
    onMessage: (listener) => {
      child.on('message', (message: unknown) => listener(message))
    },
    onExit: (listener) => {
      child.once('exit', listener)
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

/** Our own code, and the packages that it loads. */
function readableFolders(): string[] {
  const require = createRequire(import.meta.url)
  const own = fileURLToPath(new URL('../../', import.meta.url))
  const modules = join(dirname(require.resolve('zod/package.json')), '..')
  return [own, modules, fileURLToPath(new URL('../../../package.json', import.meta.url))]
}
