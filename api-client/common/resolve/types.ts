// A request with everything in it: inherited parts merged, variables replaced. What is sent, and what code is generated from.
import type { Auth } from '#contract/requests/auth.ts'
import type { ClientCertificate, ProxySettings } from '#contract/requests/collection.ts'
import type { HeaderPair } from '#contract/requests/exchange.ts'

/** `inherit` is gone: somebody decided, or nobody asks. */
export type ResolvedAuth = Exclude<Auth, { readonly type: 'inherit' }>

export type ResolvedBody =
  | { readonly type: 'none' }
  | { readonly type: 'text'; readonly text: string; readonly contentType: string | null }
  | {
      readonly type: 'form'
      readonly fields: readonly { readonly name: string; readonly value: string }[]
    }
  | { readonly type: 'multipart'; readonly parts: readonly ResolvedPart[] }
  | { readonly type: 'file'; readonly path: string; readonly contentType: string | null }

export type ResolvedPart =
  | {
      readonly type: 'text'
      readonly name: string
      readonly value: string
      readonly contentType: string | null
    }
  | {
      readonly type: 'file'
      readonly name: string
      readonly path: string
      readonly contentType: string | null
    }

/** Nothing is null or inherited any more. */
export interface ResolvedSettings {
  readonly timeoutMs: number
  readonly followsRedirects: boolean
  readonly maxRedirects: number
  readonly keepsAuthorization: boolean
  readonly encodesUrl: boolean
  readonly httpVersion: 'auto' | '1.1' | '2'
  readonly verifiesCertificates: boolean
  readonly minTlsVersion: '1.0' | '1.1' | '1.2' | '1.3'
  readonly sendsCookies: boolean
  readonly keepsCookies: boolean
}

export interface ResolvedRequest {
  readonly method: string
  /** Absolute, query included, `http`, `https`, `ws` or `wss`. */
  readonly url: string
  /** Those that a person or a folder wrote; what the client adds by itself (Host, Content-Length, …) is not here. */
  readonly headers: readonly HeaderPair[]
  readonly body: ResolvedBody
  readonly auth: ResolvedAuth
  readonly settings: ResolvedSettings
  readonly proxy: ProxySettings
  readonly clientCertificates: readonly ClientCertificate[]
  /** Paths of files are relative to it; null for a request of no collection: then they are absolute. */
  readonly directory: string | null
  /** Values that are masked wherever the request is shown. */
  readonly secrets: readonly string[]
  /** `{{names}}` that nothing gave a value. */
  readonly unresolved: readonly string[]
}
