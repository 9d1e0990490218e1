// The door of the stand-alone REST server.
export { EXAMPLE, parseArguments, POSTGREST_VERSION, USAGE } from './cli.ts'
export { type ConfigSources, readServerConfig, type ServerConfig } from './config.ts'
export { contactDatabase } from './connect.ts'
export { dumpSettings } from './dump.ts'
export type { CreateEngine, Engine, EngineEvents, EngineNote, EngineUsage } from './engine.ts'
export { isSpecialHost } from './listen.ts'
export { createServerLog, type ServerLog } from './log.ts'
export { createRestServer, type RestServer } from './server.ts'
