// The page behind the link of a password reset mail: a plain form without scripts, for people whose app is on another machine or not installed.
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { isAppError } from '#contract/errors.ts'
import { ResetPassword } from '#contract/capabilities/auth.ts'

const BODY_BYTES = 8 * 1024
const Query = z.object({ token: z.string().max(500).catch('') })

type Reset = (form: { token: string; newPassword: string }, request: IncomingMessage) => Promise<void>

/** Adds the page and what its form is sent to. */
export function addResetPasswordPage(server: FastifyInstance, reset: Reset): void {
  // A scope of its own: nowhere else are forms understood.
  void server.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: BODY_BYTES },
      (_, body, done) => done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
    )
    scope.get('/reset', async (request, reply) =>
      sendPage(reply, formHtml(Query.parse(request.query).token, '')),
    )
    scope.post('/reset', async (request, reply) => {
      const form = z.record(z.string(), z.string()).catch({}).parse(request.body)
      const input = ResetPassword.safeParse(form)
      if (!input.success)
        return sendPage(reply.code(400), formHtml(form['token'] ?? '', input.error.issues[0]?.message ?? ''))
      try {
        await reset(input.data, request.raw)
      } catch (error) {
        if (!isAppError(error)) throw error
        const problem = [error.message, error.hint ?? ''].join(' ')
        return sendPage(
          reply.code(error.code === 'RATE_LIMITED' ? 429 : 400),
          formHtml(input.data.token, problem),
        )
      }
      return sendPage(reply, '<h1>Password changed</h1><p>Log in with the new password in NebulaDB.</p>')
    })
  })
}

function sendPage(reply: FastifyReply, main: string): FastifyReply {
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header(
      'content-security-policy',
      "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ).send(`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>NebulaDB</title></head><body><main>${main}</main></body></html>`)
}

function formHtml(token: string, problem: string): string {
  return `<h1>Set a new password</h1>
${problem === '' ? '' : `<p role="alert">${escapeHtml(problem)}</p>`}
<form method="post" action="/reset">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<p><label for="new-password">New password, at least 10 characters</label></p>
<p><input id="new-password" name="newPassword" type="password" autocomplete="new-password" minlength="10" maxlength="200" required autofocus></p>
<p><button type="submit">Set password</button></p>
</form>`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
