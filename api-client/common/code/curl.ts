// A command of curl for a POSIX shell.
import { encodeText, expressionOf, plainRequest, type PlainRequest } from './plain.ts'
import type { CodeOptions, CodeRequest } from './types.ts'

/** A word of the shell that means exactly `text`. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** One command; each option on a line of its own. */
export function curlCommand(request: CodeRequest, options: CodeOptions = {}): string {
  const plain = plainRequest(request, options)
  const word = (text: string): string =>
    expressionOf(text, plain.usesEnvironment, {
      literal: (piece) => (plain.usesEnvironment ? `'${piece.replaceAll("'", `'\\''`)}'` : shellWord(piece)),
      variable: (name) => `"$${name}"`,
      plus: '',
    })
  const lines = [`curl${methodOption(plain)} ${word(plain.url)}`]
  const option = (name: string, value: string | null = null): void => {
    lines.push(value === null ? `--${name}` : `--${name} ${word(value)}`)
  }
  // Brackets and braces of an address are curl's own signs else.
  if (/[[\]{}]/.test(plain.url)) option('globoff')
  for (const { name, value } of plain.headers)
    option('header', value === '' ? `${name};` : `${name}: ${value}`)
  authOptions(plain, option)
  bodyOptions(plain, option)
  settingsOptions(plain, option)
  return lines.join(' \\\n  ')
}

type AddOption = (name: string, value?: string | null) => void

function methodOption({ method, body, url }: PlainRequest): string {
  const hasBody = body.type !== 'none'
  if (method === 'HEAD' && !hasBody) return ' --head'
  if (method === 'GET' && !hasBody) return ''
  return /^wss?:/.test(url) ? '' : ` --request ${shellWord(method)}`
}

function authOptions({ auth }: PlainRequest, option: AddOption): void {
  if (auth.type === 'basic' || auth.type === 'digest') {
    if (auth.type === 'digest') option('digest')
    option('user', `${auth.username}:${auth.password}`)
  } else if (auth.type === 'awsV4') {
    option('aws-sigv4', `aws:amz:${auth.region}:${auth.service}`)
    option('user', `${auth.accessKeyId}:${auth.secretAccessKey}`)
    if (auth.sessionToken !== '') option('header', `x-amz-security-token: ${auth.sessionToken}`)
  }
}

function bodyOptions({ body, headers }: PlainRequest, option: AddOption): void {
  const hasType = headers.some((one) => one.name.toLowerCase() === 'content-type')
  switch (body.type) {
    case 'none':
      break
    case 'text':
      // Curl would call it a form else.
      if (!hasType) option('header', 'Content-Type:')
      option('data-raw', body.text)
      break
    case 'file':
      if (!hasType) option('header', 'Content-Type:')
      option('data-binary', `@${body.path}`)
      break
    case 'form':
      if (body.fields.length === 0) option('data-raw', '')
      for (const one of body.fields) option('data-urlencode', `${encodeText(one.name)}=${one.value}`)
      break
    case 'multipart':
      for (const part of body.parts) {
        const type = part.contentType === null ? '' : `;type=${part.contentType}`
        if (part.type === 'file') option('form', `${part.name}=@${quoted(part.path)}${type}`)
        else if (type === '') option('form-string', `${part.name}=${part.value}`)
        else option('form', `${part.name}=${quoted(part.value)}${type}`)
      }
  }
}

/** As curl reads a value of `-F` that has signs of its own in it. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, (sign) => `\\${sign}`)}"`
}

function settingsOptions(
  { request: { settings = {}, proxy, clientCertificates = [] } }: PlainRequest,
  option: AddOption,
): void {
  if (settings.keepsAuthorization === true) option('location-trusted')
  else if (settings.followsRedirects === true) option('location')
  if (
    settings.followsRedirects === true &&
    settings.maxRedirects !== undefined &&
    settings.maxRedirects !== 50
  )
    option('max-redirs', String(settings.maxRedirects))
  if (settings.verifiesCertificates === false) option('insecure')
  if (settings.timeoutMs !== undefined && settings.timeoutMs > 0)
    option('max-time', String(settings.timeoutMs / 1_000))
  if (settings.httpVersion === '1.1') option('http1.1')
  if (settings.httpVersion === '2') option('http2')
  if (settings.minTlsVersion !== undefined && settings.minTlsVersion !== '1.2')
    option(`tlsv${settings.minTlsVersion}`)
  if (settings.encodesUrl === false) option('path-as-is')
  if (proxy?.mode === 'off') option('noproxy', '*')
  if (proxy?.mode === 'on') {
    option('proxy', `${proxy.protocol}://${proxy.host}:${proxy.port}`)
    if (proxy.username !== '') option('proxy-user', `${proxy.username}:${proxy.password}`)
    if (proxy.bypass !== '') option('noproxy', proxy.bypass)
  }
  const [certificate] = clientCertificates.filter((one) => one.isEnabled)
  if (certificate === undefined) return
  if (certificate.type === 'pem') {
    option('cert', certificate.certificatePath)
    option('key', certificate.keyPath)
  } else {
    option('cert-type', 'P12')
    option('cert', certificate.path)
  }
  if (certificate.passphrase !== '') option('pass', certificate.passphrase)
}
