// Runs in the isolated world before the preload script: `require('electron')` for a sandboxed preload, over the double's binding.
;(() => {
  const listeners = new Map()
  const ports = new Map()
  const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  const toBase64 = (bytes) => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 32768)
      text += String.fromCharCode(...bytes.subarray(at, at + 32768))
    return btoa(text)
  }
  const encode = (value) =>
    JSON.stringify(value, (_key, item) => (item instanceof Uint8Array ? { $bytes: toBase64(item) } : item))
  const decode = (text) =>
    JSON.parse(text, (_key, item) =>
      item && typeof item.$bytes === 'string' ? fromBase64(item.$bytes) : item,
    )
  const call = (message) => globalThis.electronDouble(JSON.stringify(message))

  const ipcRenderer = {
    on: (channel, listener) => listeners.set(channel, listener),
    send: (channel, message) => call({ type: 'send', channel, message }),
  }
  globalThis.electronDoubleRequire = (name) => {
    if (name === 'electron') return { ipcRenderer }
    throw new Error(`A sandboxed preload cannot require ${name}`)
  }
  globalThis.electronDoubleReceive = (channel, message, ids) => {
    const given = ids.map((id) => {
      const { port1, port2 } = new MessageChannel()
      port2.onmessage = ({ data }) => call({ type: 'port', id, message: encode(data) })
      ports.set(id, port2)
      return port1
    })
    listeners.get(channel)?.({ ports: given }, message)
  }
  globalThis.electronDoublePort = (id, message) => ports.get(id)?.postMessage(decode(message))
})()
