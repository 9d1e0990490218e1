// Runs scripts in a sandbox for tests: a response to look at, and variables of each scope.
import type {
  Sandbox,
  SandboxContext,
  ScriptOutcome,
  ScriptResponse,
  ScriptRun,
} from '#api-client/node/sandbox/types.ts'

export const FILM: ScriptResponse = {
  status: 200,
  statusText: 'OK',
  headers: [
    { name: 'Content-Type', value: 'application/json' },
    { name: 'X-Total', value: '3' },
  ],
  text: '{"id":7,"title":"Alien","tags":["a","b"],"by":{"name":"Scott"}}',
  durationMs: 12,
  size: 63,
  cookies: [],
}

const RUN: ScriptRun = {
  phase: 'tests',
  scripts: [],
  request: {
    name: 'One film',
    method: 'GET',
    url: 'https://api.test/films/7?a=1&b=2',
    headers: [{ name: 'Accept', value: 'application/json' }],
    body: { type: 'none' },
  },
  response: FILM,
  variables: { script: [], data: [], nearer: [], environment: [], collection: [], global: [] },
  environmentName: 'Local',
  cookies: [],
  info: { iteration: 0, iterationCount: 1, requestId: 'r1' },
  timeLimitMs: 10_000,
}

export interface ScriptCase extends Partial<Omit<ScriptRun, 'scripts' | 'variables'>> {
  readonly variables?: Partial<ScriptRun['variables']>
  readonly send?: SandboxContext['send']
  readonly mostRequests?: number
  readonly signal?: AbortSignal
}

/** Runs one script, or several one after the other. */
export function runScript(
  sandbox: Sandbox,
  code: string | readonly string[],
  { send, mostRequests = 10, signal, variables, ...run }: ScriptCase = {},
): Promise<ScriptOutcome> {
  const codes = typeof code === 'string' ? [code] : code
  return sandbox.run(
    {
      ...RUN,
      ...run,
      variables: { ...RUN.variables, ...variables },
      scripts: codes.map((one, index) => ({ code: one, from: `script ${String(index + 1)}` })),
    },
    {
      signal: signal ?? new AbortController().signal,
      mostRequests,
      send: send ?? (() => Promise.reject(new Error('Nothing is sent in this test.'))),
    },
  )
}

/** A variable as scripts are given it. */
export function scriptVariable(
  name: string,
  value: string,
  type: ScriptRun['variables']['script'][number]['type'] = 'string',
) {
  return { name, value, type }
}

/** Of each test its name and outcome, or the message of its failure. */
export function told(outcome: ScriptOutcome): Record<string, string> {
  return Object.fromEntries(outcome.tests.map((test) => [test.name, test.message ?? test.outcome]))
}
