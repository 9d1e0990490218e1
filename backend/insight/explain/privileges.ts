// Missing rights: which grant the request lacks, of everything that it names and everything behind that.
import { z } from 'zod'
import type { Explanation } from '#contract/capabilities/insight.ts'
import {
  fromCatalog,
  identifier,
  join,
  keyword,
  name,
  sql,
  type SqlFragment,
} from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { readAll } from '../../database/index.ts'
import { readMissing, readNamedMissing, type MissingRight } from './missing-rights.ts'
import { inWords, withRemedy, type Failure, type Rule } from './rule.ts'

const DENIED =
  /^permission denied for (schema|table|view|materialized view|foreign table|sequence|function|procedure|type|column) (.+)$/
const SET_ROLE = /^permission denied to set role "(.+)"$/
const NO_ROLE = /^role "(.+)" does not exist$/

export const PRIVILEGE_RULES: readonly Rule[] = [
  {
    codes: ['42501'],
    applies: ({ error }) => SET_ROLE.test(error.message),
    explain: ({ error }) => {
      const role = SET_ROLE.exec(error.message)?.[1] ?? ''
      return [
        withRemedy(
          'role-not-granted',
          `The token names the role ${role}, which the API’s login may not become.`,
          {
            sql: sql`grant ${name(role)} to authenticator`,
            effect: `Every token with the role ${role} acts as it.`,
          },
        ),
      ]
    },
  },
  {
    codes: ['22023'],
    applies: ({ error }) => NO_ROLE.test(error.message),
    explain: ({ error }) => {
      const role = NO_ROLE.exec(error.message)?.[1] ?? ''
      return [
        withRemedy('role-unknown', `The token names the role ${role}, and the database has no such role.`, {
          sql: sql`create role ${name(role)} nologin; grant ${name(role)} to authenticator`,
          effect: `A role without rights of its own, which tokens may name. It still needs grants.`,
        }),
      ]
    },
  },
  {
    codes: ['42501'],
    applies: ({ error, role }) => role !== null && DENIED.test(error.message),
    explain: (failure, ask) => ask((session) => explainDenied(session, failure)),
  },
  {
    codes: ['42501'],
    explain: ({ error, role }) => [
      inWords(
        'not-allowed',
        `${error.message}: ${role ?? 'the role'} may not do this. A function with security definer, run by a role that may, can do it instead.`,
      ),
    ],
  },
]

async function explainDenied(
  session: Session,
  { recording, error, role }: Failure,
): Promise<readonly Explanation[]> {
  const [, kind = '', object = ''] = DENIED.exec(error.message) ?? []
  const asked = { role: role ?? '', kind, object }
  try {
    await session.query('begin read only')
    const missing = await readMissing(session, recording.steps, asked.role)
    const found = missing.some((one) => one.name === object || one.columns.includes(object))
      ? missing
      : [...missing, ...(await readNamedMissing(session, asked))]
    return found.length === 0 ? [] : await Promise.all(found.map((one) => toExplanation(session, one)))
  } finally {
    if (!session.isClosed() && session.transactionState() !== 'idle') await session.query('rollback')
  }
}

const Security = z.object({ isOn: z.boolean() })

async function toExplanation(session: Session, missing: MissingRight): Promise<Explanation> {
  const { kind, role, schema, privilege, columns } = missing
  const object = kind === 'schema' ? name(schema) : name(schema, missing.name)
  const to = name(role)
  const shown = object.text
  const because = missing.because === null ? '' : ` ${missing.because}`
  switch (kind) {
    case 'schema':
      return withRemedy(
        'missing-schema-usage',
        `${role} may not use the schema ${shown}, so it reaches nothing in it.${because}`,
        {
          sql: sql`grant usage on schema ${object} to ${to}`,
          effect: `${role} may then name what is in ${shown}; each thing still needs its own grant.`,
        },
      )
    case 'sequence':
      return withRemedy(
        'missing-sequence-grant',
        `${role} may not take values of the sequence ${shown}, which a default of the new row needs.`,
        {
          sql: sql`grant usage on sequence ${object} to ${to}`,
          effect: `${role} may then take numbers of ${shown}.`,
        },
      )
    case 'function': {
      const signature = sql`${object}(${fromCatalog(missing.arguments)})`
      return withRemedy(
        'missing-function-grant',
        `${role} may not execute the function ${signature.text}.${because}`,
        {
          sql: sql`grant execute on function ${signature} to ${to}`,
          effect: `${role} may then call ${shown}, by the API too if its schema is exposed.`,
        },
      )
    }
    case 'table': {
      const word = keyword(privilege, ['select', 'insert', 'update', 'delete'])
      const some: SqlFragment =
        columns.length === 0 ? word : sql`${word} (${join(columns.map((column) => identifier(column)))})`
      const security = await readAll(
        session,
        Security,
        sql`select relrowsecurity as "isOn" from pg_catalog.pg_class where oid = ${missing.oid}::oid`,
      )
      const rows =
        security[0]?.isOn === true
          ? 'Its policies still decide which rows.'
          : 'Row-level security is off on it, so this is about every row.'
      const what =
        columns.length === 0
          ? shown
          : `the column${columns.length > 1 ? 's' : ''} ${columns.join(', ')} of ${shown}`
      return withRemedy(
        columns.length === 0 ? 'missing-table-grant' : 'missing-column-grant',
        `${role} may not ${privilege} ${what}.${because}`,
        {
          sql: sql`grant ${some} on ${object} to ${to}`,
          effect: `${role} may then ${privilege} ${what}. ${rows}`,
        },
      )
    }
  }
}
