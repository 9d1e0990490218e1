// Sends mail: by SMTP where it is configured, else into a folder, so that a fresh machine needs no mail server. The log says where each one went.
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import type { Clock } from '../clock.ts'
import type { Observe } from '../monitoring/index.ts'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly attachments?: readonly {
    readonly filename: string
    readonly content: Buffer
    readonly contentType: string
  }[]
}

export interface Mailer {
  /** Hands a mail over. Throws when the server refuses it; the job that sends it tries again. */
  send(mail: Mail): Promise<void>
  close(): void
}

interface MailerOptions {
  readonly from: string
  readonly smtpUrl: string | undefined
  /** Where .eml files go without SMTP. */
  readonly directory: string
  readonly clock: Clock
  readonly observe: Observe
}

/** Makes the mailer. */
export function createMailer(options: MailerOptions): Mailer {
  return options.smtpUrl === undefined
    ? createFolderMailer(options)
    : createSmtpMailer(options, options.smtpUrl)
}

/** As nodemailer takes it, which wants lists that it may change. */
function toMessage({ attachments = [], ...mail }: Mail): Omit<Mail, 'attachments'> & {
  attachments: { filename: string; content: Buffer; contentType: string }[]
} {
  return { ...mail, attachments: attachments.map((one) => ({ ...one })) }
}

function createSmtpMailer(options: MailerOptions, smtpUrl: string): Mailer {
  const transport = createTransport(smtpUrl, { from: options.from })
  return {
    async send(mail) {
      const sent = await transport.sendMail({
        ...toMessage(mail),
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      options.observe({ type: 'mail.sent', messageId: sent.messageId })
    },
    close: () => transport.close(),
  }
}

function createFolderMailer(options: MailerOptions): Mailer {
  const transport = createTransport({ streamTransport: true, newline: 'unix' }, { from: options.from })
  return {
    async send(mail) {
      const sent = await transport.sendMail({
        ...toMessage(mail),
        date: options.clock.now(),
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      const bytes = Buffer.isBuffer(sent.message) ? sent.message : await buffer(Readable.from(sent.message))
      await mkdir(options.directory, { recursive: true, mode: 0o700 })
      const moment = options.clock.now().toISOString().replaceAll(':', '-')
      const path = join(options.directory, `${moment}-${randomBytes(4).toString('hex')}.eml`)
      await writeFile(path, bytes, { mode: 0o600, flag: 'wx' })
      options.observe({ type: 'mail.written', path })
    },
    close: () => transport.close(),
  }
}
