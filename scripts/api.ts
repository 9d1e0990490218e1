// `npm run api`: runs, imports, exports and mocks collections of requests without the app. Files are named as the person sees them: npm runs scripts in the project's
// folder, and says in INIT_CWD where it was called.
const TOGETHER_MS = 500

const controller = new AbortController()
let firstAt = 0
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    if (firstAt === 0) {
      firstAt = performance.now()
      controller.abort()
    }
    // npm hands on the Ctrl+C that the terminal gave us already: that is no second one of the person.
    else if (performance.now() - firstAt > TOGETHER_MS) process.exit(3)
  })

// Who reads the lines may go away first (`| head`): then nobody waits for the rest.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', () => {
    controller.abort()
  })

// Loading takes a moment, in which a signal would end the process by itself.
const { runCommandLine } = await import('../api-client/node/cli/main.ts')
process.exitCode = await runCommandLine({
  args: process.argv.slice(2),
  environment: process.env,
  directory: process.env['INIT_CWD'] ?? process.cwd(),
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  isTerminal: process.stdout.isTTY && (process.env['CI'] ?? '') === '',
  signal: controller.signal,
})
