// How a page in Electron gets its message port: the page asks the preload script, which asks the main process, which makes one for it.

/** Page → preload, by window.postMessage: `{ type: CONNECT_MESSAGE }`. */
export const CONNECT_MESSAGE = 'nebuladb:connect'
/** Preload → page, by window.postMessage with the port: `{ type: PORT_MESSAGE }`. */
export const PORT_MESSAGE = 'nebuladb:port'
/** Preload → main, by IPC, with a nonce. */
export const REQUEST_PORT_CHANNEL = 'nebuladb:request-port'
/** Main → preload, by IPC, with the nonce and the port. */
export const PORT_CHANNEL = 'nebuladb:port'
