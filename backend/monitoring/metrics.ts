// Observations as Prometheus metrics.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Observe } from './observation.ts'

export interface Metrics {
  readonly observe: Observe
  /** The text that GET /metrics answers with, and its content type. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
  /** Registers a number that is asked for at every scrape. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
}

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Makes the reader that counts. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'nebuladb_' })
  const registers = [registry]
  const requests = new Histogram({
    name: 'nebuladb_request_duration_seconds',
    help: 'Duration of calls by operation, transport and status.',
    labelNames: ['operation', 'transport', 'status'],
    buckets: SECONDS,
    registers,
  })
  const jobs = new Histogram({
    name: 'nebuladb_job_duration_seconds',
    help: 'Duration of jobs that succeeded.',
    labelNames: ['name'],
    buckets: SECONDS,
    registers,
  })
  const failedJobs = new Counter({
    name: 'nebuladb_job_failures_total',
    help: 'Attempts of jobs that failed.',
    labelNames: ['name'],
    registers,
  })
  // By status alone: projects, keys and routes are without number; metering reads them where it needs them.
  const apiRequests = new Histogram({
    name: 'nebuladb_api_request_duration_seconds',
    help: 'Duration of requests to the data APIs by status.',
    labelNames: ['status'],
    buckets: SECONDS,
    registers,
  })
  const apiRows = new Counter({
    name: 'nebuladb_api_rows_total',
    help: 'Rows that the data APIs gave or wrote.',
    registers,
  })
  const apiBytes = new Counter({
    name: 'nebuladb_api_bytes_total',
    help: 'Bytes of bodies that the data APIs received and sent.',
    labelNames: ['direction'],
    registers,
  })
  const observations = new Counter({
    name: 'nebuladb_observations_total',
    help: 'Everything else that the service says of itself, by type.',
    labelNames: ['type'],
    registers,
  })

  return {
    observe(observation) {
      switch (observation.type) {
        case 'request':
          return requests.observe(
            {
              operation: observation.operation,
              transport: observation.transport,
              status: String(observation.status),
            },
            observation.durationMs / 1000,
          )
        case 'api.request':
          apiRequests.observe({ status: String(observation.status) }, observation.durationMs / 1000)
          apiRows.inc(observation.rows)
          apiBytes.inc({ direction: 'in' }, observation.bytesIn)
          return apiBytes.inc({ direction: 'out' }, observation.bytesOut)
        case 'job.done':
          return jobs.observe({ name: observation.name }, observation.durationMs / 1000)
        case 'job.failed':
          return failedJobs.inc({ name: observation.name })
        default:
          return observations.inc({ type: observation.type })
      }
    },
    async render() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
    gauge(name, help, read) {
      registry.registerMetric(
        new Gauge({
          name,
          help,
          registers: [],
          async collect() {
            this.set(await read())
          },
        }),
      )
    },
  }
}
