// PostGraphile as a peer of bench/rest, as a process of its own. It is no dependency: it is loaded from the folder that is named, where somebody
// installed it.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { POOL_SIZE } from './rest-cases.ts'

const [folder, host, port, database] = process.argv.slice(2)
const load = createRequire(`${folder ?? '.'}/`)
const { postgraphile } = load('postgraphile')
const { PostGraphileAmberPreset } = load('postgraphile/presets/amber')
const { makePgService } = load('postgraphile/adaptors/pg')
const { grafserv } = load('postgraphile/grafserv/node')

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: `postgres://authenticator:bench@${host}:${port}/${database}`,
      schemas: ['api'],
      poolConfig: { max: POOL_SIZE },
      pubsub: false,
    }),
  ],
  grafast: {
    context: () => ({ pgSettings: { role: 'web', 'request.jwt.claims': '{"role":"web","sub":"1f0c"}' } }),
  },
  grafserv: { graphiql: false },
})
const server = createServer()
await instance.createServ(grafserv).addTo(server)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 })
})
process.on('disconnect', () => process.exit(0))
