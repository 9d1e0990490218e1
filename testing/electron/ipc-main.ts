// Electron's ipcMain: channels that the page's isolated world sends to.
import { EventEmitter } from 'node:events'

export const ipcMain = new EventEmitter()
