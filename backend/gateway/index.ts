// The door of the gateway.
export { createGateway, type Gateway, RPC_PATH } from './gateway.ts'
