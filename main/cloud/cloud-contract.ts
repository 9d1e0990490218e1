// What this host asks of the service. Parts that a service does not serve yet answer with an error of their own.
import { access } from '#contract/capabilities/access.ts'
import { apiKeys } from '#contract/capabilities/api-keys.ts'
import { api } from '#contract/capabilities/api.ts'
import { serviceContract } from '#contract/contract.ts'

export const cloudContract = { ...serviceContract, access, api, apiKeys }
export type CloudContract = typeof cloudContract
