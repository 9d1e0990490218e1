// Billing: plan, usage, payment and invoices of an organisation.
export { BillingBanner } from './billing-banner.tsx'
export { BillingPage } from './billing-page.tsx'
export { HostedPageProvider } from './hosted-page.tsx'
