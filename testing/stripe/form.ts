// Reads the form encoding of Stripe's API: `items[0][price]=x` is { items: [{ price: 'x' }] }.

export type FormValue = string | FormValue[] | { [name: string]: FormValue }
type FormObject = { [name: string]: FormValue }

const isObject = (value: FormValue | undefined): value is FormObject =>
  typeof value === 'object' && !Array.isArray(value)

function put(target: FormObject, path: readonly string[], value: string): void {
  const [name, ...rest] = path
  if (name === undefined) return
  if (rest.length === 0) {
    target[name] = value
    return
  }
  const existing = target[name]
  const next: FormObject = isObject(existing) ? existing : {}
  target[name] = next
  put(next, rest, value)
}

/** `a[]` counts up; objects whose names are 0, 1, … are lists. */
function toLists(value: FormValue): FormValue {
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, toLists(inner)] as const)
  if (entries.length > 0 && entries.every(([name], index) => name === String(index)))
    return entries.map(([, inner]) => inner)
  return Object.fromEntries(entries)
}

/** @param text a query string or a form body, without a question mark */
export function parseForm(text: string): FormObject {
  const root: FormObject = Object.create(null)
  const counters = new Map<string, number>()
  for (const [key, value] of new URLSearchParams(text)) {
    const path = key.split(/[[\]]+/).filter((part, index) => index === 0 || part !== '')
    if (key.endsWith('[]')) {
      const next = counters.get(key) ?? 0
      counters.set(key, next + 1)
      path.push(String(next))
    }
    put(root, path, value)
  }
  const lists = toLists(root)
  return isObject(lists) ? lists : {}
}
