// Loaded before every script, on whatever Node the shell found: the scripts are TypeScript, which Node runs as it stands from 24 on.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `NebulaDB runs on Node 24, this is Node ${process.versions.node}. "npm ci" installs Node 24 as a package beside the others, by an install script: ` +
      'run "npm ci" again, with install scripts allowed for the package "node" (npm config get ignore-scripts).',
  )
  process.exit(1)
}
