// Schema models as the host has them: for the designer, migrations and compare.
export { loadModel, type LoadedModel, type SchemaHost } from './load-model.ts'
