import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Observation } from '../monitoring/index.ts'
import { createMailer } from './mailer.ts'

let parent: string
beforeAll(async () => void (parent = await mkdtemp(join(tmpdir(), 'nebuladb mail '))))
afterAll(() => rm(parent, { recursive: true, force: true }))

const clock = { now: () => new Date('2026-11-22T10:00:00Z') }
const mail = {
  to: 'mara@example.com',
  subject: 'Set a new password',
  text: `Open this link:\nhttp://127.0.0.1:7400/${'x'.repeat(50)}\n`,
}

test('without SMTP a mail becomes a file that only its user can read, and the log says where', async () => {
  const seen: Observation[] = []
  const directory = join(parent, 'mail')
  const mailer = createMailer({
    from: 'NebulaDB <no-reply@localhost>',
    smtpUrl: undefined,
    directory,
    clock,
    observe: (one) => seen.push(one),
  })
  await mailer.send(mail)
  await mailer.send(mail)
  mailer.close()
  const files = await readdir(directory)
  expect(files).toHaveLength(2)
  const path = join(directory, files[0] ?? '')
  const text = await readFile(path, 'utf8')
  expect(text).toContain('To: mara@example.com')
  expect(text).toContain('Subject: Set a new password')
  expect(text).toContain(mail.text)
  expect(text).not.toContain('multipart')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
  expect(seen.map((one) => one.type)).toEqual(['mail.written', 'mail.written'])
})

test('a line break in a field does not make a header', async () => {
  const directory = join(parent, 'injection')
  const mailer = createMailer({
    from: 'a@b.c',
    smtpUrl: undefined,
    directory,
    clock,
    observe: () => undefined,
  })
  await mailer.send({ ...mail, subject: 'Join x\r\nBcc: everybody@example.com' })
  const [file = ''] = await readdir(directory)
  expect(await readFile(join(directory, file), 'utf8')).not.toMatch(/^Bcc:/m)
})

test('with SMTP the server gets it', async () => {
  const received: string[] = []
  const server = createServer((socket) => {
    let inData = false
    socket.write('220 test ESMTP\r\n')
    socket.on('data', (chunk) => {
      const text = String(chunk)
      received.push(text)
      if (inData) {
        if (!received.join('').includes('\r\n.\r\n')) return
        inData = false
        return socket.write('250 queued\r\n')
      }
      if (text.startsWith('DATA')) inData = true
      if (text.startsWith('QUIT')) return socket.end('221 bye\r\n')
      return socket.write(text.startsWith('DATA') ? '354 go on\r\n' : '250 ok\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const seen: Observation[] = []
  const mailer = createMailer({
    from: 'a@b.c',
    smtpUrl: `smtp://127.0.0.1:${port}`,
    directory: parent,
    clock,
    observe: (one) => seen.push(one),
  })
  await mailer.send(mail)
  mailer.close()
  server.close()
  expect(received.join('')).toContain('RCPT TO:<mara@example.com>')
  expect(seen).toMatchObject([{ type: 'mail.sent' }])
})
