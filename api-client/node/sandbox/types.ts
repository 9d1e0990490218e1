// What the sandbox is given and gives back: scripts run in a process of their own and know only what stands here, as JSON.
import type { ConsoleLine, Cookie, HeaderPair, TestResult } from '#contract/requests/exchange.ts'

export interface ScriptVariable {
  readonly name: string
  /** As text; JSON for `object`. */
  readonly value: string
  readonly type: 'string' | 'number' | 'boolean' | 'null' | 'object'
}

export type ScriptScope = 'environment' | 'collection' | 'global' | 'script'

/** The request as scripts see it. Before sending they may change all of it. */
export interface ScriptRequest {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: ScriptBody
}

export type ScriptBody =
  | { readonly type: 'none' }
  | { readonly type: 'text'; readonly text: string; readonly language: string }
  | { readonly type: 'form' | 'multipart'; readonly fields: readonly HeaderPair[] }
  | { readonly type: 'file'; readonly path: string }

export interface ScriptResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly HeaderPair[]
  /** Null for bytes, and for a body that is too large for scripts. */
  readonly text: string | null
  /** Milliseconds. */
  readonly durationMs: number
  /** Bytes, decompressed. */
  readonly size: number
  readonly cookies: readonly Cookie[]
}

export interface ScriptRun {
  readonly phase: 'beforeRequest' | 'afterResponse' | 'tests'
  /** Run one after the other in one world, as if each were a function. */
  readonly scripts: readonly { readonly code: string; readonly from: string }[]
  readonly request: ScriptRequest
  readonly response: ScriptResponse | null
  readonly variables: {
    readonly script: readonly ScriptVariable[]
    readonly data: readonly ScriptVariable[]
    /** Of the request and its folders, the nearest first; read by `pm.variables`. */
    readonly nearer: readonly ScriptVariable[]
    readonly environment: readonly ScriptVariable[]
    readonly collection: readonly ScriptVariable[]
    readonly global: readonly ScriptVariable[]
  }
  readonly environmentName: string | null
  /** In the jar for this request's address. */
  readonly cookies: readonly Cookie[]
  readonly info: { readonly iteration: number; readonly iterationCount: number; readonly requestId: string }
  /** What the scripts wait for included. */
  readonly timeLimitMs: number
}

/** A request that a script sends of its own. */
export interface ScriptSend {
  readonly method: string
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: ScriptBody
}

export interface ScriptOutcome {
  /** Null when all scripts ran to their end. */
  readonly error: {
    readonly name: string
    readonly message: string
    readonly from: string
    readonly line: number | null
  } | null
  readonly tests: readonly TestResult[]
  readonly console: readonly ConsoleLine[]
  /** In the order they were made. `value` null: removed. */
  readonly changes: readonly {
    readonly scope: ScriptScope
    readonly name: string
    readonly value: string | null
    readonly type: ScriptVariable['type']
  }[]
  /** Changed by scripts before sending; null when it was not. */
  readonly request: ScriptRequest | null
  /** Undefined when no script said anything. */
  readonly nextRequest: string | null | undefined
  readonly isSkipped: boolean
}

export interface SandboxContext {
  readonly signal: AbortSignal
  /** Sends for `pm.sendRequest`. A rejection is the script's error. */
  readonly send: (request: ScriptSend, signal: AbortSignal) => Promise<ScriptResponse>
  /** Requests that the scripts of this run may send. */
  readonly mostRequests: number
}

export interface Sandbox {
  /** Runs scripts. Never rejects: what went wrong is in the outcome. One run at a time per process; more wait or get another process. */
  run(run: ScriptRun, context: SandboxContext): Promise<ScriptOutcome>
  /** Has a process ready, so that the first script does not wait for it. */
  warm(): Promise<void>
  close(): Promise<void>
}
