// The door of insight: what the database did for a request, in the tester's inspector, and why a request failed, above its response.
export { Insight } from './insight-panel.tsx'
export { Why } from './why-line.tsx'
