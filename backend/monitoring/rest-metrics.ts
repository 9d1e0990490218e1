// The metrics of a stand-alone REST server, by PostgREST's names: its dashboards and alerts work as they are. Values are asked for at every scrape.
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

/** What a scrape reads; totals count since the start. */
export interface RestMetricValues {
  readonly pool: {
    readonly size: number
    /** Open and not in use. */
    readonly available: number
    readonly waiting: number
    readonly timeouts: number
  }
  readonly schemaCache: {
    readonly loads: number
    readonly failures: number
    /** Of the last load. */
    readonly querySeconds: number
  }
  readonly jwtCache: { readonly lookups: number; readonly hits: number; readonly evictions: number }
}

/** Makes the registry. `read` is called once for each scrape. */
export function createRestMetrics(read: () => RestMetricValues): {
  render(): Promise<{ readonly contentType: string; readonly text: string }>
} {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  let values = read()

  const refreshers: (() => void)[] = []
  const gauge = (name: string, help: string, value: () => number): void => {
    const made = new Gauge({ name: `pgrst_${name}`, help, registers })
    refreshers.push(() => made.set(value()))
  }
  const counter = (name: string, help: string, value: () => number): void => {
    const made = new Counter({ name: `pgrst_${name}`, help, registers })
    refreshers.push(() => {
      made.reset()
      made.inc(value())
    })
  }

  counter(
    'db_pool_timeouts_total',
    'The total number of pool connection timeouts',
    () => values.pool.timeouts,
  )
  gauge('db_pool_available', 'Available connections in the pool', () => values.pool.available)
  gauge('db_pool_waiting', 'Requests waiting to acquire a pool connection', () => values.pool.waiting)
  gauge('db_pool_max', 'Max pool connections', () => values.pool.size)
  gauge(
    'schema_cache_query_time_seconds',
    'The query time in seconds of the last schema cache load',
    () => values.schemaCache.querySeconds,
  )
  const loads = new Counter({
    name: 'pgrst_schema_cache_loads_total',
    help: 'The total number of times the schema cache was loaded',
    labelNames: ['status'],
    registers,
  })
  refreshers.push(() => {
    loads.reset()
    loads.inc({ status: 'SUCCESS' }, values.schemaCache.loads)
    loads.inc({ status: 'FAIL' }, values.schemaCache.failures)
  })
  counter('jwt_cache_requests_total', 'The total number of JWT cache lookups', () => values.jwtCache.lookups)
  counter('jwt_cache_hits_total', 'The total number of JWT cache hits', () => values.jwtCache.hits)
  counter(
    'jwt_cache_evictions_total',
    'The total number of JWT cache evictions',
    () => values.jwtCache.evictions,
  )

  return {
    async render() {
      values = read()
      for (const refresh of refreshers) refresh()
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
