// `npm run api`: runs, imports, exports and mocks collections of requests without the app. Files are named as the person sees them: npm runs scripts in the project's
// folder, and says in INIT_CWD where it was called.
import { runCommandLine } from '../api-client/node/cli/main.ts'

const controller = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(name, () => {
    controller.abort()
  })

// Who reads the lines may go away first (`| head`): then nobody waits for the rest.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', () => {
    controller.abort()
  })

process.exitCode = await runCommandLine({
  args: process.argv.slice(2),
  environment: process.env,
  directory: process.env['INIT_CWD'] ?? process.cwd(),
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  isTerminal: process.stdout.isTTY && (process.env['CI'] ?? '') === '',
  signal: controller.signal,
})
