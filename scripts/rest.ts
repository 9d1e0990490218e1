// `npm run rest -- [config file]`: the stand-alone REST server, which reads PostgREST's own configuration.
import '../backend/rest-entry.ts'
