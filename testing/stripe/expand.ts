// `expand`: ids in an answer become the objects. Fields that Stripe leaves out unless they are asked for are put in here.
import type { StripeState } from './state.ts'

type Json = Record<string, unknown>
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

function findById(state: StripeState, id: string): unknown {
  const maps: ReadonlyMap<string, unknown>[] = [
    state.customers,
    state.products,
    state.prices,
    state.coupons,
    state.discounts,
    state.paymentMethods,
    state.paymentIntents,
    state.setupIntents,
    state.sessions,
    state.subscriptions,
    state.schedules,
    state.invoices,
    state.creditNotes,
    state.refunds,
    state.testClocks,
    state.portalConfigurations,
    state.features,
  ]
  for (const map of maps) {
    const found = map.get(id)
    if (found !== undefined) return copy(found)
  }
  return undefined
}

/** What is only there when it is asked for. */
function included(state: StripeState, owner: Json, field: string): unknown {
  const id = typeof owner['id'] === 'string' ? owner['id'] : ''
  const list = (data: unknown[]): unknown => ({ object: 'list', url: '', has_more: false, data: copy(data) })
  if (owner['object'] === 'invoice' && field === 'payments')
    return list([...state.invoicePayments.values()].filter((payment) => payment.invoice === id))
  if (owner['object'] === 'customer' && field === 'tax_ids')
    return list([...state.taxIds.values()].filter((taxId) => taxId.customer === id))
  if (owner['object'] === 'customer' && field === 'subscriptions')
    return list(
      [...state.subscriptions.values()].filter(
        (subscription) => subscription.customer === id && subscription.status !== 'canceled',
      ),
    )
  return undefined
}

function walk(state: StripeState, target: unknown, path: readonly string[]): void {
  if (Array.isArray(target)) {
    for (const item of target) walk(state, item, path)
    return
  }
  const [field, ...rest] = path
  if (!isRecord(target) || field === undefined) return
  const value = target[field]
  if (typeof value === 'string') target[field] = findById(state, value) ?? value
  else if (value === undefined) {
    const extra = included(state, target, field)
    if (extra === undefined) return
    target[field] = extra
  } else if (Array.isArray(value))
    target[field] = value.map((item) => (typeof item === 'string' ? (findById(state, item) ?? item) : item))
  walk(state, target[field], rest)
}

/** @returns a copy that may be sent */
export function expand(state: StripeState, result: unknown, paths: readonly string[]): unknown {
  const answer = copy(result)
  for (const path of paths) {
    // `data.` of a list stays as it is; its items are expanded.
    walk(state, answer, path.split('.'))
  }
  return answer
}
