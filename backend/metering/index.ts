// The door of metering.
export {
  createMetering,
  type ApiRequest,
  type Measured,
  type Metering,
  type MeteringOptions,
} from './metering.ts'
export type {
  DailyUsage,
  HourlyChange,
  HourlyChanges,
  ProjectName,
  SeriesQuery,
  TimeRange,
  UsageEvent,
  UsagePoint,
  UsageTotals,
} from './types.ts'
export { createUsageRoutes } from './routes.ts'
export {
  createUsageService,
  type Outlook,
  type UsagePricing,
  type UsageService,
  type UsageTerms,
} from './usage-service.ts'
