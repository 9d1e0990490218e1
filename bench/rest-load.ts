// Load for bench/rest: wrk, which takes little of the machine. Each request has its own number and the token.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { RestCase } from './rest-cases.ts'

const LoadResult = z.object({
  requestsPerSecond: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  /** Answers of 400 and above, and connections that broke. */
  errors: z.number(),
})
export type LoadResult = z.infer<typeof LoadResult>

/** Sends `oneCase` to the server at `port` for so many seconds, over the case's connections. Rejects where wrk is not installed. */
export async function load(
  port: number,
  oneCase: RestCase,
  { seconds, token }: { readonly seconds: number; readonly token: string },
): Promise<LoadResult> {
  const directory = mkdtempSync(join(tmpdir(), 'nebuladb-bench-'))
  const script = join(directory, 'load.lua')
  writeFileSync(script, scriptOf(oneCase, token))
  try {
    const text = await run('wrk', [
      '-t1',
      `-c${oneCase.connections}`,
      `-d${seconds}s`,
      '-s',
      script,
      `http://127.0.0.1:${port}`,
    ])
    return LoadResult.parse(JSON.parse(text.slice(text.lastIndexOf('{'))))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Lua for wrk: JSON strings are valid Lua ones here, since no text of the cases has escapes that differ. */
function scriptOf({ method, path, body }: RestCase, token: string): string {
  return `
math.randomseed(42)
local path, body = ${JSON.stringify(path)}, ${body === null ? 'nil' : JSON.stringify(body)}
local hasNumber = path:find("{n}", 1, true) or (body and body:find("{n}", 1, true))
local headers = { ["Authorization"] = ${JSON.stringify(`Bearer ${token}`)} }
if body then headers["Content-Type"] = "application/json" end
local fixed
init = function(args)
  fixed = wrk.format(${JSON.stringify(method)}, path, headers, body)
end
request = function()
  if not hasNumber then return fixed end
  local number = tostring(math.random(1, 2000))
  return wrk.format(${JSON.stringify(method)}, path:gsub("{n}", number), headers, body and body:gsub("{n}", number))
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requestsPerSecond":%.2f,"p50Ms":%.4f,"p95Ms":%.4f,"p99Ms":%.4f,"errors":%d}',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000, e.connect + e.read + e.write + e.status + e.timeout))
end
`
}

function run(command: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.on('error', () => reject(new Error('wrk is needed for this benchmark: apt-get install wrk.')))
    child.on('exit', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`wrk ended with ${String(code)}.`)),
    )
  })
}
