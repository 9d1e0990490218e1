// Started by postgres-global-setup.ts beside the test run: when the run is gone, whatever ended it, stops its Postgres and removes its folder.
import { rm } from 'node:fs/promises'
import { stopServer } from '../postgres/node/server/server.ts'

const [directory, dataDirectory] = process.argv.slice(2)
if (directory === undefined || dataDirectory === undefined) throw new Error('Two folders are needed.')

process.stdin.resume()
process.stdin.on('close', () => {
  void stopServer(dataDirectory, 0).then(async () => await rm(directory, { recursive: true, force: true }))
})
