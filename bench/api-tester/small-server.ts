// The server of the overhead benchmark, in a process of its own: a small JSON answer to everything. Tells its port to its parent.
import { createServer } from 'node:http'

const ANSWER = JSON.stringify({ film_id: 1, title: 'Academy Dinosaur', rental_rate: '0.99' })

const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length })
  response.end(ANSWER)
})
// Idle connections outlive the other contestants' turns.
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0)
})
process.on('disconnect', () => process.exit())
