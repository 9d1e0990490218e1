// Part of bench/metering: sends requests at a steady, low rate, as a process of its own. It ends with its parent.
import { Agent, request } from 'node:http'

const [port, perSecond, token] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: 4 })
const began = performance.now()
let sent = 0

/** Catches up with what the clock says is due. */
function send(): void {
  for (; sent < ((performance.now() - began) / 1_000) * Number(perSecond); sent += 1)
    request(
      {
        agent,
        host: '127.0.0.1',
        port: Number(port),
        path: `/film?id=eq.${1 + (sent % 2_000)}`,
        headers: { authorization: `Bearer ${token ?? ''}` },
      },
      (response) => {
        if (response.statusCode !== 200) throw new Error(`The answer was ${String(response.statusCode)}.`)
        response.resume()
      },
    ).end()
}

setInterval(send, 1_000 / Number(perSecond))
process.on('disconnect', () => process.exit(0))
