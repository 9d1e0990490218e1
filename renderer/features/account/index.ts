// The account: who uses the app.
export { AccountMenu } from './account-menu.tsx'
export { AccountSettings } from './account-settings.tsx'
export { ServiceAddress } from './sign-in-card.tsx'
export { useAccount } from './use-account.ts'
export { Welcome } from './welcome.tsx'
