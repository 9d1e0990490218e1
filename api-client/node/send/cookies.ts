// The cookies of a collection (RFC 6265bis), with the rules of public suffixes.
import { Cookie as ToughCookie, CookieJar as ToughJar, MemoryCookieStore } from 'tough-cookie'
import type { Cookie } from '#contract/requests/exchange.ts'
import type { CookieJar } from './types.ts'

/** An empty jar, or what `serialise` gave. A text that cannot be read gives an empty jar. */
export function createCookieJar(text = ''): CookieJar {
  const jar = readJar(text)
  const all = (): ToughCookie[] =>
    (jar.serializeSync()?.cookies ?? []).flatMap((fields) => ToughCookie.fromJSON(fields) ?? [])
  const store = jar.store
  if (!(store instanceof MemoryCookieStore)) throw new TypeError('The jar keeps its cookies elsewhere')

  const remove: CookieJar['remove'] = ({ domain, path, name }) => {
    for (const cookie of all()) {
      const matches =
        (domain === null || cookie.domain === canonical(domain)) &&
        (path === null || cookie.path === path) &&
        (name === null || cookie.key === name)
      if (!matches) continue
      // The memory store works at once; its promise only says so.
      void store.removeCookie(cookie.domain ?? '', cookie.path ?? '/', cookie.key)
    }
  }

  return {
    list: () => all().filter(isAlive).map(describe),
    set(cookie, replaces = null) {
      if (replaces !== null) remove(replaces)
      void store.putCookie(
        new ToughCookie({
          key: cookie.name,
          value: cookie.value,
          domain: canonical(cookie.domain),
          path: cookie.path.startsWith('/') ? cookie.path : '/',
          expires: cookie.expiresAt === null ? 'Infinity' : new Date(cookie.expiresAt),
          httpOnly: cookie.isHttpOnly,
          secure: cookie.isSecure,
          hostOnly: cookie.isHostOnly,
          ...(cookie.sameSite === null ? {} : { sameSite: cookie.sameSite }),
        }),
      )
    },
    remove,
    headerFor: (url) => jar.getCookieStringSync(withHttp(url)),
    receive: (url, lines) =>
      lines.flatMap((line) => {
        const kept = jar.setCookieSync(line, withHttp(url), { loose: true, ignoreError: true })
        return kept === undefined ? [] : [describe(kept)]
      }),
    serialise: () => JSON.stringify(jar.serializeSync()),
  }
}

function readJar(text: string): ToughJar {
  const options = { looseMode: true, rejectPublicSuffixes: true, allowSpecialUseDomain: true } as const
  if (text !== '') {
    try {
      const jar = ToughJar.deserializeSync(text, new MemoryCookieStore())
      return jar
    } catch {
      // Cookies are no work of a person: what cannot be read is begun anew.
    }
  }
  return new ToughJar(new MemoryCookieStore(), options)
}

/** A WebSocket is asked with the cookies of its http address. */
function withHttp(url: string): string {
  return url.replace(/^ws/i, 'http')
}

function canonical(domain: string): string {
  return domain.replace(/^\./, '').toLowerCase()
}

function isAlive(cookie: ToughCookie): boolean {
  const expires = cookie.expiryTime()
  return expires === undefined || expires > Date.now()
}

function describe(cookie: ToughCookie): Cookie {
  const expires = cookie.expiryTime()
  const { sameSite } = cookie
  return {
    name: cookie.key,
    value: cookie.value,
    domain: cookie.domain ?? '',
    path: cookie.path ?? '/',
    expiresAt:
      expires === undefined || !Number.isFinite(expires) || Math.abs(expires) > 8.64e15
        ? null
        : new Date(expires).toISOString(),
    isHttpOnly: cookie.httpOnly,
    isSecure: cookie.secure,
    sameSite: sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSite : null,
    isHostOnly: cookie.hostOnly ?? true,
  }
}
