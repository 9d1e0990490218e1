// Remembers that NebulaDB runs on a data folder, so that a second start points to it instead of failing on a port.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'

const Running = z.object({ pid: z.number().int(), url: z.url() })
export type Running = z.infer<typeof Running>

const file = (data: string): string => join(data, 'running.json')

/** The running NebulaDB of a data folder, if it answers; what a killed run left behind is ignored. */
export async function findRunning(data: string): Promise<Running | undefined> {
  let running: Running
  try {
    running = Running.parse(JSON.parse(readFileSync(file(data), 'utf8')))
    process.kill(running.pid, 0)
  } catch {
    return undefined
  }
  return (await answers(running.url)) ? running : undefined
}

/** Writes down where it runs. The address holds the page's token, so only this user may read it. */
export function announceRunning(data: string, url: string): void {
  rmSync(file(data), { force: true })
  writeFileSync(file(data), JSON.stringify({ pid: process.pid, url } satisfies Running), { mode: 0o600 })
}

export function forgetRunning(data: string): void {
  rmSync(file(data), { force: true })
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request(url, { method: 'HEAD', timeout: 2_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    probe.on('timeout', () => probe.destroy())
    probe.on('error', () => resolve(false))
    probe.end()
  })
}
