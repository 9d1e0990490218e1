// The door of billing: everything is decided by the service. What was read last is shown while it is away; nothing is changed then.
import { billing } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { z } from 'zod'
import { askService, type AnswerKeeper, type Cloud, type Service } from '../cloud/index.ts'

const { members } = billing

/** Makes the capability. Hosted pages' addresses and invoices' bytes pass through and are never kept. */
export function createBillingCapability(parts: {
  readonly cloud: Cloud
  readonly answers: AnswerKeeper
}): CapabilityHandlers<typeof billing> {
  const ask = askService(parts.cloud)
  const read = <Answer>(
    question: {
      readonly what: string
      readonly name: string
      readonly schema: z.ZodType<Answer>
      readonly of: { readonly organisationId: OrganisationId }
    },
    run: (service: Service) => Promise<Answer>,
  ): Promise<Answer> =>
    parts.answers.ask({
      what: question.what,
      organisationId: question.of.organisationId,
      name: `billing.${question.name}`,
      schema: question.schema,
      run,
    })

  return {
    plans: (input, { signal }) => ask('Listing plans', ({ billing }) => billing.plans(input, { signal })),
    overview: (input, { signal }) =>
      read(
        { what: 'Reading the plan', name: 'overview', schema: members.overview.output, of: input },
        ({ billing }) => billing.overview(input, { signal }),
      ),
    notices: (input, { signal }) =>
      read(
        { what: 'Reading notices', name: 'notices', schema: members.notices.output, of: input },
        ({ billing }) => billing.notices(input, { signal }),
      ),
    details: (input, { signal }) =>
      read(
        { what: 'Reading billing details', name: 'details', schema: members.details.output, of: input },
        ({ billing }) => billing.details(input, { signal }),
      ),
    paymentMethods: (input, { signal }) =>
      read(
        {
          what: 'Listing payment methods',
          name: 'paymentMethods',
          schema: members.paymentMethods.output,
          of: input,
        },
        ({ billing }) => billing.paymentMethods(input, { signal }),
      ),
    invoices: (input, { signal }) =>
      read(
        {
          what: 'Listing invoices',
          name: `invoices ${input.before ?? 'newest'} ${input.limit}`,
          schema: members.invoices.output,
          of: input,
        },
        ({ billing }) => billing.invoices(input, { signal }),
      ),
    invoice: (input, { signal }) =>
      read(
        {
          what: 'Reading an invoice',
          name: `invoice ${input.id}`,
          schema: members.invoice.output,
          of: input,
        },
        ({ billing }) => billing.invoice(input, { signal }),
      ),
    invoicePdf: (input, { signal }) =>
      ask('Downloading an invoice', ({ billing }) => billing.invoicePdf(input, { signal })),
    payInvoice: (input) => ask('Paying an invoice', ({ billing }) => billing.payInvoice(input)),
    mailInvoice: (input) => ask('Mailing an invoice', ({ billing }) => billing.mailInvoice(input)),
    previewChange: (input, { signal }) =>
      ask('Previewing a change of plan', ({ billing }) => billing.previewChange(input, { signal })),
    changePlan: (input) => ask('Changing the plan', ({ billing }) => billing.changePlan(input)),
    cancel: (input) => ask('Cancelling the plan', ({ billing }) => billing.cancel(input)),
    resume: (input) => ask('Resuming the plan', ({ billing }) => billing.resume(input)),
    setSpendCap: (input) => ask('Setting the spend cap', ({ billing }) => billing.setSpendCap(input)),
    setRules: (input) => ask('Changing notification rules', ({ billing }) => billing.setRules(input)),
    setDetails: (input) => ask('Changing billing details', ({ billing }) => billing.setDetails(input)),
    addPaymentMethod: (input) =>
      ask('Adding a payment method', ({ billing }) => billing.addPaymentMethod(input)),
    setDefaultPaymentMethod: (input) =>
      ask('Changing the payment method', ({ billing }) => billing.setDefaultPaymentMethod(input)),
    removePaymentMethod: (input) =>
      ask('Removing a payment method', ({ billing }) => billing.removePaymentMethod(input)),
    openPortal: (input) =>
      ask('Opening the payment provider’s pages', ({ billing }) => billing.openPortal(input)),
    checkReturn: (input, { signal }) =>
      ask('Looking whether a page was completed', ({ billing }) => billing.checkReturn(input, { signal })),
  }
}
