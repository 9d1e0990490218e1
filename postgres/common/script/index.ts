// The door of script knowledge: splitting, finding, classifying.
export { classifyStatement } from './classify.ts'
export type { StatementClass } from './classify.ts'
export { hidePasswords } from './passwords.ts'
export { assertRunnable, offsetOfPosition, splitScript, statementAt } from './split.ts'
export type { ScriptProblem, SplitOptions, Statement } from './split.ts'
