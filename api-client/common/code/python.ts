// Python with requests.
import { escapedSign, expressionOf, formText, plainRequest, type PlainRequest } from './plain.ts'
import type { CodeOptions, CodeRequest } from './types.ts'

/** A string literal that means exactly `text`. */
export function pythonString(text: string): string {
  const escaped = text.replace(/[\\"\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, escapedSign)
  return `"${escaped}"`
}

export function pythonText(text: string, usesEnvironment: boolean): string {
  return expressionOf(text, usesEnvironment, {
    literal: pythonString,
    variable: (name) => `os.environ[${pythonString(name)}]`,
    plus: ' + ',
  })
}

export function requestsCode(request: CodeRequest, options: CodeOptions): string {
  const plain = plainRequest(request, options)
  const { auth, headers, body, usesEnvironment } = plain
  const text = (value: string): string => pythonText(value, usesEnvironment)
  const joined = new Map<string, { name: string; value: string }>()
  for (const { name, value } of headers) {
    if (body.type === 'multipart' && name.toLowerCase() === 'content-type') continue
    const known = joined.get(name.toLowerCase())
    joined.set(
      name.toLowerCase(),
      known === undefined ? { name, value } : { name: known.name, value: `${known.value}, ${value}` },
    )
  }
  const lines = [
    ...(auth.type === 'awsV4'
      ? ['# The request must be signed (AWS signature version 4), which is not done here.']
      : []),
    'response = requests.request(',
    `    ${text(plain.method)},`,
    `    ${text(plain.url)},`,
    ...(joined.size === 0
      ? []
      : [
          '    headers={',
          ...[...joined.values()].map((one) => `        ${text(one.name)}: ${headerText(text(one.value))},`),
          '    },',
        ]),
    ...(auth.type === 'basic' ? [`    auth=(${text(auth.username)}, ${text(auth.password)}),`] : []),
    ...(auth.type === 'digest'
      ? [`    auth=HTTPDigestAuth(${text(auth.username)}, ${text(auth.password)}),`]
      : []),
    ...bodyLines(plain, text),
    ...settingLines(plain, text),
    ')',
    'print(response.status_code, response.text)',
    '',
  ]
  const code = lines.join('\n')
  return [
    ...(code.includes('os.environ[') ? ['import os', ''] : []),
    'import requests',
    ...(auth.type === 'digest' ? ['from requests.auth import HTTPDigestAuth'] : []),
    '',
    code,
  ].join('\n')
}

/** Headers that are more than Latin 1 go out as UTF-8. */
function headerText(expression: string): string {
  return [...expression].every((sign) => (sign.codePointAt(0) ?? 0) <= 0xff)
    ? expression
    : `(${expression}).encode("utf-8")`
}

function bodyLines({ body }: PlainRequest, text: (value: string) => string): string[] {
  switch (body.type) {
    case 'none':
      return []
    case 'text':
      return [`    data=(${text(body.text)}).encode("utf-8"),`]
    case 'form':
      return [`    data=${text(formText(body.fields))},`]
    case 'file':
      return [`    data=open(${text(body.path)}, "rb"),`]
    case 'multipart':
      return [
        '    files=[',
        ...body.parts.map((part) => {
          const type = part.contentType === null ? '' : `, ${text(part.contentType)}`
          return part.type === 'file'
            ? `        (${text(part.name)}, (${text(part.path.split(/[/\\]/).at(-1) ?? '')}, open(${text(part.path)}, "rb")${type})),`
            : `        (${text(part.name)}, (None, ${text(part.value)}${type})),`
        }),
        '    ],',
      ]
  }
}

function settingLines(
  { request: { settings = {}, proxy, clientCertificates = [] } }: PlainRequest,
  text: (value: string) => string,
): string[] {
  const [certificate] = clientCertificates.filter((one) => one.isEnabled && one.type === 'pem')
  return [
    ...(settings.timeoutMs !== undefined && settings.timeoutMs > 0
      ? [`    timeout=${settings.timeoutMs / 1_000},`]
      : []),
    ...(settings.followsRedirects === false ? ['    allow_redirects=False,'] : []),
    ...(settings.verifiesCertificates === false ? ['    verify=False,'] : []),
    ...(certificate?.type === 'pem'
      ? [`    cert=(${text(certificate.certificatePath)}, ${text(certificate.keyPath)}),`]
      : []),
    ...(proxy?.mode === 'on'
      ? [`    proxies={"http": ${proxyUrl(proxy, text)}, "https": ${proxyUrl(proxy, text)}},`]
      : []),
  ]
}

function proxyUrl(
  proxy: { protocol: string; host: string; port: number; username: string; password: string },
  text: (value: string) => string,
): string {
  const account = proxy.username === '' ? '' : `${proxy.username}:${proxy.password}@`
  return text(`${proxy.protocol}://${account}${proxy.host}:${proxy.port}`)
}
