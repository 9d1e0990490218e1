// Builds what cannot run as it stands: the page, and the Electron main process with its preload. `npm run build -- page` builds the page only.
import { buildPage } from './build-page.ts'
import { runSteps } from './run.ts'

const only = process.argv[2]
if (only === undefined || only === 'page') {
  console.log((await buildPage()) ? 'Built the page.' : 'The page is built already.')
}
if (only === undefined || only === 'electron') {
  const failed = await runSteps([
    { title: 'main process', command: ['vite', 'build', '--config', 'main/vite.config.ts'] },
    { title: 'preload', command: ['vite', 'build', '--config', 'preload/vite.config.ts'] },
  ])
  if (failed.length > 0) process.exitCode = 1
}
