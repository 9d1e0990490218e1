// Where the data API of a project is: below the service's own address, `https://host/<ref>/rest/v1`, and at a host name of its own where a domain
// for that is configured, `https://<ref>.<domain>/rest/v1`. Pure.

const REF = /^[a-z2-7]{8,20}$/
const MOUNT = '/rest/v1'

/** A request that is for a data API. */
export interface ApiAddress {
  readonly ref: string
  /** Below the API's root, with leading slash and query: `/films?select=title`. */
  readonly path: string
}

/** Splits off the project. Undefined for everything that is no data API's. `domain` is that of the configuration, in lower case. */
export function parseApiAddress(
  url: string,
  host: string | undefined,
  domain: string | undefined,
): ApiAddress | undefined {
  const ofHost = domain === undefined || host === undefined ? undefined : refOfHost(host, domain)
  if (ofHost !== undefined) {
    const path = below(url, 0)
    return path === undefined ? undefined : { ref: ofHost, path }
  }
  const slash = url.indexOf('/', 1)
  if (slash === -1) return undefined
  const ref = url.slice(1, slash)
  if (!REF.test(ref)) return undefined
  const path = below(url, slash)
  return path === undefined ? undefined : { ref, path }
}

/** What supabase-js takes as its URL. */
export function apiUrl(ref: string, publicUrl: string, domain: string | undefined): string {
  if (domain === undefined) return `${publicUrl.replace(/\/+$/, '')}/${ref}`
  return `${new URL(publicUrl).protocol}//${ref}.${domain}`
}

/** Where PostgREST’s clients find the API. */
export function restUrl(url: string): string {
  return `${url}${MOUNT}`
}

function refOfHost(host: string, domain: string): string | undefined {
  const name = host.toLowerCase()
  // A domain without a port takes any: the client’s port is that of a proxy before us.
  const plain = domain.includes(':') ? name : name.replace(/:\d+$/, '')
  if (!plain.endsWith(`.${domain}`)) return undefined
  const ref = plain.slice(0, -domain.length - 1)
  return REF.test(ref) ? ref : undefined
}

/** What follows `/rest/v1` at `from`; undefined when that does not stand there as whole segments. */
function below(url: string, from: number): string | undefined {
  if (!url.startsWith(MOUNT, from)) return undefined
  const rest = url.slice(from + MOUNT.length)
  if (rest === '') return '/'
  if (rest.startsWith('/')) return rest
  return rest.startsWith('?') ? `/${rest}` : undefined
}
