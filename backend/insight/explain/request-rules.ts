// Failures that the request itself tells all about: tokens, keys, limits, formats, and a database that is not there.
import { isAppError } from '#contract/errors.ts'
import { statementTimeout } from '../trace.ts'
import { explainHiddenRows } from './outcome.ts'
import { inWords, sentence, type Failure, type Rule } from './rule.ts'

/** A rule whose words hang on nothing but the failure. */
function rule(
  codes: readonly string[],
  reason: string,
  message: (failure: Failure) => string,
  applies?: Rule['applies'],
): Rule {
  return {
    codes,
    ...(applies === undefined ? {} : { applies }),
    explain: (failure) => [inWords(reason, message(failure))],
  }
}

/** The error's own words, its details and its hint. */
function said({ error, details }: Failure): string {
  return [error.message, details, error.hint ?? '']
    .filter((text) => text !== '')
    .map(sentence)
    .join(' ')
}

const says =
  (pattern: RegExp) =>
  ({ error }: Failure) =>
    pattern.test(error.message)

const TOKEN_RULES: readonly Rule[] = [
  rule(
    ['PGRST300'],
    'no-jwt-secret',
    () => 'A token came, but this API has nothing to check it with: no JWT secret is set.',
  ),
  rule(
    ['PGRST301'],
    'jwt-wrong-signature',
    () =>
      'The token is complete, but nobody whom the project trusts has signed it: it was signed with another secret, with one whose overlap is over after a rotation, or by an issuer that is not listed.',
    says(/signature|no suitable key|decode/i),
  ),
  rule(
    ['PGRST301'],
    'jwt-unreadable',
    (failure) =>
      `The token cannot be read: ${said(failure)} A token has three parts with dots between them, and stands behind “Bearer ”.`,
  ),
  rule(['PGRST302'], 'jwt-missing', () => 'No token came, and requests without one are refused here.'),
  rule(
    ['PGRST303'],
    'jwt-expired',
    () =>
      'The token is genuine, but its time is over (the claim exp, with 30 s of tolerance). Sign in again, or open a new test session.',
    says(/expired/),
  ),
  rule(
    ['PGRST303'],
    'jwt-role-refused',
    ({ error }) =>
      `${sentence(error.message)} Roles that log in, and service_role in tokens of other issuers, are closed to tokens.`,
    says(/may not name the role/),
  ),
  rule(
    ['PGRST303'],
    'jwt-claims-refused',
    (failure) => `The token is genuine, but its claims do not let it in: ${said(failure)}`,
  ),
]

const KEY_RULES: readonly Rule[] = [
  rule(
    [
      'API_KEY_MISSING',
      'API_KEY_CONFLICT',
      'API_KEY_MALFORMED',
      'API_KEY_UNKNOWN',
      'API_KEY_EXPIRED',
      'API_KEY_REVOKED',
    ],
    'api-key-refused',
    said,
  ),
  rule(['API_KEY_READ_ONLY', 'API_KEY_SCOPE'], 'api-key-scope', said),
  rule(
    ['RATE_LIMITED'],
    'rate-limited',
    (failure) => `${said(failure)} The limits are in the API’s settings. The database was not asked.`,
  ),
]

