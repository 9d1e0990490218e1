// A request with what its folders and its collection give it: headers, auth, settings and scripts. Texts keep their {{references}}.
import type { Pair } from '#contract/requests/parts.ts'
import type { ApiRequest, RequestSettings } from '#contract/requests/request.ts'
import type { InheritedLevel } from './scopes.ts'
import type { ResolvedAuth, ResolvedSettings } from './types.ts'

/** What counts where nobody said anything. */
export const DEFAULT_SETTINGS: ResolvedSettings = {
  timeoutMs: 120_000,
  followsRedirects: true,
  maxRedirects: 10,
  keepsAuthorization: false,
  encodesUrl: true,
  httpVersion: 'auto',
  verifiesCertificates: true,
  minTlsVersion: '1.2',
  sendsCookies: true,
  keepsCookies: true,
}

export interface EffectiveHeader {
  readonly header: Pair
  /** Whose it is: an empty path for the collection, null for the request itself. */
  readonly from: { readonly path: string; readonly name: string } | null
}

export interface EffectiveScript {
  readonly code: string
  /** For messages: the name of the collection, the folder or the request. */
  readonly from: string
}

export interface EffectiveRequest {
  /** Those that will be sent, the collection's first. */
  readonly headers: readonly EffectiveHeader[]
  readonly auth: ResolvedAuth
  /** Whose auth it is; null for the request itself. */
  readonly authFrom: { readonly path: string; readonly name: string } | null
  readonly settings: ResolvedSettings
  /** In the order in which they run: the collection's, its folders', the request's. Postman has the same order before and after. */
  readonly scripts: {
    readonly beforeRequest: readonly EffectiveScript[]
    readonly afterResponse: readonly EffectiveScript[]
    readonly tests: readonly EffectiveScript[]
  }
}

/**
 * The request with what it inherits. Of headers of one name (in any case) those of the nearest level count, all of them; one that is switched off
 * counts nowhere, so the inherited one stays. `settings` are the app's.
 */
export function effectiveRequest(
  request: ApiRequest,
  inherited: readonly InheritedLevel[],
  settings: ResolvedSettings = DEFAULT_SETTINGS,
): EffectiveRequest {
  const { auth, authFrom } = effectiveAuth(request, inherited)
  const levels = [
    ...inherited.map((level) => ({ name: level.name, ...level.defaults })),
    { name: request.name, scripts: request.scripts, settings: request.settings },
  ]
  const scripts = (kind: 'beforeRequest' | 'afterResponse' | 'tests') =>
    levels
      .map((level): EffectiveScript => ({ code: level.scripts[kind], from: level.name }))
      .filter((script) => script.code.trim() !== '')
  return {
    headers: effectiveHeaders(request.headers, inherited),
    auth,
    authFrom,
    settings: levels.reduce((merged, level) => mergeSettings(merged, level.settings), settings),
    scripts: {
      beforeRequest: scripts('beforeRequest'),
      afterResponse: scripts('afterResponse'),
      tests: scripts('tests'),
    },
  }
}

function effectiveHeaders(own: readonly Pair[], inherited: readonly InheritedLevel[]): EffectiveHeader[] {
  const levels = [
    ...inherited.map(({ path, name, defaults }) => ({ headers: defaults.headers, from: { path, name } })),
    { headers: own, from: null },
  ]
  const nearest = new Map<string, number>()
  levels.forEach((level, index) => {
    for (const header of level.headers)
      if (isSent(header)) nearest.set(header.name.trim().toLowerCase(), index)
  })
  return levels.flatMap((level, index) =>
    level.headers
      .filter((header) => isSent(header) && nearest.get(header.name.trim().toLowerCase()) === index)
      .map((header) => ({ header, from: level.from })),
  )
}

function isSent(header: Pair): boolean {
  return header.isEnabled && header.name.trim() !== ''
}

function effectiveAuth(request: ApiRequest, inherited: readonly InheritedLevel[]) {
  if (request.auth.type !== 'inherit') return { auth: request.auth, authFrom: null }
  for (const { path, name, defaults } of inherited.toReversed())
    if (defaults.auth.type !== 'inherit') return { auth: defaults.auth, authFrom: { path, name } }
  return { auth: { type: 'none' as const }, authFrom: null }
}

function mergeSettings(outer: ResolvedSettings, inner: RequestSettings): ResolvedSettings {
  return {
    timeoutMs: inner.timeoutMs ?? outer.timeoutMs,
    followsRedirects: inner.followsRedirects ?? outer.followsRedirects,
    maxRedirects: inner.maxRedirects ?? outer.maxRedirects,
    keepsAuthorization: inner.keepsAuthorization ?? outer.keepsAuthorization,
    encodesUrl: inner.encodesUrl ?? outer.encodesUrl,
    httpVersion: inner.httpVersion ?? outer.httpVersion,
    verifiesCertificates: inner.verifiesCertificates ?? outer.verifiesCertificates,
    minTlsVersion: inner.minTlsVersion ?? outer.minTlsVersion,
    sendsCookies: inner.sendsCookies ?? outer.sendsCookies,
    keepsCookies: inner.keepsCookies ?? outer.keepsCookies,
  }
}
