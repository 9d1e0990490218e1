// Runs one of Postgres' own programs to its end and keeps its words.
import { spawn } from 'node:child_process'
import type { OsUser } from './os-user.ts'

/** What servers and programs get as their environment: nothing of ours, so that no secret and no locale leaks in. */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = { LC_ALL: 'C', TZ: 'UTC' }

export interface CommandResult {
  /** null when a signal or a failed start ended it. */
  readonly exitCode: number | null
  /** stdout and stderr together, at most 64 KiB. */
  readonly output: string
}

const MAX_OUTPUT = 64 * 1024

/** Runs `file` with `args`, as `user` if given. Never throws: a program that cannot be started has exit code null and says why. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: { readonly user?: OsUser | undefined; readonly cwd?: string; readonly timeoutMs?: number } = {},
): Promise<CommandResult> {
  return await new Promise((resolve) => {
    let output = ''
    const child = spawn(file, args, {
      ...(options.user ?? {}),
      cwd: options.cwd ?? '/',
      env: { ...SERVER_ENVIRONMENT },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 60_000,
    })
    const take = (chunk: Buffer): void => {
      if (output.length < MAX_OUTPUT) output += chunk.toString('utf8')
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => resolve({ exitCode: null, output: `${output}${error.message}` }))
    child.on('close', (exitCode) => resolve({ exitCode, output: output.trim() }))
  })
}
