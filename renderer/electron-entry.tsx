// The page in Electron: its host is reached through the port that preload hands over.
import { listenForPorts } from './host/electron-transport.ts'
import { startPage } from './start.tsx'

// First of all, so that no port is missed.
const openTransport = listenForPorts(window)

startPage(openTransport, { isBrowser: false })
