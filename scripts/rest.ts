// `npm run rest -- [config file]`: the stand-alone REST server, which reads PostgREST's own configuration. Files are named as the person sees them:
// npm runs scripts in the project's folder, and says in INIT_CWD where it was called.
const calledFrom = process.env['INIT_CWD']
if (calledFrom !== undefined) process.chdir(calledFrom)
await import('../backend/rest-entry.ts')
