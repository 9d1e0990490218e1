// The desktop host inside Electron's utility process: pages come as message ports, the keychain and the clipboard are asked of the main process.
import { readHostConfig } from './config.ts'
import { runUtilityHost, type ParentPort } from './utility-host.ts'

/** So that the last message is delivered before the process is gone. */
const EXIT_AFTER_MS = 100

function hasParentPort(candidate: object): candidate is { readonly parentPort: ParentPort } {
  return (
    'parentPort' in candidate && typeof candidate.parentPort === 'object' && candidate.parentPort !== null
  )
}

if (!hasParentPort(process)) throw new Error('utility-entry runs in a utility process of Electron only.')
runUtilityHost({
  parentPort: process.parentPort,
  readConfig: readHostConfig,
  onStarted: (host) =>
    process.on('uncaughtException', (error) =>
      host.observe({ type: 'bug', id: 'uncaught', at: 'the host', error }),
    ),
  exit: (code) => void setTimeout(() => process.exit(code), EXIT_AFTER_MS),
})
