// `--ready`: asks a running server's admin endpoint whether it is ready.
import type { ServerConfig } from './config.ts'
import { isSpecialHost } from './listen.ts'

/** What to print, and whether the server is ready. Never rejects. */
export async function checkReady(
  config: ServerConfig,
): Promise<{ readonly isReady: boolean; readonly message: string }> {
  const { host, port } = config.admin
  if (port === null) return failed('Admin server is not running. Please check admin-server-port config.')
  if (isSpecialHost(host))
    return failed(
      `The \`--ready\` flag cannot be used when server-host is configured as "${host}". Please update your server-host config to "localhost".`,
    )
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/ready`
  if (!URL.canParse(url)) return failed(`invalid url - ${url}`)
  try {
    const response = await fetch(url)
    return response.ok ? { isReady: true, message: `OK: ${url}` } : failed(url)
  } catch {
    return failed(`connection refused to ${url}`)
  }
}

function failed(message: string): { isReady: boolean; message: string } {
  return { isReady: false, message: `ERROR: ${message}` }
}
