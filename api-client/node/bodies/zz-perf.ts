import { createJsonIndex } from './document/json-index.ts'
import { createRawLayout } from './document/raw-index.ts'
let big = '['
for (let i = 0; i < 600000; i++)
  big +=
    (i ? ',' : '') +
    `{"id":${i},"name":"user ${i}","email":"u${i}@example.com","active":${i % 2 === 0},"score":${i * 1.5},"tags":["a","b"],"created":"2024-01-01T00:00:00Z","nested":{"x":1,"y":null}}`
big += ']'
const b = Buffer.from(big)
for (let r = 0; r < 3; r++) {
  const ix = createJsonIndex(0)
  let t = performance.now()
  for (let i = 0; i < b.length; i += 262144) ix.feed(b.subarray(i, i + 262144))
  ix.finish()
  console.log('index', ix.lines, performance.now() - t)
  const raw = createRawLayout(0)
  t = performance.now()
  for (let i = 0; i < b.length; i += 262144) raw.feed(b.subarray(i, i + 262144))
  console.log('raw', performance.now() - t)
  t = performance.now()
  let d = 0
  for (let i = 0; i < b.length; i++) if (b[i] === 10) d++
  console.log('plain scan', performance.now() - t)
  t = performance.now()
  JSON.parse(b.toString())
  console.log('JSON.parse', performance.now() - t)
}
