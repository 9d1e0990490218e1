// What options of curl say of the connection: who asks, through which proxy, with which certificate.
import type { Auth } from '#contract/requests/auth.ts'
import type { ClientCertificate, ProxySettings } from '#contract/requests/collection.ts'
import type { MultipartField, Pair } from '#contract/requests/parts.ts'
import type { RequestSettings } from '#contract/requests/request.ts'
import type { Datum } from './data.ts'

/** What the options of one operation add up to. */
export interface State {
  readonly urls: string[]
  readonly headers: Pair[]
  readonly data: Datum[]
  readonly parts: MultipartField[]
  readonly query: string[]
  method: string | null
  upload: string | null
  isGet: boolean
  isHead: boolean
  isJson: boolean
  user: string | null
  scheme: 'basic' | 'digest' | 'unsupported'
  schemeName: string
  bearer: string | null
  awsV4: string | null
  settings: RequestSettings
  proxy: string | null
  proxyProtocol: string
  proxyUser: string
  bypass: string
  certificate: string | null
  certificateType: string
  key: string
  passphrase: string
}

export function authOf(state: State, user: string | null): Auth {
  const [username = '', password = ''] = user === null ? [] : splitOnce(user, ':')
  if (state.awsV4 !== null) {
    const [, , region = '', service = ''] = state.awsV4.split(':')
    return {
      type: 'awsV4',
      accessKeyId: username,
      secretAccessKey: password,
      sessionToken: '',
      service,
      region,
    }
  }
  if (state.scheme === 'unsupported') return { type: 'unsupported', name: state.schemeName }
  if (user !== null) return { type: state.scheme, username, password }
  if (state.bearer !== null) return { type: 'bearer', token: state.bearer }
  return { type: 'inherit' }
}

function splitOnce(text: string, sign: string): [string, string] {
  const at = text.indexOf(sign)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

export function proxyOf(state: State): ProxySettings {
  if (state.proxy === null) return { mode: 'inherit' }
  if (state.proxy === '') return { mode: 'off' }
  const match = /^(?:([a-z0-9]+):\/\/)?(?:([^@]*)@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?/i.exec(state.proxy)
  const named = (match?.[1] ?? state.proxyProtocol) || 'http'
  const protocol = named.startsWith('socks5')
    ? 'socks5'
    : named.startsWith('socks4')
      ? 'socks4'
      : named === 'https'
        ? 'https'
        : 'http'
  const [username, password] = splitOnce(state.proxyUser || (match?.[2] ?? ''), ':')
  return {
    mode: 'on',
    protocol,
    host: match?.[3] ?? state.proxy,
    port: Number(match?.[4] ?? 1080),
    username,
    password,
    bypass: state.bypass,
  }
}

export function certificatesOf(state: State, url: string): ClientCertificate[] {
  if (state.certificate === null) return []
  const domain = /^[a-z]+:\/\/([^/?#]+)/i.exec(url)?.[1] ?? '*'
  const [path, passphrase] = /^[a-z]:[\\/]/i.test(state.certificate)
    ? [state.certificate, '']
    : splitOnce(state.certificate, ':')
  const words = { domain, passphrase: passphrase || state.passphrase, isEnabled: true }
  return /^p12$/i.test(state.certificateType) || /\.(p12|pfx)$/i.test(path)
    ? [{ type: 'pkcs12', path, ...words }]
    : [{ type: 'pem', certificatePath: path, keyPath: state.key || path, ...words }]
}
