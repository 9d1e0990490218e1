// The handlers of billing.
import type { billing } from '#contract/capabilities/billing.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { BillingService } from './service.ts'

/** Makes the handlers. */
export function createBillingRoutes(
  service: BillingService,
  authenticate: Authenticate,
): CapabilityHandlers<typeof billing> {
  const { plans, payment, invoices } = service
  return {
    plans: async (_, context) => {
      await authenticate(context)
      return service.sold()
    },
    overview: async (input, context) => service.overview(await authenticate(context), input),
    notices: async (input, context) => service.notices(await authenticate(context), input),
    previewChange: async (input, context) => plans.preview(await authenticate(context), input),
    changePlan: async (input, context) => plans.change(await authenticate(context), input),
    cancel: async ({ organisationId }, context) => plans.cancel(await authenticate(context), organisationId),
    resume: async ({ organisationId }, context) => plans.resume(await authenticate(context), organisationId),
    setSpendCap: async (input, context) => service.setSpendCap(await authenticate(context), input),
    setRules: async ({ rules, ...of }, context) =>
      payment.setRules({ ...of, actor: await authenticate(context) }, rules),
    details: async (of, context) => payment.details({ ...of, actor: await authenticate(context) }),
    setDetails: async ({ details, ...of }, context) =>
      payment.setDetails({ ...of, actor: await authenticate(context) }, details),
    paymentMethods: async (of, context) => payment.methods({ ...of, actor: await authenticate(context) }),
    addPaymentMethod: async (of, context) => payment.add({ ...of, actor: await authenticate(context) }),
    setDefaultPaymentMethod: async ({ id, ...of }, context) =>
      payment.setDefault({ ...of, actor: await authenticate(context) }, id),
    removePaymentMethod: async ({ id, ...of }, context) =>
      payment.remove({ ...of, actor: await authenticate(context) }, id),
    openPortal: async (of, context) => payment.portal({ ...of, actor: await authenticate(context) }),
    checkReturn: async ({ session, ...of }, context) =>
      payment.checkReturn({ ...of, actor: await authenticate(context) }, session),
    payInvoice: async ({ id, ...of }, context) =>
      payment.payInvoice({ ...of, actor: await authenticate(context) }, id),
    invoices: async (input, context) => invoices.list(await authenticate(context), input),
    invoice: async (input, context) => invoices.get(await authenticate(context), input),
    invoicePdf: async (input, context) => invoices.pdf(await authenticate(context), input),
    mailInvoice: async (input, context) => invoices.mail(await authenticate(context), input),
  }
}
