// The door of the cloud client.
export { askService } from './ask.ts'
export { createCloud, isAway, needsService, type Cloud, type CloudOptions, type Service } from './cloud.ts'
export { createAnswerKeeper, type AnswerKeeper } from './keep-answers.ts'
export type { LinkState, LinkTiming } from './service-link.ts'
export type { SessionState } from './session.ts'
