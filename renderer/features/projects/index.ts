// Projects: hosted databases.
export { HomeArea, HomeSidebar } from './home-area.tsx'
