// Connectivity: the service in reach or not, what waits to be synced, what happened.
export { ConnectivityButton } from './connectivity-button.tsx'
export { NotificationsButton } from './notifications-button.tsx'
export { OfflineBanner } from './offline-banner.tsx'
export { useConnectivity, useOfflineReason } from './use-connectivity.ts'
