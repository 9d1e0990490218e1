// Gives each page its own port to the host, after checking who asks.
import { ipcMain, MessageChannelMain, type IpcMainEvent, type MessagePortMain } from 'electron'
import { z } from 'zod'
import { PORT_CHANNEL, REQUEST_PORT_CHANNEL } from '#contract/transports/port-handover.ts'
import { isPageOrigin } from './session-guard.ts'

const Nonce = z.uuid()

/** Answers requests for a port: one end goes to the page, the other to `connect`. Anybody but our own page's main frame hears nothing. */
export function brokerPagePorts(connect: (port: MessagePortMain) => void): void {
  ipcMain.on(REQUEST_PORT_CHANNEL, (event, candidate: unknown) => {
    const nonce = Nonce.safeParse(candidate)
    if (!nonce.success || !isOurPage(event)) return
    const { port1, port2 } = new MessageChannelMain()
    connect(port2)
    event.senderFrame?.postMessage(PORT_CHANNEL, nonce.data, [port1])
  })
}

function isOurPage(event: IpcMainEvent): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isPageOrigin(frame.url)
}
