// TLS of a connection: whom we trust, which certificate we show, and what the server showed.
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect, createSecureContext, getCACertificates } from 'node:tls'
import type { PeerCertificate, SecureContext, SecureVersion, TLSSocket } from 'node:tls'
import type { ResolvedSettings } from '#api-client/common/resolve/types.ts'
import type { ClientCertificate } from '#contract/requests/collection.ts'
import type { ReceivedResponse } from '#contract/requests/exchange.ts'
import { SendError } from './failure.ts'
import { fileError, resolvePath } from './files.ts'
import type { FileAccess } from './files.ts'
import { abortReason } from './network.ts'
import type { Target } from './proxy.ts'

export interface TlsSettings {
  readonly verifies: boolean
  readonly minVersion: ResolvedSettings['minTlsVersion']
  readonly certificate: ClientCertificate | null
  /** That the certificate's paths are relative to. */
  readonly directory: string | null
}

/** The first certificate whose domain matches: `api.example.com`, `*.example.com`, `*`, each with a port where it matters. */
export function certificateFor(
  certificates: readonly ClientCertificate[],
  target: Target,
): ClientCertificate | null {
  return certificates.find(({ domain, isEnabled }) => isEnabled && matchesDomain(domain, target)) ?? null
}

export function matchesDomain(pattern: string, { host, port }: Target): boolean {
  const match = /^(?:[a-z]+:\/\/)?(\[[^\]]+\]|[^:/]+)(?::(\d+|\*))?\/?$/i.exec(pattern.trim())
  if (match === null) return false
  const name = (match[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase()
  if (match[2] !== undefined && match[2] !== '*' && Number(match[2]) !== port) return false
  if (name === '*') return true
  const lower = host.toLowerCase()
  return name.startsWith('*.') ? lower.endsWith(name.slice(1)) : lower === name
}

/** Contexts are made once per set of settings: reading the authorities of a system takes tens of milliseconds. */
export class SecureContexts {
  readonly #contexts = new Map<string, Promise<SecureContext>>()
  readonly #given: readonly string[]
  #authorities: string[] | undefined

  readonly #isHosted: boolean

  /** `given` are trusted besides the system's. */
  constructor(given: readonly string[], isHosted: boolean) {
    this.#given = given
    this.#isHosted = isHosted
  }

  get(settings: TlsSettings): Promise<SecureContext> {
    const key = JSON.stringify([settings.minVersion, settings.certificate, settings.directory])
    const kept = this.#contexts.get(key)
    if (kept !== undefined) return kept
    const made = this.#create(settings)
    // Files may change or appear: a context with a certificate of ours is made for each connection.
    if (settings.certificate === null) this.#contexts.set(key, made)
    return made
  }

  async #create({ minVersion, certificate, directory }: TlsSettings): Promise<SecureContext> {
    this.#authorities ??= [
      ...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...this.#given]),
    ]
    const own =
      certificate === null ? {} : await readCertificate(certificate, { directory, isHosted: this.#isHosted })
    const version: SecureVersion = `TLSv${minVersion === '1.0' ? '1' : minVersion}`
    try {
      return createSecureContext({
        ca: this.#authorities,
        minVersion: version,
        // OpenSSL 3 refuses the signatures of old versions unless its level is lowered.
        ...(minVersion === '1.0' || minVersion === '1.1' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
        ...own,
      })
    } catch (error) {
      if (certificate === null) throw error
      throw new SendError(
        'CERTIFICATE',
        `The client certificate for ${certificate.domain} cannot be used: ${reasonOf(error)}.`,
        'Check that the key belongs to the certificate, and the passphrase.',
        error,
      )
    }
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  if (/mac verify failure|bad decrypt|bad password|interrupted or cancelled/i.test(message))
    return 'the passphrase is wrong'
  if (/key values mismatch/i.test(message)) return 'the key belongs to another certificate'
  return message.replace(/^error:[^:]*:[^:]*:[^:]*:/, '')
}

async function readCertificate(certificate: ClientCertificate, access: FileAccess) {
  const passphrase = certificate.passphrase === '' ? {} : { passphrase: certificate.passphrase }
  if (certificate.type === 'pkcs12') return { pfx: await read(certificate.path, access), ...passphrase }
  return {
    cert: await read(certificate.certificatePath, access),
    key: await read(certificate.keyPath, access),
    ...passphrase,
  }
}

async function read(path: string, access: FileAccess): Promise<Buffer> {
  try {
    return await readFile(await resolvePath(path, access))
  } catch (error) {
    throw fileError(path, error)
  }
}

export interface TlsOptions {
  readonly context: SecureContext
  readonly verifies: boolean
  readonly protocols: readonly string[]
  readonly signal: AbortSignal
}

/** TLS over an open connection. Rejects when the certificate is not to be trusted; the connection is destroyed then. */
export function startTls(socket: Socket, host: string, options: TlsOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secure = connect({
      socket,
      host,
      // An address is no server name (RFC 6066).
      servername: isIP(host) === 0 ? host.replace(/\.$/, '') : '',
      secureContext: options.context,
      rejectUnauthorized: options.verifies,
      ALPNProtocols: [...options.protocols],
    })
    const settle = (): void => {
      options.signal.removeEventListener('abort', abort)
      secure.removeAllListeners('secureConnect')
      secure.removeListener('error', fail)
      secure.removeListener('close', closed)
    }
    const fail = (error: Error): void => {
      settle()
      secure.on('error', () => undefined)
      secure.destroy()
      socket.destroy()
      reject(error)
    }
    const closed = (): void => {
      fail(
        new SendError(
          'ECONNRESET',
          `${host} closed the connection while TLS was being agreed on.`,
          'Check whether the port speaks https, and whether the server wants a client certificate.',
        ),
      )
    }
    const abort = (): void => {
      fail(abortReason(options.signal))
    }
    if (options.signal.aborted) {
      abort()
      return
    }
    options.signal.addEventListener('abort', abort, { once: true })
    secure.once('error', fail)
    secure.once('close', closed)
    secure.once('secureConnect', () => {
      settle()
      resolve(secure)
    })
  })
}

/** What the server showed. */
export function tlsFacts(socket: TLSSocket): NonNullable<ReceivedResponse['tls']> {
  const certificate = socket.getPeerCertificate()
  return {
    version: (socket.getProtocol() ?? '').replace(/^TLSv1$/, 'TLSv1.0').replace(/^TLSv/, 'TLS '),
    cipher: socket.getCipher().standardName,
    certificate: Object.keys(certificate).length === 0 ? null : certificateFacts(certificate),
  }
}

function certificateFacts(certificate: PeerCertificate) {
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    validFrom: isoDate(certificate.valid_from),
    validTo: isoDate(certificate.valid_to),
    fingerprint: certificate.fingerprint256,
  }
}

/** `CN=localhost, O=Example`. */
function nameOf(name: object | undefined): string {
  return Object.entries(name ?? {})
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join('+') : String(value)}`)
    .join(', ')
}

function isoDate(text: string): string {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? text : date.toISOString()
}
