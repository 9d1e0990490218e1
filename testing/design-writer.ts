// A process that journals steps of a draft again and again and says so after each, to be killed in the middle of it.
import { createDesignStore, openCache } from '../main/cache/index.ts'

const [path = '', designId = ''] = process.argv.slice(2)
const store = createDesignStore(openCache(path))
for (let head = store.open(designId).head; ; head += 1) {
  const label = `step ${head}`
  store.append(
    designId,
    head,
    { steps: [{ label, put: [], remove: [label] }], base: [] },
    '2026-11-23T10:00:00.000Z',
  )
  await new Promise((resolve) => process.send?.(label, resolve))
}
