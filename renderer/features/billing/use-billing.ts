// What the billing pages read and do. The host answers from what it kept while the service is away; each answer says itself of when it is.
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query'
import type { Metric } from '#contract/billing/metrics.ts'
import type {
  BillingDetails,
  BillingNotice,
  BillingOverview,
  ChangePreview,
  Invoice,
  PaymentMethod,
} from '#contract/capabilities/billing.ts'
import type { PlanId } from '#contract/billing/price-book.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Period, UsageSummary } from '#contract/capabilities/usage.ts'
import { useAction, useCall, type Host } from '../../host/host-provider.tsx'

/** Limits are checked against usage that is at most as old. */
const REFRESH_MS = 60_000

/** Plan, next invoice and caps; only for those who manage billing. */
export function useOverview(
  organisationId: OrganisationId,
  isEnabled: boolean,
): UseQueryResult<BillingOverview> {
  return useCall(
    ['billing', 'overview', organisationId],
    (host, options) => host.billing.overview({ organisationId }, options),
    { enabled: isEnabled, refetchInterval: REFRESH_MS },
  )
}

/** What every member needs to know of limits. */
export function useNotices(organisationId: OrganisationId): UseQueryResult<BillingNotice[]> {
  return useCall(
    ['billing', 'notices', organisationId],
    (host, options) => host.billing.notices({ organisationId }, options),
    { refetchInterval: REFRESH_MS },
  )
}

/** Use of the running period against the plan. */
export function useUsage(organisationId: OrganisationId): UseQueryResult<UsageSummary> {
  return useCall(
    ['usage', 'summary', organisationId],
    (host, options) => host.usage.summary({ organisationId, at: null }, options),
    { refetchInterval: REFRESH_MS },
  )
}

export interface DailyUse {
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId | null
  readonly metric: Metric
  readonly period: Period
}

/** One metric, a day at a time. */
export function useDailyUse(of: DailyUse): UseQueryResult<{ at: string; quantity: string }[]> {
  const { organisationId, projectId, metric, period } = of
  return useCall(
    ['usage', 'series', organisationId, projectId, metric, period.from, period.to],
    (host, options) =>
      host.usage.series(
        { organisationId, projectId, metric, from: period.from, to: period.to, interval: 'day' },
        options,
      ),
  )
}

/** The plans that are sold. */
export function usePlans(): UseQueryResult<Awaited<ReturnType<Host['billing']['plans']>>> {
  return useCall(['billing', 'plans'], (host, options) => host.billing.plans({}, options), {
    staleTime: REFRESH_MS,
  })
}

/** What changing to a plan would cost; undefined while none is chosen. */
export function usePreview(
  organisationId: OrganisationId,
  plan: PlanId | undefined,
  coupon: string | null,
): UseQueryResult<ChangePreview | null> {
  return useCall(
    ['billing', 'preview', organisationId, plan, coupon],
    async (host, options) =>
      plan === undefined ? null : host.billing.previewChange({ organisationId, plan, coupon }, options),
    { enabled: plan !== undefined, staleTime: 0 },
  )
}

/** Cards and accounts that invoices are paid with. */
export function usePaymentMethods(organisationId: OrganisationId): UseQueryResult<PaymentMethod[]> {
  return useCall(['billing', 'paymentMethods', organisationId], (host, options) =>
    host.billing.paymentMethods({ organisationId }, options),
  )
}

/** Address, tax id and contacts. */
export function useDetails(organisationId: OrganisationId): UseQueryResult<BillingDetails> {
  return useCall(['billing', 'details', organisationId], (host, options) =>
    host.billing.details({ organisationId }, options),
  )
}

/** The newest invoices. */
export function useInvoices(organisationId: OrganisationId, limit: number): UseQueryResult<Invoice[]> {
  return useCall(['billing', 'invoices', organisationId, limit], (host, options) =>
    host.billing.invoices({ organisationId, before: null, limit }, options),
  )
}

/** One invoice with its lines. */
export function useInvoice(
  organisationId: OrganisationId,
  id: string,
): UseQueryResult<Awaited<ReturnType<Host['billing']['invoice']>>> {
  return useCall(['billing', 'invoice', organisationId, id], (host, options) =>
    host.billing.invoice({ organisationId, id }, options),
  )
}

/** Changes something of the billing; everything of it is read again after. */
export function useBillingAction<Input, Output>(
  action: (host: Host, input: Input) => Promise<Output>,
  onSuccess?: (output: Output, input: Input) => void,
): UseMutationResult<Output, Error, Input> {
  return useAction(action, ['billing', 'usage'], onSuccess === undefined ? {} : { onSuccess })
}
