// First line of the desktop app.
import { builtPaths, runApp } from './app/index.ts'

// Not awaited: Electron tells that it is ready only after this module has been evaluated.
runApp(builtPaths(import.meta.dirname)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
})
