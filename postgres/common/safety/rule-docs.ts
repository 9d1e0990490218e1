// docs/migration-safety.md, made from the table of rules.
import type { Rule } from './rule.ts'
import { SAFETY_RULES } from './rules.ts'

const INTRODUCTION = `# Migration safety

What the review of a migration knows of each statement: which lock it takes and what that keeps others from, whether it rewrites or scans a table,
what it loses, and how the same end is reached more safely. Each rule gives its source in the PostgreSQL manual, and each is tried on a real server:
\`postgres/common/safety/rules.pg.test.ts\` compares it with \`pg_locks\`, the tables' files and the counters of scans.

Made from the rules in \`postgres/common/safety/rules/\`: never edited by hand. \`NEBULADB_WRITE_DOCS=1 npx vitest run --project unit postgres/common/safety\` writes it anew.

| lock                                               | others cannot        |
| -------------------------------------------------- | -------------------- |
| ACCESS SHARE, ROW SHARE                            | be kept from anything |
| ROW EXCLUSIVE, SHARE UPDATE EXCLUSIVE              | change the schema    |
| SHARE, SHARE ROW EXCLUSIVE, EXCLUSIVE              | write                |
| ACCESS EXCLUSIVE                                   | read or write        |

A lock is held until the transaction ends, and whoever asks for a stronger one waits for all who hold a weaker one, while everybody behind waits for
them: even a change that takes a moment can stop a busy table. That is why migrations give up after two seconds and try again.

A note is only shown where there is something to say; tables that the same migration makes are passed over.
`

/** The page. */
export function renderRuleDocs(): string {
  return `${INTRODUCTION}\n${SAFETY_RULES.map(renderRule).join('\n')}`
}

function renderRule(rule: Rule): string {
  return `## ${rule.name}

${rule.statement}.

- Locks: ${rule.locks}.
- Shown as: ${rule.severity}.
- ${rule.about}
- Source: <${rule.source}>
`
}
