// The price books: read from their files, checked before the service starts, and found by the start of a period. A version that was sold with is never
// edited: invoices are computed again from it.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Metric } from '#contract/billing/metrics.ts'
import { PlanId, PriceBook, type MetricTerms, type Plan } from '#contract/billing/price-book.ts'

const DIRECTORY = join(import.meta.dirname, 'price-books')

export interface PriceBooks {
  /** All, oldest first. */
  readonly all: readonly PriceBook[]
  /** The one that a period which starts then is priced by: the last that was in force. Throws RangeError before the first. */
  at(start: Date): PriceBook
  /** The one that an invoice names. Throws RangeError if there is none. */
  version(version: string): PriceBook
}

/** Reads and checks every `.json` of a directory. Throws an Error that names the file and the fault: prices with a fault must not be sold by. */
export function loadPriceBooks(directory: string = DIRECTORY): PriceBooks {
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'))
  return createPriceBooks(
    names.map((name) => {
      const book = parsePriceBook(name, readFileSync(join(directory, name), 'utf8'))
      if (book.version !== basename(name, '.json'))
        throw new Error(
          `Price book ${name} has the version ${book.version}; a file is named after its version.`,
        )
      return book
    }),
  )
}

function parsePriceBook(name: string, text: string): PriceBook {
  try {
    return PriceBook.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`Price book ${name} is not valid: ${String(cause)}`, { cause })
  }
}

/** Price books that were read, checked one by one and against each other. Throws an Error with every fault. */
export function createPriceBooks(books: readonly PriceBook[]): PriceBooks {
  const all = [...books].sort((a, b) => startOf(a) - startOf(b))
  const faults = [...all.flatMap(faultsOf), ...faultsBetween(all)]
  if (all.length === 0) faults.push('There is no price book.')
  if (faults.length > 0) throw new Error(`The price books are not valid: ${faults.join(' ')}`)
  return {
    all,
    at(start) {
      const book = all.findLast((one) => startOf(one) <= start.getTime())
      if (book === undefined) throw new RangeError(`No price book was in force at ${start.toISOString()}.`)
      return book
    },
    version(version) {
      const book = all.find((one) => one.version === version)
      if (book === undefined) throw new RangeError(`There is no price book ${version}.`)
      return book
    },
  }
}

const startOf = (book: PriceBook): number => Date.parse(book.effectiveFrom)

function faultsBetween(all: readonly PriceBook[]): string[] {
  return all.flatMap((book, at) => {
    const previous = all[at - 1]
    if (previous === undefined) return []
    if (startOf(previous) === startOf(book))
      return [`${previous.version} and ${book.version} are in force from the same moment.`]
    return previous.version < book.version ? [] : [`${book.version} is in force after ${previous.version}.`]
  })
}

/** What is wrong with one book, as sentences; none when it can be sold by. */
function faultsOf(book: PriceBook): string[] {
  const faults = PlanId.options.flatMap((id) => faultsOfPlan(book.plans[id], id))
  if (startOf(book) < Date.parse(`${book.version}T00:00:00Z`))
    faults.push('It is in force before the day that it is named after.')
  return faults.map((fault) => `${book.version}: ${fault}`)
}

function faultsOfPlan(plan: Plan, id: PlanId): string[] {
  const faults = Metric.options.flatMap((metric) =>
    faultsOfTerms(plan.metrics[metric]).map((fault) => `${metric}: ${fault}`),
  )
  if (plan.id !== id) faults.push(`It calls itself ${plan.id}.`)
  if (plan.monthlyPrice?.startsWith('-') === true) faults.push('Its price is negative.')
  if (plan.defaultSpendCap !== null && BigInt(plan.defaultSpendCap) < BigInt(plan.monthlyPrice ?? '0'))
    faults.push('Its spend cap is below its price.')
  if (plan.atQuota === 'stop' && Metric.options.some((metric) => plan.metrics[metric].tiers.length > 0))
    faults.push('It stops at its quotas, so nothing above them can have a price.')
  return faults.map((fault) => `${id}: ${fault}`)
}

function faultsOfTerms({ included, tiers }: MetricTerms): string[] {
  const faults: string[] = []
  if (included === null && tiers.length > 0) faults.push('What has no end cannot be bought.')
  if (tiers.some(({ amount }) => amount.startsWith('-'))) faults.push('A price is negative.')
  tiers.forEach(({ upTo }, at) => {
    const isLast = at === tiers.length - 1
    if ((upTo === null) !== isLast) faults.push('The last tier, and only it, has no end.')
    const before = tiers[at - 1]?.upTo ?? '0'
    if (upTo !== null && BigInt(upTo) <= BigInt(before)) faults.push('Tiers do not ascend.')
  })
  return faults
}
