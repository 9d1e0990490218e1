// Projects: hosted databases.
export { HomeArea, HomeSidebar } from './home-area.tsx'
export { ReadingProblem } from './reading-problem.tsx'
export { statusOf, toProjectId, useProject, useProjects } from './use-projects.ts'
