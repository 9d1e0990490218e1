// API keys: what applications send to a project's data API.
export { KeysCard } from './keys-card.tsx'
export { OverlapSelect, OVERLAP_DAY } from './overlap-select.tsx'
export { useApiKeys } from './use-api-keys.ts'
export { stateOf } from './key-state.ts'