const DATABASE_RULES: readonly Rule[] = [
  {
    codes: ['PROJECT_NOT_READY'],
    explain: ({ recording, error }) => {
      const { cause } = recording
      return [
        isAppError(cause, 'PROVISIONING_FAILED')
          ? inWords(
              'project-cannot-start',
              `The project’s database could not be started: ${sentence(cause.message)} See the project’s page.`,
            )
          : inWords(
              'project-asleep',
              `${sentence(error.message)} It is asleep, starting or stopping: a request wakes it, which takes a moment. Send it again.`,
            ),
      ]
    },
  },
  rule(
    ['PGRST000', 'PGRST001'],
    'database-unreachable',
    (failure) => `${said(failure)} The server was stopped, restarted, or takes no more connections.`,
  ),
  rule(
    ['PGRST002'],
    'schema-cache-missing',
    (failure) =>
      `${said(failure)} Until it has been read nothing can be planned; a lock on the catalog, or a schema that cannot be read, keeps it away.`,
  ),
  rule(
    ['PGRST003'],
    'pool-full',
    () =>
      'All connections that the API has to the database were busy for too long: slow queries, locks, or too many requests at once. The database was not asked.',
  ),
  rule(
    ['53300'],
    'too-many-connections',
    (failure) => `${said(failure)} Close sessions, or send fewer requests at once.`,
  ),
  rule(
    ['57014'],
    'client-left',
    () => 'The client went away before it had its answer, so the query was cancelled.',
    ({ error }) => error.status === 499,
  ),
  rule(['57014'], 'statement-timeout', ({ recording, details }) => {
    const limit = statementTimeout(recording)
    return `The query ran longer than it may${limit === null ? '' : ` (${limit} ms)`}, and was cancelled. ${details === '' ? '' : `${sentence(details)} `}Look at its plan: an index, a smaller page or fewer embeds make it quicker; the limit is in the API’s settings.`
  }),
  rule(
    ['55P03', '40P01', '40001'],
    'lock-conflict',
    (failure) => `${said(failure)} Another transaction held what this one needed. Send the request again.`,
  ),
  rule(['54001'], 'plan-too-expensive', said),
  rule(
    ['25006'],
    'write-in-read-only',
    (failure) =>
      `${said(failure)} GET and HEAD run in a transaction that only reads, and so do functions that are stable or immutable: call the function by POST, and declare it volatile.`,
  ),
  rule(
    ['P0001'],
    'raised',
    ({ error, details }) =>
      `A function or trigger of the database raised this error itself: ${sentence(error.message)}${details === '' ? '' : ` ${sentence(details)}`}`,
  ),
]

const FORMAT_RULES: readonly Rule[] = [
  rule(
    ['PGRST102'],
    'body-unreadable',
    (failure) => `The body cannot be read as what Content-Type says it is: ${said(failure)}`,
  ),
  rule(
    ['PGRST100', 'PGRST108', 'PGRST118', 'PGRST123', 'PGRST127', 'NDB101', 'NDB102'],
    'query-string',
    said,
  ),
  rule(
    ['PGRST122'],
    'unknown-preference',
    (failure) => `${said(failure)} Without handling=strict what is not known is passed over.`,
  ),
  rule(['PGRST103'], 'range-not-satisfiable', said),
  rule(['PGRST101', 'PGRST105', 'PGRST114', 'PGRST115', 'PGRST117'], 'method-not-allowed', said),
  rule(
    ['PGRST106'],
    'schema-not-exposed',
    (failure) =>
      `${said(failure)} Accept-Profile and Content-Profile name the schema; what is exposed is in the API’s settings.`,
  ),
  rule(
    ['PGRST107'],
    'not-acceptable',
    (failure) =>
      `${said(failure)} Ask for one that the API has: application/json, text/csv, application/vnd.pgrst.object+json.`,
  ),
  {
    codes: ['PGRST116'],
    // None of the rows that are there may be shown.
    applies: ({ details }) => / 0 rows$/.test(details),
    explain: async ({ recording }, ask) => [
      inWords(
        'not-one-row',
        'One object was asked for, but no row matches. Leave out vnd.pgrst.object, or change the filters.',
      ),
      ...(await ask((session) => explainHiddenRows(session, recording))),
    ],
  },
  rule(
    ['PGRST116'],
    'not-one-row',
    (failure) =>
      `One object was asked for: ${said(failure)} Filter by the primary key, or ask for a list. Nothing was written.`,
  ),
  rule(['PGRST124', 'PGRST128'], 'max-affected', (failure) => `${said(failure)} Nothing was written.`),
  rule(['PGRST125', 'PGRST126'], 'no-such-path', said),
  rule(['BODY_TOO_LARGE', 'BODIES_TOO_MANY', 'NDB113'], 'too-large', said),
  rule(['NDB110', 'NDB111', 'NDB112'], 'batch', said),
  rule(
    ['22P02', '22007', '22008', '22003', '22001', '22021', '22P05'],
    'value-invalid',
    (failure) => `A value does not fit the type of its column or parameter: ${said(failure)}`,
  ),
  rule(['428C9'], 'generated-column', (failure) => `${said(failure)} Leave the column out.`),
  rule(
    ['42P10'],
    'no-conflict-target',
    (failure) => `${said(failure)} on_conflict names columns of a unique constraint.`,
  ),
  rule(
    ['XX000'],
    'server-mistake',
    () => 'The service made a mistake. It is in the service’s log, under the time of this request.',
  ),
]

/** What needs no look into the database, but for rows that are hidden. */
export const REQUEST_RULES: readonly Rule[] = [
  ...TOKEN_RULES,
  ...KEY_RULES,
  ...DATABASE_RULES,
  ...FORMAT_RULES,
]
