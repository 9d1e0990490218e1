// Requests to Amazon Web Services, signed with Signature Version 4.
import aws4 from 'aws4'
import type { ResolvedAuth } from '#api-client/common/resolve/types.ts'
import { hashBody } from '../body.ts'
import { SendError } from '../failure.ts'
import type { Credentials, Unauthorised } from './types.ts'

type AwsAuth = Extract<ResolvedAuth, { readonly type: 'awsV4' }>

/** The headers that a signed request has. `now` in milliseconds since 1970. */
export async function awsCredentials(
  auth: AwsAuth,
  { method, url, target, headers, body }: Unauthorised,
  now: number,
): Promise<Credentials> {
  if (auth.accessKeyId === '' || auth.secretAccessKey === '') {
    throw new SendError(
      'AUTH',
      'AWS wants an access key and its secret.',
      'Give both in the authentication of the request.',
    )
  }
  const written = headers.filter(({ name }) => /^(host|date|content-type|x-amz-.*)$/i.test(name))
  const given = new Map(written.map(({ name, value }) => [name.toLowerCase(), value]))
  const before: Record<string, string> = {
    Host: given.get('host') ?? url.host,
    'X-Amz-Date': given.get('x-amz-date') ?? new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, ''),
  }
  const type = given.get('content-type') ?? body?.contentType ?? null
  if (type !== null) before['Content-Type'] = type
  for (const { name, value } of written) {
    if (!Object.keys(before).some((known) => known.toLowerCase() === name.toLowerCase())) before[name] = value
  }
  // A body in memory is hashed by the signer; one that is streamed is read for it beforehand.
  const content = body?.open()
  if (content !== undefined && !Buffer.isBuffer(content)) {
    content.destroy()
    if (!given.has('x-amz-content-sha256')) before['X-Amz-Content-Sha256'] = await hashBody(body, 'sha256')
    before['Content-Length'] = String(body?.size ?? 0)
  }
  const signed = aws4.sign(
    {
      host: url.host,
      method,
      path: target,
      headers: { ...before },
      ...(Buffer.isBuffer(content) ? { body: content } : {}),
      ...(auth.service === '' ? {} : { service: auth.service }),
      ...(auth.region === '' ? {} : { region: auth.region }),
    },
    {
      accessKeyId: auth.accessKeyId,
      secretAccessKey: auth.secretAccessKey,
      ...(auth.sessionToken === '' ? {} : { sessionToken: auth.sessionToken }),
    },
  )
  return {
    headers: Object.entries(signed.headers ?? {})
      .filter(([name]) => !/^(host|content-length)$/i.test(name) && !given.has(name.toLowerCase()))
      .map(([name, value]) => ({ name, value: String(value) })),
    query: [],
  }
}
