// Settings: the person's choices on this machine.
export { SettingsArea, SettingsSidebar } from './settings-area.tsx'
export { useAbout, useSettings, useSetSettings } from './use-settings.ts'
