// The door of insight: what the database did for a request to a project's API.
export { mayWatch } from './access.ts'
export { createInsightRoutes } from './routes.ts'
export { createInsightService, type InsightService } from './service.ts'
export { createTickets, type TicketOwner, type Tickets } from './tickets.ts'
