// Electron's session: keeps the handlers that the app sets, so that a test can ask them.
import type Electron from 'electron'

type Handlers = {
  permissionRequest?: Parameters<Electron.Session['setPermissionRequestHandler']>[0]
  permissionCheck?: Parameters<Electron.Session['setPermissionCheckHandler']>[0]
  devicePermission?: Parameters<Electron.Session['setDevicePermissionHandler']>[0]
  displayMedia?: Parameters<Electron.Session['setDisplayMediaRequestHandler']>[0]
}

class ProtocolDouble {
  #handler: ((request: Request) => Response | Promise<Response>) | undefined
  scheme = ''

  handle(scheme: string, handler: (request: Request) => Response | Promise<Response>): void {
    this.scheme = scheme
    this.#handler = handler
  }
  async answer(request: Request): Promise<Response> {
    return this.#handler === undefined ? new Response('', { status: 404 }) : this.#handler(request)
  }
}

export class SessionDouble {
  readonly protocol = new ProtocolDouble()
  readonly handlers: Handlers = {}

  setPermissionRequestHandler(handler: NonNullable<Handlers['permissionRequest']>): void {
    this.handlers.permissionRequest = handler
  }
  setPermissionCheckHandler(handler: NonNullable<Handlers['permissionCheck']>): void {
    this.handlers.permissionCheck = handler
  }
  setDevicePermissionHandler(handler: NonNullable<Handlers['devicePermission']>): void {
    this.handlers.devicePermission = handler
  }
  setDisplayMediaRequestHandler(handler: NonNullable<Handlers['displayMedia']>): void {
    this.handlers.displayMedia = handler
  }
}

const sessions = new Map<string, SessionDouble>()

export const session = {
  fromPartition(partition: string): SessionDouble {
    const known = sessions.get(partition) ?? new SessionDouble()
    sessions.set(partition, known)
    return known
  },
}
/** Every session that the app made. */
export const allSessions = (): SessionDouble[] => [...sessions.values()]
