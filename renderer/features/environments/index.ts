// The door of environments: what the tester is given of them.
export { EnvironmentDialogs } from './dialogs.tsx'
export { EnvironmentPicker } from './environment-picker.tsx'
