// Runs commands for the other scripts: shows a calm line per step, keeps the output of what passes to itself.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

export interface Step {
  readonly title: string
  readonly command: readonly [string, ...string[]]
  /** Shows the output while it runs instead of keeping it for a failure. */
  readonly isLive?: boolean
  readonly environment?: Readonly<Record<string, string>>
}

export interface StepOutcome {
  readonly exitCode: number
  readonly output: string
}

/** Runs one step in the project's folder with the project's own binaries first on PATH. */
export function runStep(step: Step): Promise<StepOutcome> {
  const [program, ...rest] = step.command
  const separator = process.platform === 'win32' ? ';' : ':'
  const child = spawn(program, rest, {
    cwd: ROOT,
    env: {
      ...process.env,
      PATH: `${ROOT}node_modules/.bin${separator}${process.env['PATH'] ?? ''}`,
      FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
      ...step.environment,
    },
    stdio: ['ignore', step.isLive ? 'inherit' : 'pipe', step.isLive ? 'inherit' : 'pipe'],
    shell: process.platform === 'win32',
  })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ exitCode: 127, output: error.message }))
    child.on('close', (code) =>
      resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }),
    )
  })
}

/** Runs all steps, as many at once as there are cores, and says how each went. Resolves to the titles that failed. */
export async function runSteps(
  steps: readonly Step[],
  parallel = availableParallelism(),
): Promise<readonly string[]> {
  const failed: string[] = []
  const waiting = [...steps]
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const startedAt = performance.now()
      const { exitCode, output } = await runStep(step)
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      console.log(`${exitCode === 0 ? 'ok  ' : 'FAIL'} ${step.title} (${seconds} s)`)
      if (exitCode === 0) continue
      failed.push(step.title)
      console.log(output.trimEnd())
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return failed
}
